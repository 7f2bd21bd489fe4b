"""Where the USD exporter meets the engine."""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

from pydantic import Field

from motionloom.core.data import Artifact, Take, Unit
from motionloom.core.node import OutputFile, hookimpl, node, suffixes
from motionloom.exporters.usd.writer import Layers, UpAxis, write_usd


@node("export.usd", version=1)
def export_usd(
    take: Sequence[Take],
    *,
    path: Annotated[OutputFile, suffixes(".usd", ".usda", ".usdc", ".usdz")],
    layers: Layers = "one",
    up: UpAxis = "y",
    unit: Unit = "m",
    influences: Annotated[int, Field(ge=1)] | None = None,
) -> Artifact:
    """Write takes of one character as USD: a UsdSkel character with blend shapes, and its animations.

    The default prim is a SkelRoot with the Skeleton, a Mesh a part with its BlendShapes, materials as
    UsdPreviewSurface, and a SkelAnimation a take with a sample on every frame. Frame k is time code
    k, time codes a second are the frame rate, and the stage ends with the longest take. Of several
    takes the first plays, and the variant set `animation` of the default prim chooses another. A
    single take in which nothing moves becomes a still character; a character without a surface
    becomes its skeleton and animation. Names that USD does not allow are changed, and kept as
    `jointNames`, `skel:blendShapes` or display names. A picture is written beside the layer, as
    `NAME.PICTURE.png`, or into the package.

    Args:
        take: who performs what; one or several takes of one character at one frame rate.
        path: where to write; `.usdc` or `.usd` is binary, `.usda` text, `.usdz` a package that phones,
            tablets and headsets open as it is.
        layers: `one` file, or `separate` ones that a studio composes: NAME.geo.usdc holds the
            character, NAME.anim.usdc the animations as opinions over it, `path` both as sublayers.
        up: the axis that points up. With Y up characters face +Z, with Z up they face -Y.
        unit: what lengths are written in; the file says so in `metersPerUnit`.
        influences: the most joints that may move a vertex, for engines with a limit: the largest
            weights are kept and scaled to sum to one. All are kept where not given.

    Raises:
        ExportError: the suffix is another one, a package is asked for with Z up or in layers, the takes
            are of several characters or frame rates, or hold what no reader could use: numbers that
            are not finite, rotations or skin weights that are not normalised, unknown shapes.
    """
    return Artifact(write_usd(take, path, layers=layers, up=up, unit=unit, influences=influences))


@hookimpl
def motionloom_nodes() -> Iterable[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [export_usd]

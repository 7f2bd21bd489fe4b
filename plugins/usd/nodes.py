"""Where the USD reader meets the engine."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

from motionloom.core.data import Take, to_device
from motionloom.core.node import Context, InputFile, hookimpl, node, suffixes
from motionloom.plugins.scene_graph.choice import chosen_take
from motionloom.plugins.usd.companions import layers_beside
from motionloom.plugins.usd.reader import read_usd_file


def _also_read(path: Path, **_: object) -> Iterable[Path]:
    return layers_beside(path)


@node("read.usd", version=1, reads=_also_read)
def read_usd(
    *,
    path: Annotated[InputFile, suffixes(".usd", ".usda", ".usdc", ".usdz")],
    animation: str | None = None,
    ctx: Context,
) -> Take:
    """Read a character and an animation of it from a USD file (usd, usda, usdc, usdz).

    Read are UsdSkel skeletons, skins, blend shapes and SkelAnimations, the transforms of other
    prims, meshes with their first texture coordinates, and the colour, finish and base picture of
    UsdPreviewSurface materials. upAxis, metersPerUnit and timeCodesPerSecond are believed. Subdivision
    surfaces stay as coarse as they are, in-between shapes are left out, dual quaternion skins become
    linear ones. Files may refer to layers and pictures in their own folder and below, no others; a binary
    file counts as changed when any layer or picture there does, a package (usdz) stands alone.
    USD runs in a process of its own with bounded memory and time.

    Args:
        path: the file.
        animation: which one, by name: the variants of a variant set called `animation`, what the
            stage plays, and every SkelAnimation prim that nothing plays. The first where none is
            given, with a warning that names the others.
        ctx: device and warnings.

    Raises:
        ReadError: the file is broken, refers to something outside its folder, is out of all bounds,
            or has no such animation; with the prim, where it is one that is wrong.
    """
    take = chosen_take(read_usd_file(path, ctx.warn), animation, ctx.warn)
    return to_device(take, ctx.device)


@hookimpl
def motionloom_nodes() -> Iterable[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [read_usd]

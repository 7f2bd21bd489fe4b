"""The glTF exporter as a node."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from motionloom.core.data import Artifact, Take
from motionloom.core.errors import ExportError
from motionloom.core.node import OutputFile, hookimpl, node
from motionloom.exporters.gltf.container import WRITERS
from motionloom.exporters.gltf.document import gltf_document


@node("export.gltf", version=1)
def export_gltf(take: Take, *, path: OutputFile, influences: Annotated[int, Field(ge=1)] | None = None) -> Artifact:
    """Write a take as glTF 2.0: skinned mesh, blend shapes, and one animation of body and face.

    The animation has a key on every frame; a joint that stays in its rest pose has no track, and one
    that holds another pose throughout has a key on the first and last frame. The frame rate and the number
    of frames are in the animation's `extras`. A take in which nothing moves becomes a still
    character. Face shapes that the take does not move have weight zero.

    Args:
        take: who performs what.
        path: where to write; `.glb` makes one file, `.gltf` one with a `.bin` beside it.
        influences: the most joints that may move a vertex, for engines with a limit (often 4): the
            largest weights are kept and scaled to sum to one. All are kept where not given.

    Raises:
        ExportError: the suffix is another one, or the take holds what no reader could use: numbers
            that are not finite, rotations or skin weights that are not normalised, unknown shapes.
    """
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise ExportError(
            f"{path.suffix or 'a file without suffix'} is not a glTF file", where=path.name, remedy="use .glb or .gltf"
        )
    return Artifact(write(path, *gltf_document(take, influences)))


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [export_gltf]

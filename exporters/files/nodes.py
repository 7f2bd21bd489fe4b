"""Any file out, as a node."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from motionloom.core.data import Artifact, Take
from motionloom.core.node import Context, OutputFile, hookimpl, node, suffixes
from motionloom.exporters.files.writer import WRITERS, write_file


@node("export.file", version=1)
def export_any(take: Sequence[Take], *, path: Annotated[OutputFile, suffixes(*WRITERS)], ctx: Context) -> Artifact:
    """Write takes in the format that the suffix says, with the defaults of that format's exporter.

    `.glb`, `.gltf`, `.fbx`, `.usd`, `.usda`, `.usdc` and `.usdz` hold a character and any number of
    takes, `.vrma` one take of body and face, `.bvh` and `.npz` the motion of one body.

    Args:
        take: one take, or several of one character.
        path: where to write.
        ctx: warnings.

    Raises:
        ExportError: the suffix is of no known format, or the format cannot hold the takes.
    """
    return write_file(take, path, ctx)


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [export_any]

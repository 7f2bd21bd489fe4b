"""Where the glTF reader meets the engine."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

from motionloom.core.data import Take, to_device
from motionloom.core.node import Context, InputFile, hookimpl, node, suffixes
from motionloom.plugins.gltf.reader import files_beside, read_gltf_file
from motionloom.plugins.scene_graph.choice import chosen_take


def _files(*, path: Path, **_: object) -> Iterable[Path]:
    return files_beside(path)


@node("read.gltf", version=1, reads=_files)
def read_gltf(
    *,
    path: Annotated[InputFile, suffixes(".glb", ".gltf", ".vrm", ".vrma")],
    animation: str | None = None,
    ctx: Context,
) -> Take:
    """Read a glTF 2.0 file (.glb, .gltf, .vrm, .vrma): skeleton, skinned meshes, blend shapes and an animation.

    The skeleton is what skins name, in the pose in which the meshes are bound; what holds it is folded
    into the root, and constant scales into offsets and vertices. All meshes become one mesh of named
    parts; one without a skin follows the joint above it. Animations are sampled on frames from their
    first key to their last: at the rate in `extras.fps`, else at the usual rate on whose frames all
    keys lie, else at 30 frames a second with a warning. A file without an animation is a still take, one
    without a mesh a bare skeleton that moves. Colour, finish and picture of materials are kept.

    Args:
        path: the file; buffers and pictures in files of their own lie in its folder or below.
        animation: the name of one of the file's animations; the first where not given, with a warning
            where there are several.
        ctx: device and warnings.

    Raises:
        ReadError: with the place in the document, where it is not well-formed, is compressed, needs an
            extension that is unknown here, or has no animation of that name.
    """
    return to_device(chosen_take(read_gltf_file(path, ctx.warn), animation, ctx.warn), ctx.device)


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [read_gltf]

"""Where the FBX reader meets the engine."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

from motionloom.core.data import Take, to_device
from motionloom.core.node import Context, InputFile, hookimpl, node, suffixes
from motionloom.plugins.fbx.companions import pictures_beside
from motionloom.plugins.fbx.reader import read_fbx_file
from motionloom.plugins.scene_graph.choice import chosen_take


def _also_read(path: Path, **_: object) -> Iterable[Path]:
    return pictures_beside(path)


@node("read.fbx", version=1, reads=_also_read)
def read_fbx(*, path: Annotated[InputFile, suffixes(".fbx")], animation: str | None = None, ctx: Context) -> Take:
    """Read a character and an animation of it from an FBX file, binary or text, of any version.

    Axes, unit and frame rate are the file's own and become metres, Y up, +Z forward. Animations are
    baked on the file's frames from the start of each to its end, layers blended, with pre-rotations,
    pivots, rotation orders and scales that children do not inherit taken into account. The skeleton's
    rest pose is the pose in which the meshes are bound. Meshes, materials with PNG or JPEG pictures
    (inside the file, or in its folder or below), skin weights and blend shapes come along; in-between
    shapes become shapes of their own. Constraints, geometry caches and NURBS are left out with a warning.

    Args:
        path: the file.
        animation: the name of one of its animations; the first, with a warning that names the others,
            where there are several and none is named.
        ctx: device and warnings.

    Raises:
        ReadError: the file is not FBX, is damaged, crashes or starves the library that reads it, or has
            no animation of that name.
    """
    return to_device(chosen_take(read_fbx_file(path, ctx.warn), animation, ctx.warn), ctx.device)


@hookimpl
def motionloom_nodes() -> Iterable[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [read_fbx]

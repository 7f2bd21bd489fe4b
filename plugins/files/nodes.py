"""Any file in, as a node."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

from motionloom.core.data import Take, to_device
from motionloom.core.node import Context, InputFile, hookimpl, node, suffixes
from motionloom.plugins.files.beside import files_beside
from motionloom.plugins.files.reader import INSTEAD, READERS, BvhOptions, BvhPathUnit, BvhUnit, BvhUp, read_file
from motionloom.plugins.scene_graph.choice import chosen_take

PerformanceFile = Annotated[InputFile, suffixes(*READERS, instead=INSTEAD)]


def _also_read(path: Path, **_: object) -> Iterable[Path]:
    return files_beside(path)


@node("read.file", version=1, reads=_also_read)
def read_any(
    *,
    path: PerformanceFile,
    animation: str = "",
    unit: BvhUnit = "auto",
    up: BvhUp = "auto",
    path_unit: BvhPathUnit = "same",
    ground: bool = False,
    ctx: Context,
) -> tuple[Take, ...]:
    """Read every take of a file of any format: AMC, BVH, FBX, glTF, USD, VRMA or npz, by its suffix.

    A file of motion alone gives a character that is a skeleton without a surface. The readers of
    each format take more options.

    Args:
        path: the file.
        animation: the name of the only take wanted; all of them where it is empty.
        unit: what the lengths of a BVH file are in, as for read.bvh; every other format says so itself.
        up: the axis that points up in a BVH file, likewise.
        path_unit: what the root's positions of a BVH file are in, likewise.
        ground: move the motion of a BVH file up or down so that its lowest joint comes to y = 0.
        ctx: device and warnings.

    Raises:
        ReadError: the suffix is of no known format, the file is not what its suffix says, or it has
            no animation of that name.
    """
    takes = read_file(path, ctx.warn, BvhOptions(unit, up, path_unit, ground))
    if animation:
        takes = (chosen_take(takes, animation, ctx.warn),)
    return to_device(takes, ctx.device)


@node("read.take", version=1, reads=_also_read)
def read_one(
    *,
    path: PerformanceFile,
    animation: str | None = "",
    unit: BvhUnit = "auto",
    up: BvhUp = "auto",
    path_unit: BvhPathUnit = "same",
    ground: bool = False,
    ctx: Context,
) -> Take:
    """Read one take of a file of any format: its character, its motion and its face can each be referred to.

    Args:
        path: the file, as for read.file.
        animation: the name of the take; the first where it is empty, with a warning if there are others,
            and without one where it is null, for a file of which the character alone is wanted.
        unit: what the lengths of a BVH file are in, as for read.bvh; every other format says so itself.
        up: the axis that points up in a BVH file, likewise.
        path_unit: what the root's positions of a BVH file are in, likewise.
        ground: move the motion of a BVH file up or down so that its lowest joint comes to y = 0.
        ctx: device and warnings.

    Raises:
        ReadError: the suffix is of no known format, the file is not what its suffix says, or it has
            no animation of that name.
    """
    takes = read_file(path, ctx.warn, BvhOptions(unit, up, path_unit, ground))
    chosen = takes[0] if animation is None else chosen_take(takes, animation or None, ctx.warn)
    return to_device(chosen, ctx.device)


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [read_any, read_one]

"""Where the Acclaim reader meets the engine."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from motionloom.core.data import Motion, to_device
from motionloom.core.node import Context, InputFile, hookimpl, node
from motionloom.plugins.acclaim.beside import skeleton_beside
from motionloom.plugins.acclaim.reader import read_amc_file

FrameRate = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def _also_read(path: Path, skeleton: Path | None = None, **_: object) -> list[Path]:
    """The skeleton file that is found beside the motion: an edit of it must be seen."""
    return [] if skeleton is not None else [skeleton_beside(path)]


@node("read.amc", version=1, reads=_also_read)
def read_amc(
    *, path: InputFile, skeleton: InputFile | None = None, fps: FrameRate | None = None, ctx: Context
) -> Motion:
    """Read an Acclaim motion file (AMC) with its skeleton file (ASF).

    Joints have the names of the bones and stand where the bones start; leaf bones end in tips. The
    rest pose is the skeleton's, with identity rotations. Lengths become metres by the rule of the
    format: divided by the skeleton's unit of length they are inches. A bone that a frame leaves out
    keeps its values of the frame before.

    Args:
        path: the motion file.
        skeleton: the skeleton file; where it is not given, the one beside the motion that has its
            name up to the end or the first underscore, or is the only one.
        fps: frames a second, since the format does not say; 120, the rate of the CMU database, where
            neither this nor the file (`:SAMPLES-PER-SECOND`) says.
        ctx: device.

    Raises:
        ReadError: with file, line and column, where a file is not well-formed or they do not match.
    """
    definition = skeleton_beside(path) if skeleton is None else skeleton
    return to_device(read_amc_file(path, definition, fps), ctx.device)


@hookimpl
def motionloom_nodes() -> Iterable[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [read_amc]

"""Face motion from what a person writes down, as a node."""

from collections.abc import Callable
from typing import Annotated, Any

import torch
from pydantic import AfterValidator, Field

from motionloom.core.data import FaceMotion, to_device
from motionloom.core.errors import DataError, NodeError
from motionloom.core.node import Context, InputFile, hookimpl, node
from motionloom.plugins.face.curves import LONGEST, read_curves
from motionloom.plugins.face.shape_names import arkit_name
from motionloom.plugins.face.weights import checked_weights


def _known(name: str) -> str:
    """Refuse a name as soon as a graph is checked; pydantic wants a ValueError."""
    try:
        arkit_name(name)
    except DataError as error:
        raise ValueError(str(error)) from error
    return name


Shapes = dict[Annotated[str, AfterValidator(_known)], float]
Frames = Annotated[int, Field(ge=1, le=LONGEST)]
Rate = Annotated[float, Field(gt=0.0, le=1000.0)]


@node("face.pose", version=1)
def pose(
    *,
    shapes: Shapes | None = None,
    curves: InputFile | None = None,
    frames: Frames | None = None,
    fps: Rate = 30.0,
    clamp: bool = False,
    ctx: Context,
) -> FaceMotion:
    """A face motion from named ARKit weights: a pose that is held, or curves from a CSV file.

    The CSV's header names ARKit shapes, any of them, in any order and case, and may name one column
    `time` (seconds) or `frame` (frames at `fps`, from 0); without it, each row is the next frame.
    Between rows weights change linearly, before the first they hold its values.

    Args:
        shapes: weights from 0 to 1 by name, as in `{mouthSmileLeft: 0.6}`. Shapes not named stay at 0.
        curves: the CSV file. Give this or `shapes`.
        frames: how long the pose of `shapes` is held, in frames; 1 where not given, which take.perform
            holds as long as the body moves.
        fps: frames a second.
        clamp: whether weights outside 0 to 1 are brought to 0 or 1 rather than refused.

    Raises:
        NodeError: both or neither of `shapes` and `curves` are given, or `frames` with `curves`.
        DataError: a name or weight of `shapes` is wrong.
        ReadError: the file is wrong; with the line.
    """
    if shapes is not None and curves is None:
        weights = checked_weights(shapes, clamp)
        row = torch.tensor([list(weights.values())], device=ctx.device)
        return FaceMotion(tuple(weights), row.repeat(frames or 1, 1), fps)
    if curves is None or shapes is not None:
        raise NodeError("face.pose needs shapes or curves, one of the two", remedy="give the one that you mean")
    if frames is not None:
        raise NodeError("frames goes with shapes; a curve file has its own length", remedy="leave frames out")
    return to_device(read_curves(curves, fps, clamp), ctx.device)


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [pose]

"""Changes to a motion as nodes."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from motionloom.core.data import Motion, to_device
from motionloom.core.node import Context, hookimpl, node
from motionloom.plugins.motion.mirror import mirrored
from motionloom.plugins.motion.resample import resampled
from motionloom.plugins.motion.trim import Cut, trimmed

FrameRate = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
Seconds = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Frame = Annotated[int, Field(ge=0)]


@node("motion.resample", version=1)
def resample(motion: Motion, *, fps: FrameRate, ctx: Context) -> Motion:
    """Bring a motion to another frame rate.

    Rotations take the shortest way between the old frames. First and last pose stay, and the new
    frames lie evenly between them: the duration changes by half a new frame at most.

    Args:
        motion: at any frame rate.
        fps: frames a second that it gets.
    """
    return resampled(to_device(motion, ctx.device), float(fps))


@node("motion.trim", version=1)
def trim(
    motion: Motion,
    *,
    start: Seconds | None = None,
    end: Seconds | None = None,
    first_frame: Frame | None = None,
    last_frame: Frame | None = None,
    ctx: Context,
) -> Motion:
    """Keep a part of a motion, from one time or frame to another, both included.

    Give seconds or frames, for each end as you like; without either the clip's own end stays.
    Frames count from 0, as the clip's first frame is at 0 seconds, whatever number a file gave it.

    Args:
        motion: to be cut.
        start: seconds at which the part starts; the nearest frame is meant.
        end: seconds at which it ends; the nearest frame is meant, and stays.
        first_frame: frame at which the part starts.
        last_frame: frame at which it ends, which stays.

    Raises:
        NodeError: a time or frame lies outside the clip, the part would end before it starts, or
            one end is given twice.
    """
    first, last = Cut(start, first_frame, "start", "first_frame"), Cut(end, last_frame, "end", "last_frame")
    return trimmed(to_device(motion, ctx.device), first, last)


@node("motion.mirror", version=1)
def mirror(motion: Motion, *, ctx: Context) -> Motion:
    """Swap left and right: the motion seen in a mirror that stands in the YZ plane.

    Counterparts are found by name (`LeftArm` and `RightArm`, `arm.L` and `arm.R`, `lfemur` and
    `rfemur`), or by where they rest. Mirrored twice, a motion is what it was.

    Args:
        motion: of a skeleton with two sides.
    """
    result = mirrored(to_device(motion, ctx.device))
    if result.alone:
        ctx.warn(f"no counterpart on the other side for {', '.join(result.alone)}; their local rotations stay")
    return result.motion


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [resample, trim, mirror]

"""The frames on which an animation is sampled, from the times of its keys: glTF knows only seconds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

USUAL: Final = (
    *(24.0, 25.0, 30.0, 50.0, 60.0, 120.0),
    *(24000 / 1001, 30000 / 1001, 60000 / 1001, 48.0, 100.0, 12.0, 15.0, 20.0, 72.0, 90.0, 144.0, 200.0, 240.0),
)
"""Frame rates to try, the likeliest first; a clip with a key on every second frame fits half its rate as well."""

NEAR: Final = 1e-3
"""Frames by which a key may miss one."""

FASTEST: Final = 1000.0
"""Frames a second above which keys have no common grid."""

MOST_STEPS: Final = 1000

FALLBACK: Final = 30.0

Times = Float64[ndarray, "_"]


@dataclass(frozen=True)
class FrameGrid:
    """Where the frames of an animation lie.

    Args:
        fps: frames a second.
        frames: how many.
        start: when the first is, seconds.
        step: seconds from one to the next: 1 / fps, but for keys on no grid.
        snap: seconds by which a key may miss a frame and still be on it.
    """

    fps: float
    frames: int
    start: float
    step: float
    snap: float

    @property
    def times(self) -> Float64[ndarray, "frames"]:
        """When each frame is, seconds."""
        return self.start + self.step * np.arange(self.frames)


def frame_grids(
    keys: Sequence[Times], declared: Sequence[float | None], names: Sequence[str], warn: Callable[[str], None]
) -> list[FrameGrid]:
    """The frames of every animation of a file, from its first key to its last.

    The rate is the one that the file declares (in `extras.fps`, as ours do); else the first of `USUAL`
    whose frames all keys of all animations lie on, where it is the first that fits one of them alone;
    else for each animation the first that fits it; else the greatest common step of its keys. Keys on
    no grid are resampled at 30 frames a second, evenly from the first to the last.

    Args:
        keys: for each animation the times of all its keys, rising, at least one, seconds.
        declared: the rate that each one says it has.
        names: of the animations.
        warn: told of those that are resampled.
    """
    free = [times for times, rate in zip(keys, declared, strict=True) if rate is None]
    # One that fits all, such as 120 for 24 and 30, is no likelier than two of them.
    own = {_usual_rate(times) for times in free}
    shared = next((rate for rate in USUAL if rate in own and all(fits(times, rate) for times in free)), None)
    grids = []
    for times, rate, name in zip(keys, declared, names, strict=True):
        found = rate or shared or _own_rate(times)
        if found is None:
            warn(f"the keys of animation {name!r} lie on no common frames: it is resampled at {FALLBACK:g} fps")
            grids.append(_stretched(times))
        else:
            grids.append(_grid(times, found))
    return grids


def fits(times: Times, fps: float) -> bool:
    """Whether all keys lie on frames of this rate, counted from the first key."""
    frames = (times - times[0]) * fps
    return bool((np.abs(frames - np.round(frames)) <= _near(times, fps)).all())


def _near(times: Times, fps: float) -> float:
    """Frames: `NEAR`, or what single precision leaves of late times."""
    return min(max(NEAR, float(np.finfo(np.float32).eps * np.abs(times).max()) * fps), 0.1)


def _own_rate(times: Times) -> float | None:
    return _usual_rate(times) or _common_step_rate(times)


def _usual_rate(times: Times) -> float | None:
    return next((rate for rate in USUAL if fits(times, rate)), None)


def _common_step_rate(times: Times) -> float | None:
    """The rate whose frames are the greatest common divisor of the steps between keys."""
    step, length = 0.0, times[-1] - times[0]
    smallest = 1.0 / FASTEST
    steps = np.unique(np.round(np.diff(times), 6))
    # On a grid steps are few; to look at more would only take time.
    for other in steps[:MOST_STEPS].tolist():
        while other > smallest / 2:
            step, other = other, step % other if step else 0.0
            # What is left of a whole number of steps is rounding, at either end.
            other = 0.0 if min(other, step - other) <= smallest / 20 else other
        if step < smallest:
            return None
    rate = round(length / step) / length if step else None
    if rate is not None and abs(rate - round(rate)) < NEAR:
        rate = float(round(rate))
    return rate if rate is not None and fits(times, rate) else None


def _grid(times: Times, fps: float) -> FrameGrid:
    frames = round((times[-1] - times[0]) * fps) + 1
    return FrameGrid(fps, frames, float(times[0]), 1.0 / fps, _near(times, fps) / fps)


def _stretched(times: Times) -> FrameGrid:
    length = float(times[-1] - times[0])
    steps = max(round(length * FALLBACK), 1)
    return FrameGrid(FALLBACK, steps + 1, float(times[0]), length / steps, 0.0)

"""The frames of an animation: at which time codes a stage is looked at, and how fast that plays."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from pxr import Usd

from motionloom.core.errors import ReadError
from motionloom.plugins.usd.values import Floats

MOST_FRAMES = 250_000
"""Frames of an animation: more than two hours of it."""

COARSEST, FINEST = 12.0, 240.0
"""Time codes a second below which they are seconds, and above which they are ticks, rather than frames."""

CLOSE = 1e-3
"""How far a sample may be from a frame, in frames."""

NAMED_RATES = (24000 / 1001, 24.0, 25.0, 30000 / 1001, 30.0, 48.0, 50.0, 60000 / 1001, 60.0, 100.0, 120.0)


@dataclass(frozen=True)
class Frames:
    """Equally spaced time codes.

    Args:
        start: the first.
        step: from one to the next.
        count: how many.
        fps: how many a second.
    """

    start: float
    step: float
    count: int
    fps: float

    def codes(self) -> Iterable[Usd.TimeCode]:
        """All of them."""
        return (Usd.TimeCode(self.start + frame * self.step) for frame in range(self.count))


def frames_of(stage: Usd.Stage, samples: Iterable[float], alone: bool, warn: Callable[[str], None]) -> Frames:
    """Frames that meet the samples of an animation.

    Frames are time codes, one each, unless samples lie between codes or codes are ticks: then they
    lie as far apart as the samples do.

    Args:
        stage: its rate and range.
        samples: the time codes at which anything of the animation has a value.
        alone: whether it is the only one, so that the stage's range is its own.
        warn: told where samples are on no grid.

    Raises:
        ReadError: there are too many frames, or the rate makes no sense.
    """
    times = np.array(sorted(set(samples)), dtype=np.float64)
    rate = stage.GetTimeCodesPerSecond()
    if not (math.isfinite(rate) and 0 < rate < 1e9) or not np.isfinite(times).all():
        raise ReadError(f"plays {rate:g} time codes a second", remedy="set timeCodesPerSecond to the frame rate")
    first, last = _range(stage, times, alone)
    step = _step(stage, times, rate, first, warn)
    count = (last - first) / step
    if not count < MOST_FRAMES:
        what = f"lasts from time code {first:g} to {last:g}, {count:g} frames"
        raise ReadError(what, remedy=f"set startTimeCode and endTimeCode to less than {MOST_FRAMES:,} frames")
    return Frames(first, step, math.floor(count + CLOSE) + 1, _named(rate / step))


def _range(stage: Usd.Stage, times: Floats, alone: bool) -> tuple[float, float]:
    """The stage's range where it has one, else that of the samples."""
    if alone and stage.HasAuthoredTimeCodeRange():
        first, last = stage.GetStartTimeCode(), stage.GetEndTimeCode()
        if math.isfinite(first) and math.isfinite(last) and (first < last or (first == last and len(times) < 2)):
            return first, last
    return (float(times[0]), float(times[-1])) if len(times) else (0.0, 0.0)


def _step(stage: Usd.Stage, times: Floats, rate: float, first: float, warn: Callable[[str], None]) -> float:
    if len(times) < 2:
        return 1.0
    spacing = float(times[-1] - times[0]) / (len(times) - 1)
    even = _on_grid(times - times[0], spacing)
    if rate <= FINEST and _on_grid(times - first, 1.0):
        return 1.0
    if rate > FINEST:
        played = stage.GetFramesPerSecond() if stage.HasAuthoredMetadata("framesPerSecond") else 0.0
        if 0 < played <= FINEST and _on_grid(times - first, rate / played):
            return rate / played
    if even and rate / spacing <= FINEST:
        return spacing
    step = 1.0 if COARSEST <= rate <= FINEST else rate / 60.0
    warn(f"keys lie between frames: the animation is sampled at {rate / step:g} frames a second")
    return step


def _on_grid(times: Floats, step: float) -> bool:
    places = times / step
    return bool((np.abs(places - np.round(places)) < CLOSE).all())


def _named(fps: float) -> float:
    """A usual rate where a spacing in decimals only nearly gives it."""
    nearest = min(NAMED_RATES, key=lambda rate: abs(rate - fps))
    return nearest if abs(nearest - fps) < 1e-5 * nearest else fps

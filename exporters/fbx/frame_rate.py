"""Frames as FBX counts time: ticks, and a mode that names the rate."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from motionloom.core.errors import ExportError

TICKS_PER_SECOND: Final = 46186158000
"""`KTime`: a multiple of every common rate (FBX SDK documentation, FbxTime)."""

CUSTOM: Final = 14
MODES: Final = {
    120.0: 1,
    100.0: 2,
    60.0: 3,
    50.0: 4,
    48.0: 5,
    30.0: 6,
    30000 / 1001: 9,
    25.0: 10,
    24.0: 11,
    24000 / 1001: 13,
}
"""`TimeMode` by frames a second (FBX SDK documentation, FbxTime::EMode)."""

SAME_RATE: Final = 1e-5
"""Relative: 23.976 and 29.97 are how people write 24000/1001 and 30000/1001."""

LATEST_TICK: Final = 2**62


@dataclass(frozen=True)
class FrameRate:
    """Frames a second, by FBX's number for the rate.

    Args:
        mode: `TimeMode`; `CUSTOM` for a rate that has no number.
        fps: frames a second.
    """

    mode: int
    fps: float

    def ticks(self, frames: NDArray[np.int64]) -> NDArray[np.int64]:
        """When frames are, in ticks."""
        return np.rint(frames * (TICKS_PER_SECOND / self.fps)).astype(np.int64)


def frame_rate(fps: float, frames: int) -> FrameRate:
    """The rate of a clip.

    Args:
        fps: frames a second.
        frames: how many the longest clip has.

    Raises:
        ExportError: ticks cannot tell its frames apart, or count up to the last one.
    """
    step = TICKS_PER_SECOND / fps
    if step < 1.0 or step * frames > LATEST_TICK:
        raise ExportError(
            f"FBX cannot keep the times of {frames} frames at {fps:g} fps", remedy="correct the frame rate of the take"
        )
    for rate, mode in MODES.items():
        if abs(fps - rate) < SAME_RATE * rate:
            return FrameRate(mode, rate)
    return FrameRate(CUSTOM, fps)

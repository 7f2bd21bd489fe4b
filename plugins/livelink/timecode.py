"""Timecode: hours, minutes, seconds and frames, and the count of frames that it stands for."""

import re
from dataclasses import dataclass
from typing import Final

from motionloom.core.errors import DataError

PATTERN: Final = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})([:;])(\d{1,3}(?:\.\d{1,9})?)", re.ASCII)

BASES: Final = (24, 25, 30, 48, 50, 60, 90, 100, 120)
"""Frames that a second of timecode may have."""

LIMITS: Final = {"hour": 24, "minute": 60, "second": 60}


@dataclass(frozen=True)
class Timecode:
    """A moment as `HH:MM:SS:FF.sss`.

    Args:
        seconds: whole ones since midnight, by the clock that the timecode shows.
        frame: within the second, with a fraction.
        drop: whether frame numbers are dropped to keep step with NTSC's rate, written `HH:MM:SS;FF`.
    """

    seconds: int
    frame: float
    drop: bool = False

    def count(self, base: int) -> float:
        """Frames since midnight.

        Drop frame (SMPTE ST 12-1, section 5.2.2) leaves out the first two numbers of a minute, four
        at 60 frames a second, but for every tenth minute.

        Args:
            base: frames that a second counts.
        """
        minutes = self.seconds // 60
        dropped = base // 15 * (minutes - minutes // 10) if self.drop else 0
        return self.seconds * base + self.frame - dropped


def parse_timecode(text: str) -> Timecode:
    """Read `HH:MM:SS:FF.sss`; the fraction of a frame may be missing.

    Raises:
        DataError: it is something else.
    """
    match = PATTERN.fullmatch(text)
    if match is None:
        raise DataError(f"{text[:40]!r} is no timecode", remedy="write HH:MM:SS:FF or HH:MM:SS:FF.sss")
    hours, minutes, seconds = (int(match[group]) for group in (1, 2, 3))
    for (unit, limit), value in zip(LIMITS.items(), (hours, minutes, seconds), strict=True):
        if value >= limit:
            raise DataError(f"the timecode {text} has {unit} {value}", remedy=f"{unit}s go from 0 to {limit - 1}")
    return Timecode(3600 * hours + 60 * minutes + seconds, float(match[5]), match[4] == ";")


def base_of(fps: float) -> int | None:
    """How many frames a second of timecode counts at a rate, 30 for 29.97; None where it cannot count them."""
    base = round(fps)
    exact = abs(fps - base) < 1e-3 or abs(fps * 1001 / 1000 - base) < 2e-3
    return base if exact and 0 < base <= max(BASES) else None


def format_timecode(frame: int, base: int) -> str:
    """`HH:MM:SS:FF.000` of a frame since midnight, without dropped numbers.

    Args:
        frame: its number; days are left out.
        base: frames that a second counts.
    """
    seconds, within = divmod(frame, base)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours % 24:02d}:{minute:02d}:{second:02d}:{within:02d}.000"

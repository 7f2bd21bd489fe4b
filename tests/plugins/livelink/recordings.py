"""CSV files as the app Live Link Face writes them, made up."""

import math
from collections.abc import Iterable, Sequence

from motionloom.plugins.livelink.columns import HEADER, ROTATIONS

SHAPES = HEADER[2:-9]


def cell(row: int, column: int) -> str:
    return f"{0.5 + 0.5 * math.sin(0.3 * row + column):.10f}"


def angle(row: int, column: int) -> str:
    return f"{0.4 * math.sin(0.2 * row + column):.10f}"


def row_of(number: int, timecode: str) -> list[str]:
    weights = [cell(number, column) for column in range(len(SHAPES))]
    return [timecode, "61", *weights, *(angle(number, column) for column in range(len(ROTATIONS)))]


def timecode(frame: float, base: int = 60) -> str:
    seconds, within = divmod(round(1000 * frame), 1000 * base)
    minutes, second = divmod(int(seconds), 60)
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}:{second:02d}:{within / 1000:06.3f}"


def document(rows: Iterable[Sequence[str]], header: Sequence[str] = HEADER) -> str:
    return "\n".join(",".join(row) for row in [header, *rows]) + "\n"


def recording(frames: Iterable[float], base: int = 60) -> str:
    """Rows at these frames of the timecode; each holds what belongs to the whole frame nearest to it."""
    return document(row_of(round(frame), timecode(frame, base)) for frame in frames)

"""Which frame each row of a recording is: a regular grid laid through its timecode."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray

from motionloom.core.errors import DataError, ReadError, place
from motionloom.plugins.livelink.recording import Recording, Warn
from motionloom.plugins.livelink.timecode import BASES, base_of

APP_RATE = 60.0
"""Frames a second that the app records where nothing else is chosen."""

DAY = 86_400

MOST_PER_FRAME = 4
"""Rows that a frame of timecode may hold: 120 a second at 30."""

GROWTH = 10
"""Frames a row may become where rows are missing."""

ALWAYS_ALLOWED = 3_600
"""Frames, a minute at 60, that may be missing in any recording."""


@dataclass(frozen=True)
class Grid:
    """The frames of a recording.

    Args:
        rows: the rows that are kept, rising.
        frames: (rows,) the frame that each of them is, from 0 on.
        fps: frames a second.
    """

    rows: Int64[ndarray, "rows"]
    frames: Int64[ndarray, "rows"]
    fps: float


def grid_of(recording: Recording, fps: float | None, warn: Warn) -> Grid:
    """Lay a regular grid through the rows.

    Args:
        recording: with or without timecode.
        fps: the timecode's rate; found in the timecode where None.
        warn: told of what had to be assumed.

    Raises:
        ReadError: the timecode runs backwards, counts more frames than the rate has, or leaves a gap
            out of all proportion.
    """
    rows = len(recording.lines)
    if not recording.times:
        if fps is None:
            warn(f"the file has no timecode: its rows are taken to be {APP_RATE:g} frames a second; give fps")
        return Grid(np.arange(rows), np.arange(rows), fps or APP_RATE)
    base = _base(recording, fps, warn)
    drop = any(time.drop for time in recording.times)
    rate = fps or (base * 1000 / 1001 if drop else float(base))
    counts = _counts(recording, base)
    per_frame = _rows_per_frame(counts)
    slots, errors = _slots(counts * per_frame)
    _check_gaps(recording, slots, rate * per_frame)
    order = np.lexsort((errors, slots))
    frames, first = np.unique(slots[order], return_index=True)
    return Grid(np.sort(order[first]), frames, rate * per_frame)


def _base(recording: Recording, fps: float | None, warn: Warn) -> int:
    """How many frames a second of the timecode has."""
    highest = max(recording.times, key=lambda time: time.frame)
    line = recording.lines[recording.times.index(highest)]
    if fps is not None:
        base = base_of(fps)
        if base is None or highest.frame >= base:
            what = f"the timecode counts to frame {highest.frame:g}, which a rate of {fps:g} does not have"
            remedy = "give the rate of the timecode, or leave fps out"
            raise ReadError(what, where=place(recording.path, line), remedy=remedy)
        return base
    base = next((base for base in BASES if base > highest.frame), 0)
    if not base:
        what = f"the timecode counts to frame {highest.frame:g} of a second"
        raise ReadError(what, where=place(recording.path, line), remedy=f"at most {max(BASES)} frames a second")
    if recording.times[0].seconds == recording.times[-1].seconds and base < APP_RATE:
        warn(f"a recording within one second does not show its rate: taken to be {APP_RATE:g} fps; give fps")
        return int(APP_RATE)
    return base


def _counts(recording: Recording, base: int) -> Float64[ndarray, "rows"]:
    """Frames of timecode since the midnight before the first row."""
    counts = np.array([time.count(base) for time in recording.times])
    # Recordings that run past midnight start again at zero.
    midnights = np.flatnonzero(np.diff(counts) < -DAY * base / 2) + 1
    for row in midnights.tolist():
        counts[row:] += DAY * base
    backwards = np.flatnonzero(np.diff(counts) < 0)
    if len(backwards):
        line = recording.lines[int(backwards[0]) + 1]
        what = "the timecode runs backwards"
        raise ReadError(what, where=place(recording.path, line), remedy="sort the rows, or split the recording there")
    return counts


def _rows_per_frame(counts: Float64[ndarray, "rows"]) -> float:
    """Rows that a frame of timecode has: 2 where 60 rows a second are counted at 30, 1/2 the other way round.

    The lower quartile of the steps is what the recorder does where it drops no row.
    """
    steps = np.diff(counts)
    steps = steps[steps > 0]
    step = float(np.quantile(steps, 0.25)) if len(steps) else 1.0
    if step > 1:
        return 1.0 / min(round(step), GROWTH)
    return float(min(round(1.0 / max(step, 1e-6)), MOST_PER_FRAME))


def _slots(counts: Float64[ndarray, "rows"]) -> tuple[Int64[ndarray, "rows"], Float64[ndarray, "rows"]]:
    """The frame nearest to each row, from 0 on, and how far it is from it.

    The grid lies where the rows' fractions gather, so that jitter about it does not matter.
    """
    counts = counts - counts[0]
    phase = np.exp(2j * np.pi * counts).mean()
    offset = float(np.angle(phase)) / (2 * np.pi) if abs(phase) > 0.1 else 0.0
    slots = np.rint(counts - offset)
    return (slots - slots[0]).astype(np.int64), np.abs(counts - offset - slots)


def _check_gaps(recording: Recording, slots: Int64[ndarray, "rows"], fps: float) -> None:
    frames = int(slots[-1]) + 1
    if frames <= GROWTH * len(slots) + ALWAYS_ALLOWED:
        return
    widest = int(np.diff(slots).argmax())
    error = DataError(
        f"{int(np.diff(slots)[widest]) / fps:.0f} s are missing after this row", remedy="split the recording there"
    )
    raise ReadError(error.what, where=place(recording.path, recording.lines[widest]), remedy=error.remedy)

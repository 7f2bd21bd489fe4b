"""Face curves from CSV: a column a shape, a row a moment."""

import math
from array import array
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import FaceMotion
from motionloom.core.errors import DataError, ReadError, place
from motionloom.plugins.face.csv_rows import at_line, csv_number, csv_rows
from motionloom.plugins.face.shape_names import arkit_name
from motionloom.plugins.face.weights import checked_weight

LONGEST = 1_000_000
"""Frames, over nine hours at 30 a second: one row with a wild time cannot fill the memory."""

CLOCKS = ("time", "frame")


@dataclass(frozen=True)
class Columns:
    """What the columns of a file hold.

    Args:
        names: ARKit's name of each column, None for the one that holds the time.
        clock: `time` or `frame`; None where no column says when and every row is the next frame.
    """

    names: tuple[str | None, ...]
    clock: str | None

    @property
    def shapes(self) -> tuple[str, ...]:
        """The shapes in the order of their columns."""
        return tuple(name for name in self.names if name is not None)


def read_curves(path: Path, fps: float, clamp: bool) -> FaceMotion:
    """Read a CSV whose header names ARKit shapes, any of them, in any order and case.

    A column `time` holds seconds and `frame` frames at `fps`, both from the start of the clip and
    rising; without either, each row is the next frame. Between rows weights change linearly, before
    the first they hold its values.

    Args:
        path: the file, UTF-8.
        fps: frames a second of the motion.
        clamp: whether weights outside 0 to 1 are brought to 0 or 1 rather than refused.

    Raises:
        ReadError: a name is not ARKit's, or a row lacks a cell, holds no number, a weight outside
            0 to 1 or a time that does not rise; with the line.
    """
    rows = csv_rows(path)
    line, cells = next(rows, (1, []))
    with at_line(path, line):
        columns = _columns(cells)
    times, weights = array("d"), array("d")
    for line, cells in rows:
        with at_line(path, line):
            seconds, row = _row(columns, cells, len(times), fps, clamp)
            _check_time(seconds, times, fps)
        times.append(seconds)
        weights.extend(row)
    if not times:
        raise ReadError("there is no row below the header", where=place(path, line))
    return FaceMotion(columns.shapes, _sampled(times, weights, fps), fps)


def _columns(header: list[str]) -> Columns:
    clocks = [cell.lower() for cell in header if cell.lower() in CLOCKS]
    if len(clocks) > 1:
        raise DataError("the header has two columns of times", remedy="keep one of time and frame")
    columns = Columns(
        names=tuple(None if cell.lower() in CLOCKS else arkit_name(cell) for cell in header),
        clock=clocks[0] if clocks else None,
    )
    if not columns.shapes:
        raise DataError("the header names no face shape", remedy="begin with a line of names, like jawOpen,mouthClose")
    for name in columns.shapes:
        if columns.shapes.count(name) > 1:
            raise DataError(f"two columns are called {name}")
    return columns


def _row(columns: Columns, cells: list[str], index: int, fps: float, clamp: bool) -> tuple[float, list[float]]:
    """Seconds from the start of the clip, and the weights of the shapes."""
    if len(cells) != len(columns.names):
        raise DataError(f"{len(cells)} cells below a header of {len(columns.names)}")
    seconds, weights = index / fps, []
    for name, cell in zip(columns.names, cells, strict=True):
        if name is not None:
            weights.append(checked_weight(name, csv_number(name, cell), clamp))
        elif columns.clock == "time":
            seconds = csv_number("time", cell)
        else:
            seconds = csv_number("frame", cell) / fps
    return seconds, weights


def _check_time(seconds: float, before: "array[float]", fps: float) -> None:
    if not 0 <= seconds * fps < LONGEST:
        raise DataError(f"a row at {seconds:g} s is outside a clip of up to {LONGEST:,} frames at {fps:g} fps")
    if before and seconds <= before[-1]:
        raise DataError(f"a row at {seconds:g} s does not come after the one above, at {before[-1]:g} s")


def _sampled(times: "array[float]", weights: "array[float]", fps: float) -> Float[Tensor, "frames shapes"]:
    # The last row may lie a rounding short of its frame.
    frames = math.floor(times[-1] * fps + 1e-6) + 1
    moments = np.arange(frames) / fps
    rows = np.array(weights).reshape(len(times), -1)
    sampled = np.empty((frames, rows.shape[1]), dtype=np.float32)
    for shape, curve in enumerate(rows.T):
        sampled[:, shape] = np.interp(moments, times, curve)
    return torch.from_numpy(sampled)

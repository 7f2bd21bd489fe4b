"""Face curves from CSV: a column a shape, a row a moment."""

import csv
import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import FaceMotion
from motionloom.core.errors import DataError, ReadError, place
from motionloom.plugins.face.shape_names import arkit_name, nearest
from motionloom.plugins.face.weight_range import in_range

LONGEST = 1_000_000
"""Frames, over nine hours at 30 a second: one row with a wild time cannot fill the memory."""

CLOCKS = ("time", "frame")


@dataclass(frozen=True)
class Header:
    """Which column is what.

    Args:
        shapes: ARKit's name of each column, None for the one that holds the time.
        clock: `time` or `frame` and the column that holds it; None where every row is the next frame.
    """

    shapes: tuple[str | None, ...]
    clock: tuple[str, int] | None

    @property
    def names(self) -> tuple[str, ...]:
        """The shapes in the order of their columns."""
        return tuple(name for name in self.shapes if name is not None)


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
            0 to 1 or a time that does not rise.
    """
    rows = _rows(path)
    line, first = next(rows, (1, []))
    header = _read_header(path, line, first)
    times, weights = array("d"), array("d")
    for line, cells in rows:
        if len(cells) != len(header.shapes):
            raise ReadError(f"{len(cells)} cells below a header of {len(header.shapes)}", where=place(path, line))
        times.append(_time(path, line, cells, header, fps, times))
        named = zip(header.shapes, cells, strict=True)
        weights.extend(_weight(path, line, cell, name, clamp) for name, cell in named if name is not None)
    if not times:
        raise ReadError("there is no row below the header", where=place(path, line))
    return FaceMotion(header.names, _sampled(times, weights, fps), fps)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of the rows that are not empty."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield reader.line_num, [cell.strip() for cell in cells]
    except UnicodeDecodeError as error:
        raise ReadError("the file is not UTF-8 text", where=place(path), remedy="save it as CSV (UTF-8)") from error
    except csv.Error as error:
        raise ReadError(f"this is not CSV: {error}", where=place(path, reader.line_num)) from error
    except OSError as error:
        raise ReadError(f"the file cannot be read: {error.strerror}", where=place(path)) from error


def _read_header(path: Path, line: int, cells: list[str]) -> Header:
    clocks = [(cell.lower(), column) for column, cell in enumerate(cells) if cell.lower() in CLOCKS]
    if len(clocks) > 1:
        raise ReadError("the header has more than one column of times", where=place(path, line))
    shapes = tuple(None if cell.lower() in CLOCKS else _shape(path, line, cell) for cell in cells)
    header = Header(shapes, clocks[0] if clocks else None)
    if not header.names:
        raise ReadError("the header names no face shape", where=place(path, line), remedy="name some, like jawOpen")
    for name in header.names:
        if header.names.count(name) > 1:
            raise ReadError(f"two columns are called {name}", where=place(path, line))
    return header


def _shape(path: Path, line: int, cell: str) -> str:
    name = arkit_name(cell)
    if name is None:
        raise ReadError(
            f"the column {cell!r} is no face shape of ARKit's", where=place(path, line), remedy=nearest(cell)
        )
    return name


def _number(path: Path, line: int, cell: str, column: str) -> float:
    try:
        return float(cell)
    except ValueError:
        raise ReadError(f"{column} is {cell!r}, which is not a number", where=place(path, line)) from None


def _weight(path: Path, line: int, cell: str, name: str, clamp: bool) -> float:
    try:
        return in_range(_number(path, line, cell, name), clamp)
    except DataError as error:
        raise ReadError(f"{name}: {error.what}", where=place(path, line), remedy=error.remedy) from None


def _time(path: Path, line: int, cells: list[str], header: Header, fps: float, before: "array[float]") -> float:
    """Seconds from the start of the clip."""
    kind, value = "row", float(len(before))
    if header.clock is not None:
        kind, column = header.clock
        value = _number(path, line, cells[column], kind)
    seconds = value if kind == "time" else value / fps
    if not 0 <= seconds * fps < LONGEST:
        raise ReadError(f"{kind} {value:g} is outside a clip of 0 to {LONGEST:,} frames", where=place(path, line))
    if before and seconds <= before[-1]:
        raise ReadError(f"{kind} {value:g} does not come after the row above", where=place(path, line))
    return seconds


def _sampled(times: "array[float]", weights: "array[float]", fps: float) -> Float[Tensor, "frames shapes"]:
    # The last row may lie a rounding short of its frame.
    frames = math.floor(times[-1] * fps + 1e-6) + 1
    moments = np.arange(frames) / fps
    rows = np.array(weights).reshape(len(times), -1)
    sampled = np.empty((frames, rows.shape[1]), dtype=np.float32)
    for shape, curve in enumerate(rows.T):
        sampled[:, shape] = np.interp(moments, times, curve)
    return torch.from_numpy(sampled)

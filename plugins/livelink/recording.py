"""The rows of a recording, as they stand in the file."""

import math
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from motionloom.core.data import ARKIT_SHAPES
from motionloom.core.errors import DataError, ReadError, place
from motionloom.plugins.face.csv_rows import at_line, csv_number, csv_rows
from motionloom.plugins.livelink.columns import COUNT, ROTATIONS, TIMECODE
from motionloom.plugins.livelink.timecode import Timecode, parse_timecode

Warn = Callable[[str], None]

LONGEST = 1_000_000
"""Rows: over four hours at 60 a second."""

LARGEST_ANGLE, LARGEST_WEIGHT = 1_000.0, 10.0
"""No radians and no weight are as large as this: weights in per cent are refused rather than played."""

_KNOWN = {name.lower(): name for name in (TIMECODE, COUNT, *ARKIT_SHAPES, *ROTATIONS)}


@dataclass(frozen=True)
class Columns:
    """Where in a row things stand.

    Args:
        names: what each column is, in our spelling; None for one that is not known.
    """

    names: tuple[str | None, ...]

    @property
    def values(self) -> tuple[str, ...]:
        """The shapes and angles that the file has, in the order of its columns."""
        return tuple(name for name in self.names if name not in (None, TIMECODE, COUNT))

    def index(self, name: str) -> int | None:
        """Which column something is in, if any."""
        return self.names.index(name) if name in self.names else None


@dataclass(frozen=True)
class Recording:
    """What a file holds, row by row.

    Args:
        path: the file, for messages.
        columns: what it says.
        values: of all rows, one after another, in the order of `columns.values`.
        times: the rows' timecodes; none where the file has no such column.
        lines: where the rows stand.
        faceless: how many rows say that no face was seen.
    """

    path: Path
    columns: Columns
    values: "array[float]" = field(default_factory=lambda: array("d"))
    times: list[Timecode] = field(default_factory=list)
    lines: "array[int]" = field(default_factory=lambda: array("q"))
    faceless: int = 0


def read_recording(path: Path, warn: Warn) -> Recording:
    """Read the rows; those that count no blend shapes, which stand where no face was seen, are left out.

    Raises:
        ReadError: the header names no shape, or a row does not hold what the header says; with the line.
    """
    rows = csv_rows(path)
    line, header = next(rows, (1, []))
    with at_line(path, line):
        columns = _columns(header, warn)
    recording = Recording(path, columns)
    faceless = sum(not seen for seen in _added(recording, rows))
    if not recording.lines:
        what = "there is no row with a face below the header"
        raise ReadError(what, where=place(path, line), remedy="record with a face in view")
    return Recording(path, columns, recording.values, recording.times, recording.lines, faceless)


def _added(recording: Recording, rows: Iterable[tuple[int, list[str]]]) -> Iterator[bool]:
    """Add the rows to a recording, and say of each whether it had a face."""
    count = recording.columns.index(COUNT)
    for line, cells in rows:
        with at_line(recording.path, line):
            if len(recording.lines) == LONGEST:
                raise DataError(f"there are more than {LONGEST:,} rows", remedy="split the recording")
            seen = count is None or not _is_zero(cells, count)
            if seen:
                _add(recording, line, cells)
        yield seen


def _is_zero(cells: list[str], column: int) -> bool:
    return column < len(cells) and cells[column] == "0"


def _add(recording: Recording, line: int, cells: list[str]) -> None:
    names = recording.columns.names
    if len(cells) != len(names):
        raise DataError(f"{len(cells)} cells below a header of {len(names)}", remedy="mend or delete the row")
    for name, cell in zip(names, cells, strict=True):
        if name == TIMECODE:
            recording.times.append(parse_timecode(cell))
        elif name not in (None, COUNT):
            recording.values.append(_value(str(name), cell))
    recording.lines.append(line)


def _value(name: str, cell: str) -> float:
    value, is_angle = csv_number(name, cell), name in ROTATIONS
    if not math.isfinite(value) or abs(value) > (LARGEST_ANGLE if is_angle else LARGEST_WEIGHT):
        remedy = "angles are radians, within a few turns" if is_angle else "weights run from 0 to 1, not to 100"
        raise DataError(f"{name} is {cell[:40]}", remedy=remedy)
    return value


def _columns(header: list[str], warn: Warn) -> Columns:
    names = tuple(_KNOWN.get(cell.lower()) for cell in header)
    for name in filter(None, names):
        if names.count(name) > 1:
            raise DataError(f"two columns are called {name}", remedy="delete one of them")
    if not set(names).intersection(ARKIT_SHAPES):
        raise DataError("the header names no face shape of ARKit's", remedy="begin with the line Timecode,...,JawOpen")
    unknown = [cell[:40] for cell, name in zip(header, names, strict=True) if name is None]
    if unknown:
        more = f" and {len(unknown) - 10} more" if len(unknown) > 10 else ""
        named = ", ".join(_with_likely(cell) for cell in unknown[:10])
        warn(f"columns that Live Link Face does not have are left out: {named}{more}")
    return Columns(names)


def _with_likely(cell: str) -> str:
    """A column's name, and the known one that it may be a misspelling of."""
    near = get_close_matches(cell.lower(), _KNOWN, n=1, cutoff=0.8)
    return f"{cell} (did you mean {_KNOWN[near[0]]}?)" if near else cell

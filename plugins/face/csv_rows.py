"""Rows of a CSV file, and where in it something is wrong."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from motionloom.core.errors import DataError, ReadError, place


@contextmanager
def at_line(path: Path, line: int) -> Iterator[None]:
    """Say where in the file something is wrong: a DataError within becomes a ReadError at the line."""
    try:
        yield
    except DataError as error:
        raise ReadError(error.what, where=place(path, line), remedy=error.remedy) from error


def csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of the rows that are not empty.

    Args:
        path: the file, UTF-8, with commas.

    Raises:
        ReadError: the file cannot be read, or is not CSV.
    """
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


def csv_number(column: str, cell: str) -> float:
    """The number in a cell.

    Raises:
        DataError: it holds something else.
    """
    try:
        return float(cell)
    except ValueError:
        raise DataError(f"{cell[:40]!r} in the column {column} is not a number") from None

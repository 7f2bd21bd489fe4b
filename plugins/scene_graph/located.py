"""The file of an error: a scene does not know where it comes from, its reader does."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from motionloom.core.errors import DataError, ReadError


@contextmanager
def located(path: Path) -> Iterator[None]:
    """Put a file before the place of every error raised inside.

    Args:
        path: the file that is being read.

    Raises:
        ReadError: in place of a `ReadError` or `DataError` raised inside.
    """
    try:
        yield
    except (ReadError, DataError) as error:
        where = str(path) if error.where is None else f"{path}, {error.where}"
        raise ReadError(error.what, where=where, remedy=error.remedy or "export the file again") from error

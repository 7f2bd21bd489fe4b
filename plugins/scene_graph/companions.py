"""Which files beside a scene it may be made of, so that an edit of them is seen before it is read."""

import mmap
import os
from collections.abc import Iterator
from pathlib import Path

PICTURES = frozenset({".png", ".jpg", ".jpeg"})


def files_below(folder: Path, suffixes: frozenset[str]) -> list[Path]:
    """The files in a folder and below with one of some suffixes, in order; links are not followed.

    Args:
        folder: where to look.
        suffixes: in lower case, each with its dot.
    """
    return sorted(path for path in _all_files(folder) if path.suffix.lower() in suffixes)


def files_named_in(path: Path, suffixes: frozenset[str]) -> list[Path]:
    """Those of `files_below` the file's folder whose names stand in the file, as plain text.

    Args:
        path: the file.
        suffixes: of the files that it may refer to.
    """
    found = [file for file in files_below(path.parent, suffixes) if file != path]
    if not found or not path.stat().st_size:
        return []
    with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return [file for file in found if content.find(os.fsencode(file.name)) >= 0]


def _all_files(folder: Path) -> Iterator[Path]:
    for directory, _, names in os.walk(folder):
        yield from (Path(directory, name) for name in names)

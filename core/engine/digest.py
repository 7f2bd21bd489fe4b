"""Digests of files and values."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

Stamp = tuple[tuple[str, int, int], ...]
"""Name, size and time of a file, or of all files of a folder: what changes when somebody writes to it."""

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def file_digest(path: Path) -> str:
    """SHA-256 of a file's contents, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_digest(folder: Path) -> str:
    """SHA-256 over the names and contents of all files below a folder, in order."""
    return value_digest([[path.relative_to(folder).as_posix(), file_digest(path)] for path in _files_below(folder)])


def value_digest(value: Any) -> str:
    """SHA-256 of a JSON value, in hexadecimal."""
    return hashlib.sha256(_ENCODER.encode(value).encode()).hexdigest()


def stamp(path: Path) -> Stamp:
    """The stamp of a file or folder, for noticing that it changed without reading it again."""
    return tuple(_stamp_of(file) for file in (_files_below(path) if path.is_dir() else [path]))


def _stamp_of(file: Path) -> tuple[str, int, int]:
    stat = file.stat()
    return str(file), stat.st_size, stat.st_mtime_ns


def _files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@lru_cache(maxsize=64)
def weights_digest(path: Path, stamped: Stamp) -> str:
    """SHA-256 of a weights file, computed once a process while its stamp stays."""
    return file_digest(path)

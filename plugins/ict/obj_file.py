"""The part of Wavefront OBJ that ICT-FaceKit uses: positions, texture coordinates, triangles and quads."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from motionloom.core.errors import ReadError, place
from motionloom.plugins.ict.where import REMEDY

LARGEST: Final = 64 * 2**20
"""Bytes; the published files have 2.6 million."""


@dataclass(frozen=True)
class Surface:
    """A mesh as its file has it.

    Args:
        positions: (V, 3) in the file's unit.
        polygons: (P, 4) vertex indices from 0, -1 as a triangle's fourth.
        uv: (U, 2) texture coordinates, origin bottom left; none where not every corner has one.
        polygon_uv: (P, 4) which of them each corner has, likewise.
    """

    positions: NDArray[np.float64]
    polygons: NDArray[np.int64]
    uv: NDArray[np.float64]
    polygon_uv: NDArray[np.int64]


def read_positions(path: Path, vertices: int) -> NDArray[np.float64]:
    """(V, 3) the positions of a file, whatever else it holds.

    Args:
        path: the OBJ file.
        vertices: how many there must be.

    Raises:
        ReadError: a line does not hold three finite numbers, or there are more or fewer; with the line.
    """
    positions = _rows(path, b"v", 3)
    if len(positions) != vertices:
        what = f"the mesh has {len(positions)} vertices, ICT-FaceKit's has {vertices}"
        raise ReadError(what, where=place(path), remedy=REMEDY)
    return positions


def read_surface(path: Path, vertices: int) -> Surface:
    """Positions, faces and texture coordinates of a file.

    Args:
        path: the OBJ file.
        vertices: how many there must be.

    Raises:
        ReadError: a line is not what OBJ has there, a face has other than three or four corners, or the
            number of vertices is another; with the line.
    """
    positions, uv = read_positions(path, vertices), _rows(path, b"vt", 2)
    corners = np.array([_corners(path, line, text.split()[1:]) for line, text in _lines(path, b"f")], dtype=np.int64)
    polygons, polygon_uv = (corners.reshape(-1, 4, 2)[..., column] for column in (0, 1))
    if not len(uv) or (polygon_uv[:, :3] < 0).any():
        uv, polygon_uv = np.empty((0, 2)), np.empty((0, 4), dtype=np.int64)
    return Surface(positions, polygons, uv, polygon_uv)


def _rows(path: Path, keyword: bytes, width: int) -> NDArray[np.float64]:
    """The numbers of all lines that start with a keyword, the first `width` of each."""
    lines = _lines(path, keyword)
    if not lines:
        return np.empty((0, width))
    try:
        text = (line.decode("ascii") for _, line in lines)
        rows = np.loadtxt(text, comments=None, usecols=range(1, width + 1), ndmin=2)
    except ValueError:
        rows = None
    if rows is not None and np.isfinite(rows).all():
        return rows
    wrong = next((line for line, text in lines if not _are_numbers(text.split()[1 : width + 1], width)), lines[0][0])
    what = f"the line {keyword.decode()} does not hold {width} finite numbers"
    raise ReadError(what, where=place(path, wrong), remedy="fetch the file again")


def _are_numbers(words: list[bytes], width: int) -> bool:
    try:
        return len(words) == width and all(np.isfinite(float(word)) for word in words)
    except ValueError:
        return False


def _corners(path: Path, line: int, words: list[bytes]) -> list[tuple[int, int]]:
    """Vertex and texture coordinate of four corners, from 0; -1 where there is none."""
    try:
        if len(words) not in (3, 4):
            raise ValueError
        corners = [_corner(word) for word in words]
    except ValueError:
        what = "the line f does not name three or four corners, each as 1, 1/1 or 1/1/1"
        raise ReadError(what, where=place(path, line), remedy="fetch the file again") from None
    return corners if len(corners) == 4 else [*corners, (-1, -1)]


def _corner(word: bytes) -> tuple[int, int]:
    vertex, _, rest = word.partition(b"/")
    uv = rest.partition(b"/")[0]
    # OBJ counts from one; from the end, below zero, is not how ICT-FaceKit is written.
    corner = int(vertex) - 1, int(uv) - 1 if uv else -1
    if not 0 <= corner[0] < LARGEST or (uv and not 0 <= corner[1] < LARGEST):
        raise ValueError
    return corner


def _lines(path: Path, keyword: bytes) -> list[tuple[int, bytes]]:
    """Number and text of the lines that start with a keyword."""
    try:
        if path.stat().st_size > LARGEST:
            raise ReadError(f"the file is larger than {LARGEST // 2**20} MiB", where=place(path), remedy=REMEDY)
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise ReadError(f"the file cannot be read: {error.strerror}", where=place(path), remedy=REMEDY) from error
    starts = (keyword + b" ", keyword + b"\t")
    return [(number, line) for number, line in enumerate(lines, start=1) if line.startswith(starts)]

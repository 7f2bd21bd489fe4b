"""Quads and triangles in one table, as triangles."""

import numpy as np
from numpy.typing import NDArray

from motionloom.core.errors import DataError


def triangulated(polygons: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Every polygon as one or two triangles, in order, quads split from the first corner to the third.

    Args:
        polygons: (P, 4) vertex indices; -1 in the fourth column where it is a triangle.
        count: how many vertices there are.

    Raises:
        DataError: a polygon names a vertex that is not there.
    """
    quad = polygons[:, 3] >= 0
    wrong = (polygons[:, :3] < 0).any(1) | (polygons[:, 3] < -1) | (polygons >= count).any(1)
    if wrong.any():
        first = int(wrong.argmax())
        raise DataError(f"polygon {first} has the corners {polygons[first].tolist()} of {count} that there are")
    triangles = np.stack((polygons[:, [0, 1, 2]], polygons[:, [0, 2, 3]]), axis=1).reshape(-1, 3)
    kept = np.stack((np.ones_like(quad), quad), axis=1).reshape(-1)
    return np.ascontiguousarray(triangles[kept])

"""Polygons cut into triangles."""

from typing import Any, Final

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray

MOST_CORNERS: Final = 64
"""Corners up to which a polygon is cut with care: the work grows with their square."""


def triangulated(
    points: Float64[ndarray, "corners 3"], begins: Int64[ndarray, "polygons"], counts: Int64[ndarray, "polygons"]
) -> tuple[Int64[ndarray, "triangles 3"], Int64[ndarray, "triangles"]]:
    """Corners of the triangles, wound as their polygons are, and the polygon that each comes from.

    Triangles stay, quadrilaterals are cut along the diagonal that lies inside, and larger polygons by
    cutting off ears (Meisters, "Polygons have ears", 1975). Points and lines are left out.

    Args:
        points: where each corner lies.
        begins: the first corner of each polygon.
        counts: how many corners it has.
    """
    triangles, origins = [np.zeros((0, 3), np.int64)], [np.zeros(0, np.int64)]
    for count in np.unique(counts[counts > 2]):
        chosen = np.flatnonzero(counts == count)
        corners = begins[chosen, None] + np.arange(count)
        cut = _cut(points, corners)
        triangles.append(cut.reshape(-1, 3))
        origins.append(np.repeat(chosen, count - 2))
    origin = np.concatenate(origins)
    order = np.argsort(origin, kind="stable")
    return np.concatenate(triangles)[order], origin[order]


def _cut(points: Float64[ndarray, "corners 3"], corners: Int64[ndarray, "polygons n"]) -> Int64[ndarray, "polygons m"]:
    count = corners.shape[1]
    if count == 3:
        return corners
    if count == 4:
        return _cut_quads(points, corners)
    at = np.arange(1, count - 1)
    fans = corners[:, np.stack((np.zeros_like(at), at, at + 1), axis=1).ravel()]
    if count <= MOST_CORNERS:
        for row in np.flatnonzero(~_convex(points[corners])):
            fans[row] = corners[row][_ears(points[corners[row]])]
    return fans


def _cut_quads(points: Float64[ndarray, "corners 3"], quads: Int64[ndarray, "quads 4"]) -> Int64[ndarray, "quads 6"]:
    first, second = quads[:, [0, 1, 2, 0, 2, 3]], quads[:, [0, 1, 3, 1, 2, 3]]
    folded = _agreement(points, first) < 0
    return np.where((folded & (_agreement(points, second) > 0))[:, None], second, first)


def _agreement(points: Float64[ndarray, "corners 3"], pairs: Int64[ndarray, "quads 6"]) -> Float64[ndarray, "quads"]:
    """Above zero where the two triangles look the same way."""
    a, b, c, d, e, f = (points[pairs[:, corner]] for corner in range(6))
    return np.asarray((np.cross(b - a, c - a) * np.cross(e - d, f - d)).sum(-1))


def _normals(polygons: Float64[ndarray, "polygons n 3"]) -> Float64[ndarray, "polygons 3"]:
    """Twice the area along the normal (Newell's method)."""
    return np.asarray(np.cross(polygons, np.roll(polygons, -1, axis=1)).sum(axis=1))


def _turns(polygons: Float64[ndarray, "polygons n 3"]) -> Float64[ndarray, "polygons n"]:
    """Above zero at a corner that the polygon turns left at, seen from its front."""
    before, after = np.roll(polygons, 1, axis=1), np.roll(polygons, -1, axis=1)
    return np.asarray((np.cross(polygons - before, after - polygons) * _normals(polygons)[:, None]).sum(-1))


def _convex(polygons: Float64[ndarray, "polygons n 3"]) -> Any:
    return (_turns(polygons) >= 0).all(axis=1)


def _ears(points: Float64[ndarray, "n 3"]) -> list[int]:
    """Corners of the triangles of one polygon, three after three."""
    normal = _normals(points[None])[0]
    flat = np.delete(points, int(np.argmax(np.abs(normal))), axis=1)
    left, cut = list(range(len(points))), []
    while len(left) > 3:
        at = _ear(points, flat, normal, left)
        cut += [left[at - 1], left[at], left[(at + 1) % len(left)]]
        del left[at]
    return cut + left


def _ear(
    points: Float64[ndarray, "n 3"], flat: Float64[ndarray, "n 2"], normal: Float64[ndarray, "3"], left: list[int]
) -> int:
    """A corner that can be cut off; any where the polygon crosses itself and has none."""
    for at in range(len(left)):
        a, b, c = left[at - 1], left[at], left[(at + 1) % len(left)]
        if np.dot(np.cross(points[b] - points[a], points[c] - points[b]), normal) <= 0:
            continue
        others = [corner for corner in left if corner not in (a, b, c)]
        if not _inside(flat[others], flat[[a, b, c]]).any():
            return at
    return 0


def _inside(points: Float64[ndarray, "m 2"], triangle: Float64[ndarray, "3 2"]) -> Any:
    edges = np.roll(triangle, -1, axis=0) - triangle
    offsets = points[:, None] - triangle
    sides = edges[:, 0] * offsets[..., 1] - edges[:, 1] * offsets[..., 0]
    return (sides > 0).all(axis=1) | (sides < 0).all(axis=1)

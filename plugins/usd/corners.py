"""Polygons as triangles, and vertices split where their corners differ."""

from dataclasses import dataclass

import numpy as np

from motionloom.plugins.usd.values import Floats, Integers


@dataclass(frozen=True)
class Triangles:
    """Triangles of polygons.

    Args:
        corners: (F, 3) places in the file's list of corners.
        polygons: (F,) the polygon of each.
    """

    corners: Integers
    polygons: Integers


def triangulated(counts: Integers, flipped: bool) -> Triangles:
    """Fans from the first corner of every polygon; polygons of fewer than three corners are nothing.

    Args:
        counts: (P,) corners of each polygon.
        flipped: whether to turn every triangle round.
    """
    fans = np.maximum(counts - 2, 0)
    polygons = np.repeat(np.arange(len(counts)), fans)
    starts = np.cumsum(counts) - counts
    step = np.arange(len(polygons)) - np.repeat(np.cumsum(fans) - fans, fans)
    first = starts[polygons]
    corners = np.stack((first, first + step + 1, first + step + 2), 1)
    return Triangles(corners[:, ::-1].copy() if flipped else corners, polygons)


@dataclass(frozen=True)
class Split:
    """Vertices of which each has one normal and one texture coordinate.

    Args:
        points: (V,) the point that each vertex is a copy of.
        faces: (F, 3) vertices.
        values: (V, width) of each list that was given.
    """

    points: Integers
    faces: Integers
    values: list[Floats]


def split(points: Integers, faces: Integers, values: list[Floats]) -> Split:
    """Merge corners that agree in point and values.

    Args:
        points: (C,) the point of every corner that a face names.
        faces: (F, 3) corners.
        values: (C, width) lists of what corners of one point may differ in.
    """
    keys = points.copy()
    for rows in values:
        kinds = np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)
        # Numbered anew at every step, so that products stay small.
        keys = np.unique(keys * (kinds.max(initial=0) + 1) + kinds, return_inverse=True)[1].reshape(-1)
    _, first, vertex = np.unique(keys, return_index=True, return_inverse=True)
    return Split(points[first], vertex.reshape(-1)[faces], [rows[first] for rows in values])

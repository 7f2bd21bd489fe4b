"""The point of a triangle that is closest to another point."""

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

EDGES = ((0, 1), (1, 2), (2, 0))


def closest_on_triangles(points: Doubles, corners: Doubles) -> tuple[Doubles, Doubles]:
    """Squared distances and the barycentric weights of the closest points.

    The foot of the perpendicular where it falls inside, else the best of the three edges; so a
    triangle without area is its edges, and one of a single point that point.

    Args:
        points: (..., 3) broadcast against the triangles.
        corners: (..., 3, 3) the triangles' corners.
    """
    squared, weights = _inside(points, corners)
    for first, second in EDGES:
        along, distances = _segment(points, corners[..., first, :], corners[..., second, :])
        closer = distances < squared
        squared = np.where(closer, distances, squared)
        edge = np.zeros_like(weights)
        edge[..., first], edge[..., second] = 1 - along, along
        weights = np.where(closer[..., None], edge, weights)
    return squared, weights


def _inside(points: Doubles, corners: Doubles) -> tuple[Doubles, Doubles]:
    """Infinite distances where the perpendicular falls outside."""
    a, u, v = corners[..., 0, :], corners[..., 1, :] - corners[..., 0, :], corners[..., 2, :] - corners[..., 0, :]
    normal = np.cross(u, v)
    area = (normal * normal).sum(-1)
    offset = points - a
    with np.errstate(divide="ignore", invalid="ignore"):
        second = (np.cross(offset, v) * normal).sum(-1) / area
        third = (np.cross(u, offset) * normal).sum(-1) / area
        height = (offset * normal).sum(-1) ** 2 / area
    weights = np.stack((1 - second - third, second, third), axis=-1)
    # Comparisons with what is not a number are false: no area, no inside.
    inside = (weights >= 0).all(axis=-1) & np.isfinite(height)
    return np.where(inside, height, np.inf), np.where(inside[..., None], weights, 0.0)


def _segment(points: Doubles, start: Doubles, end: Doubles) -> tuple[Doubles, Doubles]:
    """How far along the segment the closest point is, from 0 to 1, and its squared distance."""
    direction, offset = end - start, points - start
    length = (direction * direction).sum(-1)
    along = np.clip((offset * direction).sum(-1) / np.maximum(length, np.finfo(np.float64).tiny), 0.0, 1.0)
    apart = offset - along[..., None] * direction
    return along, (apart * apart).sum(-1)

"""How far away from a joint it moves things, and how far a blend shape does."""

from collections.abc import Sequence

import numpy as np

from motionloom.core.data import Skeleton, rest_pose
from motionloom.exporters.prepared.arrays import Floats, floats, lengths
from motionloom.exporters.prepared.surfaces import Surface

SMALLEST_REACH = 0.05
"""Metres. A joint that carries nothing, such as the hand of a bare skeleton, keeps its rotation all the same."""

CLUSTER = 32
"""Vertices, neighbours in their order, whose shapes are measured together."""


def reaches(skeleton: Skeleton, surfaces: Sequence[Surface], weights: Sequence[Floats]) -> Floats:
    """(J,) metres to the furthest point that each joint itself carries: skin in any of its shapes, or bone tip.

    Args:
        skeleton: joints in the bind pose.
        surfaces: what they carry.
        weights: (T, shapes) what the shapes of each surface do; none where the face is still.
    """
    joints = floats(rest_pose(skeleton)[1])
    reach = np.full(len(skeleton), SMALLEST_REACH, dtype=np.float32)
    np.maximum.at(reach, list(skeleton.tip_joints), lengths(floats(skeleton.tip_offsets)))
    for number, surface in enumerate(surfaces):
        bulge = _bulge(surface, weights[number] if weights else None)
        away = lengths(surface.vertices[:, None] - joints[surface.joints]) + bulge[:, None]
        carried = surface.weights > 0
        np.maximum.at(reach, surface.joints[carried], away[carried])
    return reach


def levers(skeleton: Skeleton, reach: Floats) -> Floats:
    """(J,) metres to the furthest point that each joint or one below it carries, in the bind pose."""
    joints = floats(rest_pose(skeleton)[1])
    apart = lengths(joints[:, None] - joints[None])
    lever = reach.copy()
    for joint in range(len(skeleton)):
        above = skeleton.parents[joint]
        while above >= 0:
            lever[above] = max(lever[above], apart[joint, above] + reach[joint])
            above = skeleton.parents[above]
    return lever


def shape_sizes(surface: Surface) -> Floats:
    """(S, clusters) metres that each shape at most moves any vertex of each cluster at weight one."""
    moved = np.stack([lengths(shape.deltas) for shape in surface.shapes])
    return np.maximum.reduceat(moved, np.arange(0, moved.shape[1], CLUSTER), axis=1)


def _bulge(surface: Surface, weights: Floats | None) -> Floats:
    """(V,) metres that shapes may have moved each vertex."""
    bulge = np.zeros(len(surface.vertices), dtype=np.float32)
    if weights is not None:
        for shape, most in zip(surface.shapes, abs(weights).max(0), strict=True):
            bulge += most * lengths(shape.deltas)
    return bulge

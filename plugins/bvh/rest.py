"""From a BVH hierarchy to a skeleton in metres."""

import numpy as np
import torch
from jaxtyping import Float, Float64
from numpy import ndarray
from torch import Tensor

from motionloom.core.data import Skeleton
from motionloom.plugins.bvh.hierarchy import Hierarchy


def in_metres(vectors: Float64[ndarray, "*batch 3"], metres: float) -> Float[Tensor, "*batch 3"]:
    """Vectors of a file, whose unit is `metres` long, in metres."""
    # What overflows becomes infinite without a warning here, and an error at the end.
    with np.errstate(over="ignore"):
        return torch.from_numpy((vectors * metres).astype(np.float32))


def vectors_of(offsets: list[tuple[float, ...]]) -> Float64[ndarray, "offsets 3"]:
    """Offsets of a hierarchy as an array."""
    return np.array(offsets, dtype=np.float64).reshape(-1, 3)


def rest_points(hierarchy: Hierarchy) -> Float64[ndarray, "points 3"]:
    """Joints, then tips of the rest pose, in the file's unit and axes."""
    points = vectors_of(hierarchy.offsets)
    for joint, parent in enumerate(hierarchy.parents[1:], start=1):
        points[joint] += points[parent]
    tips = vectors_of(hierarchy.tip_offsets) + points[hierarchy.tip_joints].reshape(-1, 3)
    return np.concatenate((points, tips))


def greatest_dimension(points: Float64[ndarray, "points 3"]) -> float:
    """The longest side of the box around the points."""
    return float((points.max(axis=0) - points.min(axis=0)).max())


def skeleton_of(hierarchy: Hierarchy, metres: float) -> Skeleton:
    """The skeleton of a file, in metres and the file's axes; its rest rotations are the identity, as in every BVH."""
    return Skeleton(
        names=tuple(hierarchy.names),
        parents=tuple(hierarchy.parents),
        rest_translations=in_metres(vectors_of(hierarchy.offsets), metres),
        rest_rotations=torch.tensor([[0.0, 0.0, 0.0, 1.0]]).repeat(len(hierarchy.names), 1),
        tip_joints=tuple(hierarchy.tip_joints),
        tip_offsets=in_metres(vectors_of(hierarchy.tip_offsets), metres),
    )

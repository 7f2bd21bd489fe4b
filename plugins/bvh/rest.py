"""From a BVH hierarchy to a skeleton in metres, Y up."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float64
from numpy import ndarray
from torch import Tensor

from motionloom.core.data import Skeleton
from motionloom.plugins.bvh.hierarchy import Hierarchy
from motionloom.plugins.bvh.up_axis import UpAxis, upright


@dataclass(frozen=True)
class Space:
    """How lengths and directions of a file become metres with Y up.

    Args:
        metres: per unit of the file.
        up: the axis that points up in the file.
    """

    metres: float
    up: UpAxis

    def vectors(self, vectors: Float64[ndarray, "*batch 3"]) -> Float[Tensor, "*batch 3"]:
        """Vectors of the file in metres, Y up."""
        # What overflows becomes infinite without a warning here, and an error at the end.
        with np.errstate(over="ignore"):
            return torch.from_numpy((upright(vectors, self.up) * self.metres).astype(np.float32))


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


def skeleton_of(hierarchy: Hierarchy, space: Space) -> Skeleton:
    """The skeleton of a file; its rest rotations are the identity, as in every BVH file."""
    return Skeleton(
        names=tuple(hierarchy.names),
        parents=tuple(hierarchy.parents),
        rest_translations=space.vectors(vectors_of(hierarchy.offsets)),
        rest_rotations=torch.tensor([[0.0, 0.0, 0.0, 1.0]]).repeat(len(hierarchy.names), 1),
        tip_joints=tuple(hierarchy.tip_joints),
        tip_offsets=space.vectors(vectors_of(hierarchy.tip_offsets)),
    )

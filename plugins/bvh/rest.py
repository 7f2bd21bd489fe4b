"""From a BVH hierarchy to a skeleton in metres, Y up."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from motionloom.core.data import Skeleton
from motionloom.plugins.bvh.hierarchy import Hierarchy
from motionloom.plugins.bvh.up_axis import UpAxis, upright_vectors
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True)
class Space:
    """How lengths and directions of a file become metres with Y up.

    Args:
        metres: per unit of the file.
        up: the axis that points up in the file.
    """

    metres: float
    up: UpAxis

    def vectors(self, vectors: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 3"]:
        """Vectors of the file in metres, Y up, float32."""
        return upright_vectors(vectors * self.metres, self.up).to(torch.float32)


def rest_points(hierarchy: Hierarchy) -> NDArray[np.float64]:
    """Joints, then tips of the rest pose, in the file's unit and axes."""
    points = np.array(hierarchy.offsets)
    for joint, parent in enumerate(hierarchy.parents[1:], start=1):
        points[joint] += points[parent]
    tips = np.array(hierarchy.tip_offsets).reshape(-1, 3)
    return np.concatenate((points, points[hierarchy.tip_joints] + tips)) if len(tips) else points


def greatest_dimension(points: NDArray[np.float64]) -> float:
    """The longest side of the box around the points."""
    return float((points.max(axis=0) - points.min(axis=0)).max())


def skeleton_of(hierarchy: Hierarchy, space: Space) -> Skeleton:
    """The skeleton of a file; its rest rotations are the identity, as in every BVH file."""
    joints = len(hierarchy.names)
    return Skeleton(
        names=tuple(hierarchy.names),
        parents=tuple(hierarchy.parents),
        rest_translations=space.vectors(torch.tensor(hierarchy.offsets, dtype=torch.float64)),
        rest_rotations=torch.tensor([[0.0, 0.0, 0.0, 1.0]]).repeat(joints, 1),
        tip_joints=tuple(hierarchy.tip_joints),
        tip_offsets=space.vectors(torch.tensor(hierarchy.tip_offsets, dtype=torch.float64).reshape(-1, 3)),
    )

"""Which way is up in a BVH file: the format does not say, so it is given or judged by the rest pose."""

from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

UpAxis = Literal["y", "z"]

STANDING_RATIO = 2.0
"""A rest pose stands along Z where it is this many times longer along Z than along Y."""

GROUND_SHARE = 0.1
"""The lowest part of the rest pose in which feet are looked for, as a share of its height."""


def judge_up_axis(points: NDArray[np.float64]) -> UpAxis:
    """Z where the rest pose stands along Z on a left and a right foot, Y otherwise.

    The feet keep a four-legged animal, which is long along Z too, from being put upright.

    Args:
        points: (N, 3) joints and tips of the rest pose.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    extent = high - low
    if extent[2] <= STANDING_RATIO * extent[1]:
        return "y"
    ground = points[points[:, 2] <= low[2] + GROUND_SHARE * extent[2], 0] - points[0, 0]
    margin = 0.01 * extent[2]
    return "z" if ground.min() < -margin and ground.max() > margin else "y"


def upright_vectors(vectors: Float[Tensor, "*batch 3"], up: UpAxis) -> Float[Tensor, "*batch 3"]:
    """Vectors turned to Y up: -90 degrees about X where Z was up, so that -Y becomes the front, +Z."""
    if up == "y":
        return vectors
    x, y, z = vectors.unbind(-1)
    return torch.stack((x, z, -y), dim=-1)


def upright_rotations(rotations: Float[Tensor, "*batch 4"], up: UpAxis) -> Float[Tensor, "*batch 4"]:
    """The same rotations seen from axes that are turned to Y up."""
    if up == "y":
        return rotations
    return torch.cat((upright_vectors(rotations[..., :3], up), rotations[..., 3:]), dim=-1)

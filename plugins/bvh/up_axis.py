"""Which way is up in a BVH file: the format does not say, so it is given or judged by the rest pose."""

from typing import Literal

from jaxtyping import Float64
from numpy import ndarray

UpAxis = Literal["y", "z"]

STANDING_RATIO = 2.0
"""A rest pose stands along Z where it is more than this many times longer along Z than along Y."""

GROUND_SHARE = 0.1
"""The lowest part of the rest pose in which feet are looked for, as a share of its height."""

FEET_APART = 0.01
"""How far from the root, sideways, a foot stands at least, as a share of the height."""


def judge_up_axis(points: Float64[ndarray, "points 3"]) -> UpAxis:
    """Z where the rest pose stands along Z on a left and a right foot, Y otherwise.

    The feet keep a four-legged animal, which is long along Z too, from being put upright.

    Args:
        points: (N, 3) joints and tips of the rest pose, the root first.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    _, depth, height = high - low
    if height <= STANDING_RATIO * depth:
        return "y"
    on_ground = points[:, 2] <= low[2] + GROUND_SHARE * height
    sideways = points[on_ground, 0] - points[0, 0]
    return "z" if sideways.min() < -FEET_APART * height and sideways.max() > FEET_APART * height else "y"


def upright(vectors: Float64[ndarray, "*batch parts"], up: UpAxis) -> Float64[ndarray, "*batch parts"]:
    """Vectors, or quaternions xyzw, as seen from axes with Y up.

    Z up is turned by -90 degrees about X, so that -Y becomes the front, +Z.

    Args:
        vectors: (*batch, 3 or 4) in the file's axes.
        up: the axis that points up in the file.
    """
    if up == "y":
        return vectors
    turned = vectors.copy()
    turned[..., 1] = vectors[..., 2]
    turned[..., 2] = -vectors[..., 1]
    return turned

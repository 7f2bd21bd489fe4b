"""Which way is up in a BVH file: the format does not say, so it is given or judged by the rest pose."""

from typing import Literal

from jaxtyping import Float, Float64
from numpy import ndarray
from torch import Tensor

from motionloom.core.data import Motion

UpAxis = Literal["y", "z"]

STANDING_RATIO = 2.0
"""A rest pose stands along Z where it is more than this many times longer along Z than along Y."""

GROUND_SHARE = 0.1
"""The lowest part of the rest pose in which feet are looked for, as a share of its height."""

FEET_APART = 0.01
"""How far from the root, sideways, a foot stands at least, as a share of the height."""

AT_ONCE = 4096
"""Frames that are turned together."""


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


def upright(motion: Motion) -> Motion:
    """A motion with Z up as one with Y up; its own tensors are turned.

    It is turned by -90 degrees about X, so that -Y becomes the front, +Z. Rest rotations are the identity.

    Args:
        motion: from a file whose Z axis points up.
    """
    skeleton = motion.skeleton
    for vectors in (skeleton.rest_translations, skeleton.tip_offsets, motion.root_translation, motion.rotations):
        _turn(vectors)
    if motion.joint_translations is not None:
        _turn(motion.joint_translations)
    return motion


def _turn(vectors: Float[Tensor, "*batch parts"]) -> None:
    """Turn vectors, or quaternions xyzw, in place, a part at a time: a long clip leaves no room for a copy."""
    for part in vectors.split(AT_ONCE):
        behind = -part[..., 1]
        part[..., 1] = part[..., 2]
        part[..., 2] = behind

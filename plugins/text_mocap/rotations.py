"""Euler angles to unit quaternions, a batch of frames at a time.

In numpy, not torch: batches are small, and handing them to torch's threads costs up to twenty times
the work itself on a busy machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64, Int64
from numpy import ndarray
from torch import Tensor

from motionloom.core.data import unroll


@dataclass(frozen=True)
class EulerGroup:
    """Joints that are turned about the same axes in the same order.

    Args:
        convention: axes in roma's spelling: `ZYX` turns about moving axes, `xyz` about fixed ones.
        joints: (N,) the joints.
        columns: (A, N) the column of each angle of each joint.
    """

    convention: str
    joints: Int64[ndarray, "joints"]
    columns: Int64[ndarray, "axes joints"]


def euler_groups(conventions: Sequence[str], columns: Sequence[Sequence[int]]) -> list[EulerGroup]:
    """Group joints by their axes; those without any are left out.

    Args:
        conventions: axes of each joint in roma's spelling.
        columns: the columns of each joint's angles, in the same order.
    """
    members: dict[str, list[int]] = {}
    for joint, convention in enumerate(conventions):
        if convention:
            members.setdefault(convention, []).append(joint)
    return [
        EulerGroup(convention, np.array(joints), np.array([columns[joint] for joint in joints]).T)
        for convention, joints in members.items()
    ]


def local_rotations(
    groups: Sequence[EulerGroup], values: Float64[ndarray, "frames columns"], joints: int
) -> Float64[ndarray, "frames joints 4"]:
    """Rotations of all joints, xyzw; those in no group are not turned.

    Args:
        groups: which columns turn which joints.
        values: (T, C) with the angles in degrees.
        joints: how many there are.
    """
    rotations = np.zeros((4, joints, len(values)))
    rotations[3] = 1.0
    for group in groups:
        rotations[:, group.joints] = quaternions(group.convention, np.radians(values.T[group.columns]))
    return rotations.T


def quaternions(convention: str, angles: Float64[ndarray, "axes *batch"]) -> Float64[ndarray, "4 *batch"]:
    """What `roma.euler_to_unitquat` gives, several times faster, with axes and parts first.

    Each factor turns about one axis, so that half of the terms of the Hamilton products are zero.

    Args:
        convention: axes in roma's spelling.
        angles: (A, *batch) radians, one an axis.
    """
    sines, cosines = np.sin(angles / 2), np.cos(angles / 2)
    turns = list(zip(("xyz".index(axis) for axis in convention.lower()), sines, cosines, strict=True))
    (first, sine, cosine), *others = turns if convention.isupper() else turns[::-1]
    product = np.zeros((4, *sine.shape))
    product[first], product[3] = sine, cosine
    for axis, sine, cosine in others:
        product = _then_about(axis, product, sine, cosine)
    return product


def _then_about(
    axis: int, q: Float64[ndarray, "4 *batch"], sine: Float64[ndarray, "*batch"], cosine: Float64[ndarray, "*batch"]
) -> Float64[ndarray, "4 *batch"]:
    """The Hamilton product of a quaternion and one that turns about a coordinate axis."""
    after, before = (axis + 1) % 3, (axis + 2) % 3
    product = q * cosine
    product[axis] += q[3] * sine
    product[after] += q[before] * sine
    product[before] -= q[after] * sine
    product[3] -= q[axis] * sine
    return product


def store(rotations: Float[Tensor, "frames joints 4"], start: int, batch: Float64[ndarray, "batch joints 4"]) -> None:
    """Put a batch of rotations in its place, with the signs that keep consecutive frames together.

    Args:
        rotations: (T, J, 4) of the whole motion, filled up to `start`; changed in place.
        start: the batch's first frame.
        batch: (B, J, 4) unit quaternions.
    """
    end = start + len(batch)
    rotations.numpy()[start:end] = batch
    before = max(start - 1, 0)
    rotations[before:end] = unroll(rotations[before:end])

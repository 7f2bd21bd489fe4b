"""Euler angles to unit quaternions, a batch of frames at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from motionloom.core.data import unroll
from torch import Tensor


@dataclass(frozen=True)
class EulerGroup:
    """Joints that are turned about the same axes in the same order.

    Args:
        convention: axes in roma's spelling: `ZYX` turns about moving axes, `xyz` about fixed ones.
        joints: (N,) the joints.
        columns: (N, axes) the column of each of their angles.
    """

    convention: str
    joints: Int[Tensor, "joints"]
    columns: Int[Tensor, "joints axes"]


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
        EulerGroup(convention, torch.tensor(joints), torch.tensor([list(columns[joint]) for joint in joints]))
        for convention, joints in members.items()
    ]


def quaternions(group: EulerGroup, values: Float[Tensor, "frames columns"]) -> Float[Tensor, "frames joints 4"]:
    """Rotations of a group's joints, xyzw: what `roma.euler_to_unitquat` gives, several times faster.

    Each factor turns about one axis, so that half of the terms of the Hamilton products are zero.

    Args:
        group: which columns make which rotation.
        values: (T, C) with the angles in degrees, float64.
    """
    halves = torch.deg2rad(values.T[group.columns.T]) / 2
    sines, cosines = halves.sin(), halves.cos()
    turns = list(zip(("xyz".index(axis) for axis in group.convention.lower()), sines, cosines, strict=True))
    if group.convention.islower():
        turns.reverse()
    first, sine, cosine = turns[0]
    parts = [torch.zeros_like(sine), torch.zeros_like(sine), torch.zeros_like(sine), cosine]
    parts[first] = sine
    for axis, sine, cosine in turns[1:]:
        parts = _then_about(axis, parts, sine, cosine)
    return torch.stack(parts).permute(2, 1, 0)


def _then_about(axis: int, parts: list[Tensor], sine: Tensor, cosine: Tensor) -> list[Tensor]:
    """The Hamilton product of a quaternion, given by its four parts, and one about a coordinate axis."""
    after, before = (axis + 1) % 3, (axis + 2) % 3
    product = [torch.empty(0)] * 4
    product[axis] = parts[axis] * cosine + parts[3] * sine
    product[after] = parts[after] * cosine + parts[before] * sine
    product[before] = parts[before] * cosine - parts[after] * sine
    product[3] = parts[3] * cosine - parts[axis] * sine
    return product


def store(rotations: Float[Tensor, "frames joints 4"], start: int, batch: Float[Tensor, "batch joints 4"]) -> None:
    """Put a batch of rotations in its place, with the signs that keep consecutive frames together.

    Args:
        rotations: (T, J, 4) of the whole motion, filled up to `start`; changed in place.
        start: the batch's first frame.
        batch: (B, J, 4) unit quaternions, in any precision.
    """
    before = max(start - 1, 0)
    rotations[start : start + len(batch)] = batch
    rotations[before : start + len(batch)] = unroll(rotations[before : start + len(batch)])


def identity_rotations(frames: int, joints: int) -> Float[Tensor, "frames joints 4"]:
    """Rotations that turn nothing."""
    rotations = np.zeros((frames, joints, 4), dtype=np.float32)
    rotations[..., 3] = 1.0
    return torch.from_numpy(rotations)

"""Euler angles to unit quaternions, a batch of frames at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import roma
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
    """Rotations of a group's joints, xyzw.

    The same as `roma.euler_to_unitquat`, several times faster: each factor turns about one axis
    only, so that most terms of the Hamilton products are zero.

    Args:
        group: which columns make which rotation.
        values: (T, C) with the angles in degrees, float64.
    """
    moving_axes = group.convention.isupper()
    order = range(len(group.convention)) if moving_axes else range(len(group.convention) - 1, -1, -1)
    x, y, z, w = 0.0, 0.0, 0.0, 1.0
    parts = [x, y, z, w]
    for position in order:
        half = torch.deg2rad(values[:, group.columns[:, position]]) / 2
        parts = _turned_about("xyz".index(group.convention[position].lower()), parts, half.sin(), half.cos())
    return torch.stack([part + torch.zeros_like(half) for part in parts], dim=-1)


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

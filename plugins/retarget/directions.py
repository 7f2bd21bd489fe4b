"""Turns between directions, and the frame of a standing body."""

from math import cos, radians

import roma
import torch
from jaxtyping import Float
from motionloom.core.data import quat_product
from motionloom.plugins.retarget.roles import JointRoles, Part, Role, Side, role_of
from torch import Tensor

Vector = Tensor
"""(3,) a direction or point, or (4,) a rotation xyzw; float64."""

SNAP = cos(radians(35.0))
"""A body whose axis is this near to an axis of the world is taken to stand along it: a rest pose leans
a few degrees because of its spine's curve, not because its world is tilted."""


def inverse(rotation: Float[Tensor, "*batch 4"]) -> Float[Tensor, "*batch 4"]:
    """The opposite rotation: the conjugate of a unit quaternion."""
    return rotation * rotation.new_tensor([-1.0, -1.0, -1.0, 1.0])


def shortest_arc(start: Vector, goal: tuple[float, float, float]) -> Vector:
    """The rotation that turns a direction to a goal the shortest way; half a turn about +Z (or +X) where they oppose.

    Args:
        start: (3,) any length; one without a length is not turned.
        goal: unit direction.
    """
    toward = start.new_tensor(goal)
    if float(start.norm()) < 1e-9:
        return start.new_tensor([0.0, 0.0, 0.0, 1.0])
    start = start / start.norm()
    cosine = float(start @ toward)
    if cosine < -1.0 + 1e-9:
        axis = [0.0, 0.0, 1.0, 0.0] if abs(goal[2]) < 0.5 else [1.0, 0.0, 0.0, 0.0]
        return start.new_tensor(axis)
    quaternion = torch.cat((torch.linalg.cross(start, toward), start.new_tensor([1.0 + cosine])))
    return quaternion / quaternion.norm()


def turn_about(axis: tuple[float, float, float], start: Vector, goal: tuple[float, float, float]) -> Vector:
    """The rotation about an axis that brings a direction as near to the goal as it can.

    Args:
        axis: unit direction, at right angles to the goal.
        start: (3,) any length; one along the axis is not turned.
        goal: unit direction.
    """
    about, toward = start.new_tensor(axis), start.new_tensor(goal)
    flat = start - about * (about @ start)
    if float(flat.norm()) < 0.1 * float(start.norm()) or float(flat.norm()) < 1e-9:
        return start.new_tensor([0.0, 0.0, 0.0, 1.0])
    angle = torch.atan2(torch.linalg.cross(flat, toward) @ about, flat @ toward)
    return roma.rotvec_to_unitquat(about * angle)


def body_frame(positions: Float[Tensor, "joints 3"], roles: JointRoles) -> Vector:
    """The rotation that stands a rest pose upright, facing +Z, with its left at +X.

    Args:
        positions: (J, 3) of the joints, float64.
        roles: hips and legs at least.
    """
    up = _snapped(_torso(positions, roles))
    across = sum((_across(positions, roles, part) for part in (Part.UPPER_LEG, Part.UPPER_ARM)), torch.zeros_like(up))
    left = _snapped(across - up * (up @ across))
    left = left - up * (up @ left)
    left = left / left.norm().clamp_min(1e-12)
    frame = torch.stack((left, up, torch.linalg.cross(left, up)))
    return roma.rotmat_to_unitquat(frame)


def _torso(positions: Float[Tensor, "joints 3"], roles: JointRoles) -> Vector:
    legs = _middle(positions, roles, Part.UPPER_LEG)
    if Role.LEFT_UPPER_ARM in roles and Role.RIGHT_UPPER_ARM in roles:
        return _middle(positions, roles, Part.UPPER_ARM) - legs
    for role in (Role.HEAD, Role.NECK, Role.SPINE):
        if role in roles:
            return positions[roles.of(role)[-1]] - legs
    return legs - _middle(positions, roles, Part.LOWER_LEG)


def _middle(positions: Float[Tensor, "joints 3"], roles: JointRoles, part: Part) -> Vector:
    return positions[[roles.of(role_of(part, side))[0] for side in Side]].mean(0)


def _across(positions: Float[Tensor, "joints 3"], roles: JointRoles, part: Part) -> Vector:
    left, right = (roles.of(role_of(part, side)) for side in Side)
    if not left or not right:
        return torch.zeros(3, dtype=positions.dtype)
    offset = positions[left[0]] - positions[right[0]]
    return offset / offset.norm().clamp_min(1e-12)


def _snapped(direction: Vector) -> Vector:
    unit = direction / direction.norm().clamp_min(1e-12)
    nearest = int(unit.abs().argmax())
    if float(unit[nearest].abs()) < SNAP:
        return unit
    axis = torch.zeros_like(unit)
    axis[nearest] = unit[nearest].sign()
    return axis


__all__ = ["Vector", "body_frame", "inverse", "quat_product", "shortest_arc", "turn_about"]

"""Which way a body stands and faces in its rest pose."""

from math import cos, radians

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.plugins.retarget.rest_pose.directions import unit
from motionloom.plugins.retarget.roles.parts import JointRoles, Part, Role, Side, role_of

SNAP = cos(radians(35.0))
"""A body whose axis is this near to an axis of the world stands along it: the spine's curve makes a
rest pose lean by a few degrees, and only a tilted world makes it lean by more."""


def body_frame(positions: Float[Tensor, "joints 3"], roles: JointRoles) -> Float[Tensor, "4"]:
    """The rotation that stands a rest pose upright, facing +Z, with its left at +X.

    Args:
        positions: (J, 3) of the joints, float64.
        roles: hips and legs at least.
    """
    up, sideways = _snapped(torso(positions, roles)), across(positions, roles)
    left = _snapped(sideways - up * (up @ sideways))
    left = unit(left - up * (up @ left))
    return roma.rotmat_to_unitquat(torch.stack((left, up, torch.linalg.cross(left, up))))


def torso(positions: Float[Tensor, "joints 3"], roles: JointRoles) -> Float[Tensor, "3"]:
    """From between the hip joints up to between the shoulders, or what there is of it."""
    legs = _middle(positions, roles, Part.UPPER_LEG)
    if Role.LEFT_UPPER_ARM in roles and Role.RIGHT_UPPER_ARM in roles:
        return _middle(positions, roles, Part.UPPER_ARM) - legs
    for role in (Role.HEAD, Role.NECK, Role.SPINE):
        if role in roles:
            return positions[roles.of(role)[-1]] - legs
    return legs - _middle(positions, roles, Part.LOWER_LEG)


def _middle(positions: Float[Tensor, "joints 3"], roles: JointRoles, part: Part) -> Float[Tensor, "3"]:
    return positions[[roles.of(role_of(part, side))[0] for side in Side]].mean(0)


def across(positions: Float[Tensor, "joints 3"], roles: JointRoles) -> Float[Tensor, "3"]:
    """From right to left: the sum of the directions between the hip joints and between the shoulders."""
    return _across(positions, roles, Part.UPPER_LEG) + _across(positions, roles, Part.UPPER_ARM)


def _across(positions: Float[Tensor, "joints 3"], roles: JointRoles, part: Part) -> Float[Tensor, "3"]:
    left, right = (roles.of(role_of(part, side)) for side in Side)
    return unit(positions[left[0]] - positions[right[0]]) if left and right else torch.zeros_like(positions[0])


def _snapped(direction: Float[Tensor, "3"]) -> Float[Tensor, "3"]:
    direction = unit(direction)
    nearest = int(direction.abs().argmax())
    if float(direction[nearest].abs()) < SNAP:
        return direction
    axis = torch.zeros_like(direction)
    axis[nearest] = direction[nearest].sign()
    return axis

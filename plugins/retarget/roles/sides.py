"""Whether left is left, by name and in the rest pose."""

from functools import lru_cache

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Skeleton, rest_pose
from motionloom.plugins.retarget.roles.names import sides_of_names
from motionloom.plugins.retarget.roles.parts import JointRoles, Part, Role, Side, role_of

SMALLEST = 0.01
"""A distance below this share of the skeleton's size says nothing."""

AGAINST = -0.5
"""Cosine between the line from hip to hip and that from shoulder to shoulder under which one runs backwards: no
rest pose twists the chest by 120 degrees."""


def side_of_joint(skeleton: Skeleton, joint: int) -> Side | None:
    """The side that a joint's name speaks of."""
    return _sides(skeleton.names)[joint]


@lru_cache(maxsize=8)
def _sides(names: tuple[str, ...]) -> tuple[Side | None, ...]:
    return sides_of_names(names)


def swapped_limbs(skeleton: Skeleton, roles: JointRoles) -> tuple[str, ...]:
    """`legs` and `arms` whose left is on the right in the rest pose, seen from where the toes point.

    Args:
        skeleton: with Y up.
        roles: of its joints.
    """
    positions = rest_pose(skeleton)[1].double().cpu()
    size = float((positions.amax(0) - positions.amin(0)).max())
    forward = toes_direction(positions, roles)
    if float(forward.norm()) <= SMALLEST * size:
        return ()
    leftwards = torch.linalg.cross(forward.new_tensor([0.0, 1.0, 0.0]), forward / forward.norm())
    swapped = []
    for limb, part in (("legs", Part.UPPER_LEG), ("arms", Part.UPPER_ARM)):
        left, right = (roles.of(role_of(part, side)) for side in Side)
        if left and right and float((positions[left[0]] - positions[right[0]]) @ leftwards) < -SMALLEST * size:
            swapped.append(limb)
    return tuple(swapped)


def arms_against_legs(positions: Float[Tensor, "joints 3"], roles: JointRoles) -> bool:
    """Whether left and right of the arms lie the other way round than left and right of the legs.

    Args:
        positions: (J, 3) of the joints in the rest pose.
        roles: of them.
    """
    lines = []
    for part in (Part.UPPER_LEG, Part.UPPER_ARM):
        left, right = (roles.of(role_of(part, side)) for side in Side)
        if not left or not right:
            return False
        lines.append(positions[left[0]] - positions[right[0]])
    legs, arms = lines
    return float(torch.cosine_similarity(legs, arms, dim=0)) < AGAINST


def toes_direction(positions: Float[Tensor, "joints 3"], roles: JointRoles) -> Float[Tensor, "3"]:
    """Where the toes point along the floor; nothing where there are none."""
    forward = torch.zeros_like(positions[0])
    for foot, toes in ((Role.LEFT_FOOT, Role.LEFT_TOES), (Role.RIGHT_FOOT, Role.RIGHT_TOES)):
        if roles.of(foot) and roles.of(toes):
            forward += positions[list(roles.of(toes))].mean(0) - positions[roles.of(foot)[0]]
    return forward * forward.new_tensor([1.0, 0.0, 1.0])

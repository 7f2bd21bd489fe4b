"""Where bones end in the rest pose."""

import torch
from jaxtyping import Float
from motionloom.core.data import Skeleton, quat_action
from motionloom.plugins.retarget.roles import FINGER_PARTS, LIMBS, JointRoles, Part, Role, Side, role_of
from torch import Tensor

NEXT_PART: dict[Part, Part] = {part: after for limb in LIMBS for part, after in zip(limb, limb[1:], strict=False)}
"""Which part the bone of a limb's part ends at."""

SHORTEST = 1e-4
"""Metres under which a bone has no direction; some rigs repeat a joint at the same place."""


def bone_end(
    skeleton: Skeleton,
    roles: JointRoles,
    rotations: Float[Tensor, "joints 4"],
    positions: Float[Tensor, "joints 3"],
    role: Role,
    joint: int,
) -> Float[Tensor, "3"] | None:
    """Where the bone that starts at a role's joint ends; None where the skeleton does not say.

    Args:
        skeleton: whose joints.
        roles: of its joints.
        rotations: (J, 4) world rotations in the rest pose.
        positions: (J, 3) world positions in the rest pose.
        role: that the joint plays.
        joint: where the bone starts.
    """
    for candidates in (_next_joints(roles, role, joint), skeleton.children[joint]):
        ends = [positions[end] for end in candidates if float((positions[end] - positions[joint]).norm()) > SHORTEST]
        if ends:
            return torch.stack(ends).mean(0)
    return _tip(skeleton, rotations, positions, joint)


def _next_joints(roles: JointRoles, role: Role, joint: int) -> tuple[int, ...]:
    """The joints at which a bone ends, by what they do."""
    chain, side = roles.of(role), role.side
    if role.part in NEXT_PART:
        return roles.of(role_of(NEXT_PART[role.part], side))[:1]
    if role.part is Part.HAND:
        knuckles = [roles.of(role_of(part, side))[:1] for part in (*FINGER_PARTS, Part.FINGERS)]
        return tuple(joint for knuckle in knuckles for joint in knuckle)
    if role.part is Part.FOOT:
        return roles.of(role_of(Part.TOES, side))
    return chain[chain.index(joint) + 1 :][:1]


def _tip(
    skeleton: Skeleton, rotations: Float[Tensor, "joints 4"], positions: Float[Tensor, "joints 3"], joint: int
) -> Float[Tensor, "3"] | None:
    offsets = skeleton.tip_offsets.to(positions)
    for tipped, offset in zip(skeleton.tip_joints, offsets, strict=True):
        if tipped == joint and float(offset.norm()) > SHORTEST:
            return positions[joint] + quat_action(rotations[joint], offset)
    return None


def knuckle_line(roles: JointRoles, positions: Float[Tensor, "joints 3"], side: Side) -> Float[Tensor, "3"] | None:
    """From the knuckle nearest to the thumb to the one farthest from it; None with fewer than two fingers."""
    knuckles = [roles.of(role_of(part, side))[0] for part in FINGER_PARTS if role_of(part, side) in roles]
    return positions[knuckles[-1]] - positions[knuckles[0]] if len(knuckles) > 1 else None


def thumb_line(
    skeleton: Skeleton,
    roles: JointRoles,
    rotations: Float[Tensor, "joints 4"],
    positions: Float[Tensor, "joints 3"],
    side: Side,
) -> Float[Tensor, "3"] | None:
    """From the wrist to the tip of the thumb, as far as the skeleton shows it; None without a thumb."""
    role = role_of(Part.THUMB, side)
    if role not in roles:
        return None
    last = roles.of(role)[-1]
    tip = _tip(skeleton, rotations, positions, last)
    line = (positions[last] if tip is None else tip) - positions[roles.of(role_of(Part.HAND, side))[0]]
    return line if float(line.norm()) > SHORTEST else None

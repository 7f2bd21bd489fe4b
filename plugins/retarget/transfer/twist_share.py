"""Twist shared out along a limb: over split bones, and to helper joints beside the bone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from motionloom.plugins.retarget.rest_pose.measured import NEXT_PART, MeasuredRest
from motionloom.plugins.retarget.roles.hierarchy import subtree
from motionloom.plugins.retarget.roles.parts import LIMBS, JointRoles, Part, Role, Side, role_of
from motionloom.plugins.retarget.transfer.arc_length import bone_lengths, ends

TWISTED_FROM_ABOVE = (Part.UPPER_ARM, Part.UPPER_LEG)
"""Parts whose twist builds up along the bone from the joint above: none at the shoulder, all at the elbow."""

TWISTED_FROM_BELOW = (Part.FOREARM, Part.LOWER_LEG)
"""Parts along which the twist of the part below builds up: none at the elbow, all at the wrist."""

HELPER_NAME = re.compile(r"twist|roll", re.IGNORECASE)
"""What twist helpers are called: `upperarm_twist_01_l`, `LeafLeftArmRoll1`, `CC_Base_L_ForearmTwist01`."""

Axis = tuple[float, float, float]


@dataclass(frozen=True)
class TwistShare:
    """A share of the turn of one source joint against another about a bone.

    Args:
        axis: of the bone in the reference pose.
        base: source joint that the turn is counted from.
        turned: source joint that turns.
        share: of the angle that is added; below zero takes away.
    """

    axis: Axis
    base: int
    turned: int
    share: float


def base_of(roles: JointRoles, role: Role) -> int:
    """The joint that a chain starts from: the hips, the chest, the clavicle for an arm, the hand for a finger."""
    above = {
        Part.NECK: (Role.SPINE,),
        Part.UPPER_ARM: (role_of(Part.CLAVICLE, role.side or Side.LEFT), Role.SPINE),
    }
    is_finger = role.side is not None and role.part not in (*above, *(part for limb in LIMBS for part in limb))
    for candidate in (role_of(Part.HAND, role.side),) if is_finger else above.get(role.part, ()):
        if candidate in roles:
            return roles.of(candidate)[-1]
    return roles.of(Role.HIPS)[0]


def split_bone_twists(
    source: MeasuredRest, target: MeasuredRest, role: Role, axis: Axis | None
) -> list[TwistShare | None]:
    """For each joint of a target's split bone, what it twists beside the source's turn of the bone."""
    shares = ends(bone_lengths(target, role, target.roles.of(role)))
    if role.part in TWISTED_FROM_BELOW:
        shares = tuple((low + high) / 2 for low, high in pairwise((0.0, *shares)))
    return [_twist(source.roles, role, axis, share) for share in shares]


def helper_twists(
    source: MeasuredRest, target: MeasuredRest, role: Role, axis: Axis | None, free: Iterable[int]
) -> dict[int, TwistShare]:
    """The twist helpers beside a limb's bone, each with the share of the twist that is due where it lies.

    Args:
        source: skeleton that moves.
        target: skeleton with the helpers.
        role: of an upper or lower bone of a limb that both have.
        axis: of the bone in the reference pose.
        free: joints of the target that nothing else turns.
    """
    found = {}
    for joint in sorted(set(free).intersection(_hanging(target, role))):
        twist = _twist(source.roles, role, axis, _place(target, role, joint))
        if twist is not None and HELPER_NAME.search(target.skeleton.names[joint]):
            found[joint] = twist
    return found


def _twist(roles: JointRoles, role: Role, axis: Axis | None, share: float) -> TwistShare | None:
    """The twist at a share of a bone's length, added to the turn of the bone as a whole."""
    last = roles.of(role)[-1]
    if axis is not None and role.part in TWISTED_FROM_ABOVE:
        return TwistShare(axis, base_of(roles, role), last, share - 1.0)
    end = roles.of(role_of(NEXT_PART[role.part], role.side)) if role.part in NEXT_PART else ()
    if axis is not None and role.part in TWISTED_FROM_BELOW and end:
        return TwistShare(axis, last, end[-1], share)
    return None


def _hanging(rest: MeasuredRest, role: Role) -> set[int]:
    """The joints without a role that hang on a bone, but not by way of another part of the body."""
    playing = {joint for other in rest.roles for joint in rest.roles.of(other)}
    hanging = set(rest.roles.of(role))
    for joint in subtree(rest.skeleton, rest.roles.of(role)[0])[1:]:
        if joint not in playing and rest.skeleton.parents[joint] in hanging:
            hanging.add(joint)
    return hanging - playing


def _place(rest: MeasuredRest, role: Role, joint: int) -> float:
    """How far along a limb's bone a joint lies, 0 to 1."""
    start = rest.positions[rest.roles.of(role)[0]]
    bone = rest.bone(role, rest.roles.of(role)[0])
    if bone is None:
        return 0.0
    return min(max(float((rest.positions[joint] - start) @ bone / (bone @ bone)), 0.0), 1.0)

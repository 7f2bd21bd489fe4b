"""The reference pose in which any two humans look alike: upright, arms out, legs straight down.

Rest poses differ (T-pose, A-pose, legs apart) and so do the frames of the joints. A rotation counted
from the reference pose means the same on every skeleton, so it can be carried from one to another.
"""

from dataclasses import dataclass
from math import atan2, degrees

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import quat_action, quat_product
from motionloom.plugins.retarget.rest_pose.body_frame import body_frame
from motionloom.plugins.retarget.rest_pose.directions import inverse, shortest_arc, turn_about
from motionloom.plugins.retarget.rest_pose.floor import lowest_foot_height
from motionloom.plugins.retarget.rest_pose.measured import SHORTEST, MeasuredRest
from motionloom.plugins.retarget.roles.parts import FINGER_PARTS, JointRoles, Part, Role, Side, role_of

UP = (0.0, 1.0, 0.0)
FORWARD = (0.0, 0.0, 1.0)
BACKWARD = (0.0, 0.0, -1.0)
DOWN = (0.0, -1.0, 0.0)
OUTWARDS = {Side.LEFT: (1.0, 0.0, 0.0), Side.RIGHT: (-1.0, 0.0, 0.0)}
THUMB_AHEAD = {side: (outwards[0] * 0.5**0.5, 0.0, 0.5**0.5) for side, outwards in OUTWARDS.items()}
"""Half way between the fingers and straight ahead; rigs spread the thumb by anything from 20 to 60 degrees."""

ARM_PARTS = (Part.UPPER_ARM, Part.FOREARM, Part.HAND, *FINGER_PARTS, Part.FINGERS)
LEG_PARTS = (Part.UPPER_LEG, Part.LOWER_LEG)

FLAT_FOOT_LEAN = 12.0
"""Degrees that a shin may lean sideways in a rest pose whose feet stand flat. Beyond, the foot is square
to the shin, as in Acclaim skeletons, whose legs rest 20 degrees apart."""

FLAT_FOOT_BEND = 35.0
"""Degrees that a shin may lean forwards or backwards in a rest pose whose feet stand flat."""


@dataclass(frozen=True)
class ReferencePose:
    """A skeleton in the reference pose.

    Args:
        rotations: (J, 4) world rotations of the joints, xyzw.
        hip_center: (3,) the middle between the hip joints, in the frame of the hips, metres.
        hip_height: of that middle over the lowest point of the feet, metres.
        head_height: of the head's joint over that point, metres; None without a head.
    """

    rotations: Float[Tensor, "joints 4"]
    hip_center: Float[Tensor, "3"]
    hip_height: float
    head_height: float | None


def bone_direction(role: Role) -> tuple[float, float, float] | None:
    """Where the bones of a role point in the reference pose; None where they keep the rest pose's direction."""
    if role.side is not None and role.part in ARM_PARTS:
        return OUTWARDS[role.side]
    if role.side is not None and role.part is Part.THUMB:
        return THUMB_AHEAD[role.side]
    return DOWN if role.part in LEG_PARTS else None


def reference_pose(rest: MeasuredRest) -> ReferencePose:
    """Turn a rest pose into the reference pose, bone by bone, each the shortest way.

    Args:
        rest: any rest pose of a skeleton with hips and legs.
    """
    return _measured(rest, _turns(rest))


def upright_pose(rest: MeasuredRest) -> ReferencePose:
    """The rest pose itself as the reference pose, stood upright and facing +Z as a whole.

    Args:
        rest: a rest pose that another skeleton is declared to share.
    """
    upright = body_frame(rest.positions, rest.roles)
    return _measured(rest, upright.expand(len(rest.skeleton), 4))


def _measured(rest: MeasuredRest, turns: Float[Tensor, "joints 4"]) -> ReferencePose:
    hips, head = rest.roles.of(Role.HIPS)[0], rest.roles.first(Role.HEAD)
    rotations, positions = quat_product(turns, rest.rotations), _positions(rest, turns)
    center = positions[hips] + quat_action(turns[hips], rest.hip_center() - rest.positions[hips])
    lowest = lowest_foot_height(rest.skeleton, rest.roles, rotations, positions)
    return ReferencePose(
        rotations=rotations,
        hip_center=quat_action(inverse(rest.rotations[hips]), rest.hip_center() - rest.positions[hips]),
        hip_height=max(float(center[1] - lowest), SHORTEST),
        head_height=None if head is None else max(float(positions[head, 1] - lowest), SHORTEST),
    )


def _turns(rest: MeasuredRest) -> Float[Tensor, "joints 4"]:
    """What turns each joint from the rest pose to the reference pose, in world axes."""
    upright = body_frame(rest.positions, rest.roles)
    starts = {joint: role for role in rest.roles for joint in _turned_joints(rest.roles, role)}
    turns: list[Tensor] = []
    for joint, parent in enumerate(rest.skeleton.parents):
        above = turns[parent] if parent >= 0 else upright
        role = starts.get(joint)
        turns.append(above if role is None else _turn(rest, role, joint, above, upright))
    return torch.stack(turns)


def _turned_joints(roles: JointRoles, role: Role) -> tuple[int, ...]:
    """The joints of a role that are turned by themselves: each of a finger, else the first."""
    return roles.of(role) if role.part in (Part.THUMB, *FINGER_PARTS) else roles.of(role)[:1]


def _turn(rest: MeasuredRest, role: Role, joint: int, above: Tensor, upright: Tensor) -> Tensor:
    if role.part is Part.FOOT:
        return _foot_turn(rest, role, joint, above, upright)
    goal, bone = bone_direction(role), rest.bone(role, joint)
    if goal is None or bone is None:
        return above
    turn = quat_product(shortest_arc(quat_action(above, bone), bone.new_tensor(goal)), above)
    return _palm_down(rest, role, turn) if role.part is Part.HAND else turn


def _palm_down(rest: MeasuredRest, role: Role, turn: Tensor) -> Tensor:
    """Roll a hand: the knuckles from index to little finger run backwards, or the thumb points forwards."""
    assert role.side is not None
    knuckles, thumb = rest.knuckle_line(role.side), rest.thumb_line(role.side)
    line, goal = (knuckles, BACKWARD) if knuckles is not None else (thumb, FORWARD)
    return turn if line is None else _turned_to(turn, OUTWARDS[role.side], line, goal)


def _foot_turn(rest: MeasuredRest, role: Role, foot: int, above: Tensor, upright: Tensor) -> Tensor:
    """The sole as it stands, the toes ahead."""
    shin = rest.positions[foot] - rest.positions[rest.roles.of(role_of(Part.LOWER_LEG, role.side))[0]]
    turn = upright if _stands_flat(quat_action(upright, shin)) else above
    bone = rest.bone(role, foot)
    return turn if bone is None else _turned_to(turn, UP, bone, FORWARD)


def _turned_to(
    turn: Tensor, axis: tuple[float, float, float], line: Tensor, goal: tuple[float, float, float]
) -> Tensor:
    about = turn_about(line.new_tensor(axis), quat_action(turn, line), line.new_tensor(goal))
    return quat_product(about, turn)


def _stands_flat(shin: Float[Tensor, "3"]) -> bool:
    sideways, down, ahead = float(shin[0].abs()), float(-shin[1]), float(shin[2].abs())
    return degrees(atan2(sideways, down)) < FLAT_FOOT_LEAN and degrees(atan2(ahead, down)) < FLAT_FOOT_BEND


def _positions(rest: MeasuredRest, turns: Float[Tensor, "joints 4"]) -> Float[Tensor, "joints 3"]:
    """Where the joints are when each is turned, with what hangs on it, from the rest pose."""
    positions = [quat_action(turns[0], rest.positions[0])]
    for joint, parent in enumerate(rest.skeleton.parents[1:], start=1):
        offset = quat_action(turns[parent], rest.positions[joint] - rest.positions[parent])
        positions.append(positions[parent] + offset)
    return torch.stack(positions)

"""The reference pose in which any two humans look alike: upright, arms out, legs straight down.

Rest poses differ (T-pose, A-pose, legs apart) and so do the frames of the joints. A rotation taken
from this pose means the same on every skeleton, so it can be carried from one to another.
"""

from dataclasses import dataclass
from math import atan2, degrees

import torch
from jaxtyping import Float
from motionloom.core.data import Skeleton, quat_action, quat_product, rest_pose
from motionloom.plugins.retarget.bones import bone_end, knuckle_line, thumb_line
from motionloom.plugins.retarget.directions import Vector, body_frame, inverse, shortest_arc, turn_about
from motionloom.plugins.retarget.roles import FINGER_PARTS, JointRoles, Part, Role, Side
from torch import Tensor

OUTWARDS = {Side.LEFT: (1.0, 0.0, 0.0), Side.RIGHT: (-1.0, 0.0, 0.0)}
DOWN = (0.0, -1.0, 0.0)
FORWARD = (0.0, 0.0, 1.0)

STRAIGHTENED = (Part.UPPER_ARM, Part.FOREARM, Part.HAND, *FINGER_PARTS, Part.UPPER_LEG, Part.LOWER_LEG)
"""Parts whose bones are turned to point the same way in every reference pose."""

FLAT_FOOT_LEAN = 12.0
"""Degrees that a shin may lean sideways in a rest pose whose feet stand flat; beyond, the foot is taken
to be square to the shin, as in Acclaim skeletons, whose legs rest 20 degrees apart."""


@dataclass(frozen=True)
class ReferencePose:
    """A skeleton in the reference pose.

    Args:
        rotations: (J, 4) world rotations of the joints, xyzw.
        hip_center: (3,) the middle between the hip joints, in the frame of the hips, metres.
        hip_height: of that middle over the lowest point of the feet, metres.
    """

    rotations: Float[Tensor, "joints 4"]
    hip_center: Float[Tensor, "3"]
    hip_height: float


@dataclass(frozen=True)
class _Rest:
    """A rest pose in double precision on the CPU, where the few sums of an alignment belong."""

    skeleton: Skeleton
    roles: JointRoles
    rotations: Float[Tensor, "joints 4"]
    positions: Float[Tensor, "joints 3"]


def reference_pose(skeleton: Skeleton, roles: JointRoles) -> ReferencePose:
    """Turn a rest pose into the reference pose, bone by bone, by the shortest way.

    Args:
        skeleton: in any rest pose.
        roles: of its joints, hips and legs among them.
    """
    rotations, positions = (part.double().cpu() for part in rest_pose(skeleton))
    rest = _Rest(skeleton, roles, rotations, positions)
    turns = _turns(rest)
    hips = roles.of(Role.HIPS)[0]
    center = _hip_center(rest)
    return ReferencePose(
        rotations=quat_product(turns, rotations),
        hip_center=quat_action(inverse(rotations[hips]), center - positions[hips]),
        hip_height=_hip_height(rest, turns, center),
    )


def _turns(rest: _Rest) -> Float[Tensor, "joints 4"]:
    """What turns each joint from the rest pose to the reference pose, in world axes."""
    upright = body_frame(rest.positions, rest.roles)
    starts = {joint: role for role in rest.roles for joint in _starting_joints(rest.roles, role)}
    turns: list[Tensor] = []
    for joint, parent in enumerate(rest.skeleton.parents):
        above = turns[parent] if parent >= 0 else upright
        role = starts.get(joint)
        turns.append(above if role is None else _turn(rest, role, joint, above, upright))
    return torch.stack(turns)


def _starting_joints(roles: JointRoles, role: Role) -> tuple[int, ...]:
    """The joints of a role that are turned by themselves: each of a finger, else the first."""
    return roles.of(role) if role.part in FINGER_PARTS else roles.of(role)[:1]


def _turn(rest: _Rest, role: Role, joint: int, above: Vector, upright: Vector) -> Vector:
    if role.part is Part.FOOT:
        return _foot_turn(rest, role, above, upright)
    if role.part not in STRAIGHTENED or role.side is None:
        return above
    end = bone_end(rest.skeleton, rest.roles, rest.rotations, rest.positions, role, joint)
    if end is None:
        return above
    goal = OUTWARDS[role.side] if role.part in (Part.UPPER_ARM, Part.FOREARM, Part.HAND, *FINGER_PARTS) else DOWN
    straight = quat_product(shortest_arc(quat_action(above, end - rest.positions[joint]), goal), above)
    return _rolled_hand(rest, role.side, straight) if role.part is Part.HAND else straight


def _rolled_hand(rest: _Rest, side: Side, turn: Vector) -> Vector:
    """Palm down: the knuckles from index to little finger run backwards, or the thumb points forwards."""
    line = knuckle_line(rest.roles, rest.positions, side)
    if line is None:
        thumb = thumb_line(rest.skeleton, rest.roles, rest.rotations, rest.positions, side)
        line = None if thumb is None else -thumb
    if line is None:
        return turn
    return quat_product(turn_about(OUTWARDS[side], quat_action(turn, line), (0.0, 0.0, -1.0)), turn)


def _foot_turn(rest: _Rest, role: Role, above: Vector, upright: Vector) -> Vector:
    """The sole as it stands, the toes ahead."""
    foot = rest.roles.of(role)[0]
    shin = rest.positions[foot] - rest.positions[rest.skeleton.parents[foot]]
    turn = upright if _stands_flat(quat_action(upright, shin)) else above
    end = bone_end(rest.skeleton, rest.roles, rest.rotations, rest.positions, role, foot)
    if end is None:
        return turn
    return quat_product(turn_about((0.0, 1.0, 0.0), quat_action(turn, end - rest.positions[foot]), FORWARD), turn)


def _stands_flat(shin: Vector) -> bool:
    sideways, down, ahead = (float(part) for part in (shin[0].abs(), -shin[1], shin[2].abs()))
    return degrees(atan2(sideways, down)) < FLAT_FOOT_LEAN and degrees(atan2(ahead, down)) < 3 * FLAT_FOOT_LEAN


def _hip_center(rest: _Rest) -> Vector:
    legs = [rest.roles.of(role)[0] for role in (Role.LEFT_UPPER_LEG, Role.RIGHT_UPPER_LEG)]
    return rest.positions[legs].mean(0)


def _hip_height(rest: _Rest, turns: Float[Tensor, "joints 4"], center: Vector) -> float:
    """Height of the hip joints over the lowest point of the feet in the reference pose."""
    positions = rest.positions.clone()
    for joint, parent in enumerate(rest.skeleton.parents[1:], start=1):
        positions[joint] = positions[parent] + quat_action(turns[parent], rest.positions[joint] - rest.positions[parent])
    points = _foot_points(rest, turns, positions)
    hips = rest.roles.of(Role.HIPS)[0]
    placed = positions[hips] + quat_action(turns[hips], center - rest.positions[hips])
    return max(float(placed[1] - points[:, 1].min()), 1e-6)


def _foot_points(
    rest: _Rest, turns: Float[Tensor, "joints 4"], positions: Float[Tensor, "joints 3"]
) -> Float[Tensor, "points 3"]:
    """The joints of the legs and their tips."""
    legs = [rest.roles.of(role)[0] for role in (Role.LEFT_LOWER_LEG, Role.RIGHT_LOWER_LEG)]
    inside: set[int] = set(legs)
    for joint, parent in enumerate(rest.skeleton.parents):
        if parent in inside:
            inside.add(joint)
    points = [positions[joint] for joint in sorted(inside)]
    offsets = rest.skeleton.tip_offsets.double().cpu()
    for joint, offset in zip(rest.skeleton.tip_joints, offsets, strict=True):
        if joint in inside:
            points.append(positions[joint] + quat_action(quat_product(turns[joint], rest.rotations[joint]), offset))
    return torch.stack(points)

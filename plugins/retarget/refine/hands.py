"""Hands brought back to where the source's touch its own body, or each other."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Motion, quat_action, quat_product
from motionloom.plugins.retarget.refine.curves import kernel_mean
from motionloom.plugins.retarget.refine.feet import Warn
from motionloom.plugins.retarget.refine.leg_poses import LegPoses, pose_joints
from motionloom.plugins.retarget.refine.limbs import Chain, find_chain
from motionloom.plugins.retarget.refine.pelvis import stretch_limit, within_reach
from motionloom.plugins.retarget.refine.turned import with_turns
from motionloom.plugins.retarget.refine.two_bone import bend_limb
from motionloom.plugins.retarget.rest_pose.alignment import ReferencePose, reference_pose
from motionloom.plugins.retarget.rest_pose.directions import inverse
from motionloom.plugins.retarget.rest_pose.measured import measure_rest
from motionloom.plugins.retarget.roles.parts import JointRoles, Part, Role, Side, role_of

TOUCHING = {"torso": 0.2, "head": 0.16, "thigh": 0.14, "arm": 0.11, "hand": 0.14}
"""How near, in hip heights, the palm comes to the middle of a part of the body that it touches."""

LETTING_GO = 1.5
"""How much farther away it is free."""

SIGMA_SECONDS = 0.05
"""Standard deviation of the window over which hands are led to their goals."""


@dataclass(frozen=True)
class Bone:
    """A part of the body that hands touch.

    Args:
        kind: key of `TOUCHING`.
        start: role of the joint where it begins.
        end: role of the joint where it ends; the same as `start` for a point.
    """

    kind: str
    start: Role
    end: Role


@dataclass(frozen=True)
class Body:
    """What of a moving skeleton matters to hands.

    Args:
        poses: of its joints.
        pose: its reference pose.
        joints: the one that stands for each role: the last of the spine, the first of any other.
        palms: (3,) from the wrist, in the frame of the hand, for each side with an arm, metres.
    """

    poses: LegPoses
    pose: ReferencePose
    joints: Mapping[Role, int]
    palms: Mapping[Side, Float[Tensor, "3"]]

    def at(self, role: Role) -> Float[Tensor, "frames 3"]:
        """Where a joint is."""
        return self.poses.placed([self.joints[role]])[:, 0]

    def turn(self, role: Role) -> Float[Tensor, "frames 4"]:
        """How a joint is turned from the reference pose."""
        joint = self.joints[role]
        turned = self.poses.turned([joint])[:, 0]
        return quat_product(turned, inverse(self.pose.rotations[joint]).to(turned).expand_as(turned))

    def palm(self, side: Side) -> Float[Tensor, "frames 3"]:
        """Where a palm is."""
        hand = role_of(Part.HAND, side)
        turned = self.poses.turned([self.joints[hand]])[:, 0]
        return self.at(hand) + quat_action(turned, self.palms[side].to(turned).expand(len(turned), 3))


def keep_hands(
    moved: Motion, target_roles: JointRoles, source: Motion, source_roles: JointRoles, scale: float, warn: Warn
) -> Motion:
    """Lead the arms so that palms meet what the source's palms meet.

    Where a palm of the source is near its torso, head, thighs, the other arm or the other palm, the
    target's goes to the corresponding place: as far along that bone, and as far from it, scaled. Hands
    keep their orientation. Between touches the arms are free; they are led in and out smoothly.

    Args:
        moved: the source's motion on another skeleton, with as many frames.
        target_roles: of its joints.
        source: what it was carried over from.
        source_roles: of the source's joints.
        scale: of the target's body over the source's.
        warn: told of a hand that cannot be led.
    """
    given, body = _body(source, source_roles), _body(moved, target_roles)
    sides = [side for side in Side if side in given.palms and side in body.palms]
    for side in Side:
        if side not in sides:
            warn(f"the {side} arm is not whole on both skeletons; its hand is left free")
    size = given.pose.hip_height
    shifts = {side: _shift(side, sides, given, body, scale, size) for side in sides}
    return _led(moved, target_roles, body, shifts)


def _body(motion: Motion, roles: JointRoles) -> Body:
    rest = measure_rest(motion.skeleton, roles)
    joints = {role: roles.of(role)[-1 if role is Role.SPINE else 0] for role in roles}
    palms = {}
    for side in Side:
        hand = role_of(Part.HAND, side)
        if all(role_of(part, side) in roles for part in (Part.UPPER_ARM, Part.FOREARM, Part.HAND)):
            bone = rest.bone(hand, joints[hand])
            half = torch.zeros_like(rest.positions[0]) if bone is None else bone / 2
            palms[side] = quat_action(inverse(rest.rotations[joints[hand]]), half)
    return Body(pose_joints(motion, list(joints.values())), reference_pose(rest), joints, palms)


def _bones(side: Side) -> tuple[Bone, ...]:
    other = Side.RIGHT if side is Side.LEFT else Side.LEFT
    return (
        Bone("torso", Role.HIPS, Role.SPINE),
        Bone("torso", Role.SPINE, Role.HEAD),
        Bone("head", Role.HEAD, Role.HEAD),
        *(Bone("thigh", role_of(Part.UPPER_LEG, leg), role_of(Part.LOWER_LEG, leg)) for leg in Side),
        Bone("arm", role_of(Part.UPPER_ARM, other), role_of(Part.FOREARM, other)),
        Bone("arm", role_of(Part.FOREARM, other), role_of(Part.HAND, other)),
    )


def _shift(
    side: Side, sides: list[Side], given: Body, body: Body, scale: float, size: float
) -> Float[Tensor, "frames 3"]:
    """How far a palm moves to keep all that it touches; the mean where it touches several things."""
    palm = body.palm(side)
    total, weights = torch.zeros_like(palm), torch.zeros_like(palm[:, :1])
    for bone in _bones(side):
        if all(role in part.joints for part in (given, body) for role in (bone.start, bone.end)):
            goal, distance = _beside(bone, given, body, given.palm(side), scale)
            weight = _closeness(distance / size, TOUCHING[bone.kind])
            total, weights = total + weight * (goal - palm), weights + weight
    if len(sides) == len(Side):
        goal, distance = _opposite(side, given, body, scale)
        weight = _closeness(distance / size, TOUCHING["hand"])
        total, weights = total + weight * (goal - palm), weights + weight
    return total / weights.clamp_min(1.0)


def _closeness(distance: Float[Tensor, "frames 1"], touching: float) -> Float[Tensor, "frames 1"]:
    """One where it touches, zero where it is free, smooth between."""
    share = ((LETTING_GO - distance / touching) / (LETTING_GO - 1.0)).clamp(0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


def _beside(
    bone: Bone, given: Body, body: Body, palm: Float[Tensor, "frames 3"], scale: float
) -> tuple[Float[Tensor, "frames 3"], Float[Tensor, "frames 1"]]:
    """Where a palm belongs beside a bone, and how far the source's is from it."""
    start, along = given.at(bone.start), given.at(bone.end) - given.at(bone.start)
    share = ((palm - start) * along).sum(-1, keepdim=True) / along.square().sum(-1, keepdim=True).clamp_min(1e-9)
    share = share.clamp(0.0, 1.0)
    offset = palm - (start + share * along)
    turn = quat_product(body.turn(bone.start), inverse(given.turn(bone.start)))
    place = body.at(bone.start) + share * (body.at(bone.end) - body.at(bone.start))
    return place + scale * quat_action(turn, offset), offset.norm(dim=-1, keepdim=True)


def _opposite(
    side: Side, given: Body, body: Body, scale: float
) -> tuple[Float[Tensor, "frames 3"], Float[Tensor, "frames 1"]]:
    """Where a palm belongs beside the other palm when both meet half way, and how far the source's are apart."""
    other = Side.RIGHT if side is Side.LEFT else Side.LEFT
    apart = given.palm(side) - given.palm(other)
    turn = quat_product(body.turn(Role.HIPS), inverse(given.turn(Role.HIPS)))
    middle = (body.palm(side) + body.palm(other)) / 2
    return middle + scale * quat_action(turn, apart) / 2, apart.norm(dim=-1, keepdim=True)


def _led(moved: Motion, roles: JointRoles, body: Body, shifts: Mapping[Side, Float[Tensor, "frames 3"]]) -> Motion:
    turns: dict[int, Tensor] = {}
    for side, shift in shifts.items():
        chain = find_chain(roles, body.pose, Part.UPPER_ARM, side)
        if chain is not None and bool((shift != 0).any()):
            turns.update(_arm_turns(chain, body.poses, kernel_mean(shift, SIGMA_SECONDS * moved.fps)))
    return replace(moved, rotations=with_turns(moved, body.poses, turns)) if turns else moved


def _arm_turns(chain: Chain, poses: LegPoses, shift: Float[Tensor, "frames 3"]) -> dict[int, Float[Tensor, "frames 4"]]:
    """What an arm turns by to bring its palm somewhere; the hand keeps its orientation."""
    limb, flexion = chain.of(poses), chain.axes(poses)[1]
    goal = within_reach(limb, limb.end + shift, stretch_limit(limb))
    upper, lower = bend_limb(limb, goal, -flexion)
    still = upper.new_tensor([0.0, 0.0, 0.0, 1.0])
    led = (shift.norm(dim=-1, keepdim=True) > 0.0).expand(-1, 4)
    upper, lower = torch.where(led, upper, still), torch.where(led, lower, still)
    return {chain.upper: upper, chain.lower: lower, chain.end: still.expand_as(upper)}

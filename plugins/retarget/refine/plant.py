"""Feet planted: where they rest they neither slide nor sink nor float."""

from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Motion, quat_action, quat_product
from motionloom.plugins.retarget.refine.carried import as_long_as_moved, with_body_moved
from motionloom.plugins.retarget.refine.contacts import FootContacts, detect_contacts
from motionloom.plugins.retarget.refine.curves import eased_in, envelope, seconds_to_frames
from motionloom.plugins.retarget.refine.feet import Legs, Warn, measure_legs
from motionloom.plugins.retarget.refine.leg_poses import FootPoses, LegPoses, lowest_heights, pose_feet, pose_legs
from motionloom.plugins.retarget.refine.pelvis import (
    following_lift,
    lowering,
    raised_heels,
    stretch_limit,
    within_reach,
)
from motionloom.plugins.retarget.refine.planted import planted_poses
from motionloom.plugins.retarget.refine.toes import sunk_tips, toe_turns
from motionloom.plugins.retarget.refine.turned import with_turns
from motionloom.plugins.retarget.refine.two_bone import Limb, bend_limb
from motionloom.plugins.retarget.rest_pose.directions import inverse
from motionloom.plugins.retarget.rest_pose.floor import STANDING_SHARE
from motionloom.plugins.retarget.roles.parts import JointRoles

RETURN_SECONDS = 0.3
"""A foot that leaves the ground is back on its own way after so long."""

RISE_SECONDS = 0.08
"""And at its own height already after so long."""

LIFT_SECONDS = 0.1
"""A foot that would sink into the floor on its way is lifted over so long before and after."""

DEEPEST = 0.003
"""Metres that it may sink at most where it comes to rest at once."""

CLEARANCE = 0.04
"""Metres over the ground up to which a foot that swings past must not be lowered: it would seem to drag."""

STEP_SHARE = 0.05
"""Of the hips' height: so far a foot may be brought down to the floor by the leg alone."""

BOTTOMLESS = -1e4
"""Metres, where nobody knows what lies under the feet."""


def unheard(message: str) -> None:
    """A warning that nobody collects."""


def plant_feet(motion: Motion, roles: JointRoles, contacts: FootContacts | None = None, warn: Warn = unheard) -> Motion:
    """Plant the feet of a motion.

    Args:
        motion: whose feet may slide, sink or float.
        roles: of its joints; hips and both legs at least.
        contacts: where its feet rest; found on the motion itself where None.
        warn: told of a leg without a foot.
    """
    legs = measure_legs(as_long_as_moved(motion, roles), roles, warn)
    if not legs.legs:
        return motion
    found = detect_contacts(motion, legs) if contacts is None else contacts
    legs = legs.of(found.sides)
    found = found.of(legs.sides)
    return _planted(motion, roles, legs, found, contacts is None) if found.any() else motion


def _planted(motion: Motion, roles: JointRoles, legs: Legs, contacts: FootContacts, may_lift: bool) -> Motion:
    poses = pose_legs(motion, legs)
    feet = pose_feet(poses, legs)
    lowest = lowest_heights(poses, feet, legs)
    floor, lift = _floor_and_lift(lowest, legs, contacts, may_lift)
    ground = _ground(floor, legs)
    raise_all = poses.positions.new_tensor([0.0, lift, 0.0])
    own = replace(feet, ankles=feet.ankles + raise_all)
    reach = seconds_to_frames(RETURN_SECONDS, motion.fps)
    rise = seconds_to_frames(RISE_SECONDS, motion.fps)
    goals = planted_poses(own, legs, contacts, lowest + lift, floor, reach, rise)
    resting = contacts.heel | contacts.toe
    limb = _limb(poses, legs).moved(raise_all)
    on_ball = contacts.toe & ~contacts.heel
    shift = _upwards(following_lift(limb, goals.ankles, resting, motion.fps))
    shift = shift - _upwards(lowering(limb.moved(shift.unsqueeze(1)), goals.ankles, contacts.heel, motion.fps))
    goals = raised_heels(limb.moved(shift.unsqueeze(1)), goals, legs, on_ball, resting, reach)
    goals = _above_ground(poses, own, goals, legs, resting, ground, motion.fps)
    turns = _leg_turns(poses, legs, limb, goals, shift, ground)
    turned = replace(motion, rotations=with_turns(motion, poses, turns))
    return with_body_moved(turned, roles, shift + raise_all)


def _upwards(heights: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch 3"]:
    return torch.stack((torch.zeros_like(heights), heights, torch.zeros_like(heights)), dim=-1)


def _limb(poses: LegPoses, legs: Legs) -> Limb:
    tops, middles, ends = ([getattr(leg, part) for leg in legs.legs] for part in ("thigh", "shin", "foot"))
    return Limb(poses.placed(tops), poses.placed(middles), poses.placed(ends))


def _floor_and_lift(
    lowest: Float[Tensor, "frames feet"], legs: Legs, contacts: FootContacts, may_lift: bool
) -> tuple[float, float]:
    """How high the floor is, and how far the whole motion must rise so that its feet rest on it.

    The floor is y = 0 for a skeleton that rests on it, unless the feet are far from there; for any
    other it lies where the feet rest, but not under y = 0. A motion that may not be lifted was set on
    the floor before; what its feet still miss of it, each step makes up for itself.
    """
    heights = lowest[contacts.heel_on_floor | contacts.toe_on_floor]
    if not len(heights):
        return 0.0, 0.0
    level = float(heights.median())
    near = abs(level) < (STANDING_SHARE if may_lift else STEP_SHARE) * legs.hip_height
    if near and (legs.stands or level < 0.0):
        return 0.0, -level if may_lift else 0.0
    return level, 0.0


def _ground(floor: float, legs: Legs) -> float:
    """What no foot may be under: the floor, unless the feet mostly rest far from there, as on stairs."""
    if abs(floor) < STANDING_SHARE * legs.hip_height:
        return floor
    return 0.0 if legs.stands and floor > 0.0 else BOTTOMLESS


def _above_ground(
    poses: LegPoses, own: FootPoses, goals: FootPoses, legs: Legs, resting: Tensor, ground: float, fps: float
) -> FootPoses:
    """Feet lifted where heel, ball or the tips of bent toes would be under the ground.

    In the air that happens smoothly, and a foot that swings low over the ground gets no lower than it was.
    """
    lowest, before = (lowest_heights(poses, feet, legs, with_toes=False) for feet in (goals, own))
    sunk = torch.maximum((ground - lowest).clamp_min(0.0), sunk_tips(poses, goals, legs, ground))
    low = (before.clamp_max(ground + CLEARANCE) - lowest).clamp_min(0.0)
    half_width = seconds_to_frames(LIFT_SECONDS, fps)
    wanted = torch.where(resting, 0.0, torch.maximum(sunk, low))
    lift = torch.maximum(envelope(wanted, half_width) * eased_in(~resting, half_width), sunk - DEEPEST)
    return replace(goals, ankles=goals.ankles + _upwards(lift))


def _leg_turns(
    poses: LegPoses, legs: Legs, limb: Limb, goals: FootPoses, shift: Float[Tensor, "frames 3"], ground: float
) -> dict[int, Float[Tensor, "frames 4"]]:
    """What thighs, shins, feet and toes turn by in world axes."""
    most = stretch_limit(limb)
    moved = limb.moved(shift.unsqueeze(1))
    ankles = within_reach(moved, goals.ankles, most)
    thighs, shins = bend_limb(moved, ankles, _ahead(poses, legs, limb))
    feet = quat_product(goals.turns, inverse(poses.turned([leg.foot for leg in legs.legs])))
    turns: dict[int, Tensor] = {}
    for slot, leg in enumerate(legs.legs):
        turns.update({leg.thigh: thighs[:, slot], leg.shin: shins[:, slot], leg.foot: feet[:, slot]})
        reached = FootPoses(ankles, goals.turns)
        turns.update({toe.joint: toe_turns(poses, reached, legs, slot, toe, ground) for toe in leg.toes})
    return turns


def _ahead(poses: LegPoses, legs: Legs, limb: Limb) -> Float[Tensor, "frames feet 3"]:
    """To where knees bend: at right angles to the hinge and the leg."""
    hinges = torch.stack([leg.hinge for leg in legs.legs]).to(poses.positions)
    left = quat_action(poses.turned([leg.thigh for leg in legs.legs]), hinges)
    ahead = torch.linalg.cross(left, limb.top - limb.end)
    return ahead / ahead.norm(dim=-1, keepdim=True).clamp_min(1e-6)

"""Knees and elbows that bend only as they can."""

from dataclasses import replace
from math import radians

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Motion
from motionloom.plugins.retarget.refine.feet import Warn
from motionloom.plugins.retarget.refine.leg_poses import LegPoses, pose_joints
from motionloom.plugins.retarget.refine.limbs import Chain, find_chain
from motionloom.plugins.retarget.refine.turned import with_turns
from motionloom.plugins.retarget.rest_pose.alignment import reference_pose
from motionloom.plugins.retarget.rest_pose.directions import shortest_arc, unit
from motionloom.plugins.retarget.rest_pose.measured import measure_rest
from motionloom.plugins.retarget.roles.parts import JointRoles, Part, Side, role_of

SIDEWAYS = {Part.UPPER_ARM: radians(45.0), Part.UPPER_LEG: radians(12.0)}
"""How far lower bones lean out of the plane that they bend in. Recordings split the twist between upper
arm and elbow as they like, so elbows get more room than knees."""

SOFT = radians(3.0)
"""Over which a limit is reached."""


def limit_joints(motion: Motion, roles: JointRoles, warn: Warn) -> Motion:
    """Knees and elbows within their limits; hands and feet keep their orientation in the world.

    Args:
        motion: any.
        roles: of its joints; hips and both legs at least.
        warn: told of limbs that are left out.
    """
    pose = reference_pose(measure_rest(motion.skeleton, roles))
    chains: list[tuple[Chain, float]] = []
    for part in SIDEWAYS:
        for side in Side:
            chain = find_chain(roles, pose, part, side)
            if chain is None:
                warn(f"the {role_of(part, side).label} has no whole limb below it; its joint is not limited")
            else:
                chains.append((chain, SIDEWAYS[part]))
    if not chains:
        return motion
    poses = pose_joints(motion, [chain.end for chain, _ in chains])
    turns: dict[int, Tensor] = {}
    still = motion.rotations.new_tensor([0.0, 0.0, 0.0, 1.0]).expand(len(motion), 4)
    for chain, sideways in chains:
        turn = _limiting_turn(chain, poses, sideways)
        if not torch.equal(turn, still):
            turns.update({chain.lower: turn, chain.end: still})
    return replace(motion, rotations=with_turns(motion, poses, turns)) if turns else motion


def _limiting_turn(chain: Chain, poses: LegPoses, most_sideways: float) -> Float[Tensor, "frames 4"]:
    """World rotations that bring the lower bone within its limits; exactly none where it is."""
    along, flexion = chain.axes(poses)
    across = torch.linalg.cross(along, flexion)
    limb = chain.of(poses)
    bone = unit(limb.end - limb.middle)
    sideways = torch.asin((bone * across).sum(-1).clamp(-1.0, 1.0))
    bend = torch.atan2((bone * flexion).sum(-1), (bone * along).sum(-1))
    kept_bend = at_least(bend, SOFT)
    kept_sideways = sideways.sign() * (most_sideways - at_least(most_sideways - sideways.abs(), SOFT))
    level = torch.cos(kept_bend).unsqueeze(-1) * along + torch.sin(kept_bend).unsqueeze(-1) * flexion
    kept = torch.cos(kept_sideways).unsqueeze(-1) * level + torch.sin(kept_sideways).unsqueeze(-1) * across
    outside = (kept_bend != bend) | (kept_sideways.abs() != sideways.abs())
    still = bone.new_tensor([0.0, 0.0, 0.0, 1.0])
    return torch.where(outside.unsqueeze(-1), shortest_arc(bone, kept), still)


def at_least(values: Float[Tensor, "*batch"], soft: float) -> Float[Tensor, "*batch"]:
    """Values over `soft` as they are; below they approach zero from above, without a kink."""
    return torch.where(values >= soft, values, soft * soft / (2 * soft - values.clamp_max(soft)))

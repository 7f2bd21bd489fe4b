"""Toes bent where their tips would be under the floor, as far as toes bend."""

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import quat_action, quat_product
from motionloom.plugins.retarget.refine.feet import Leg, Legs, Toe
from motionloom.plugins.retarget.refine.leg_poses import FootPoses, LegPoses
from motionloom.plugins.retarget.refine.pitch import SOFT, level, pitch
from motionloom.plugins.retarget.rest_pose.directions import inverse

MOST = 1.4
"""Radians that a toe is bent up at most; a foot that is steeper has to rise."""


def toe_turns(
    poses: LegPoses, goals: FootPoses, legs: Legs, slot: int, toe: Toe, floor: float
) -> Float[Tensor, "frames 4"]:
    """What a toe turns by in world axes when its foot does, and bends until its tip is not under the floor.

    Args:
        poses: of the legs, as they were.
        goals: where the feet shall be.
        legs: whose feet.
        slot: of the leg among them.
        toe: which.
        floor: its height, metres.
    """
    leg = legs.legs[slot]
    turn = _foot_turn(poses, goals, leg, slot)
    joint, along, heading = _carried(poses, goals, leg, slot, toe)
    bend = pitch(along, heading, floor + toe.tip_height - joint[:, 1])
    bend = bend * (MOST / bend.norm(dim=-1, keepdim=True).clamp_min(MOST))
    return quat_product(roma.rotvec_to_unitquat(bend), turn)


def sunk_tips(poses: LegPoses, goals: FootPoses, legs: Legs, floor: float) -> Float[Tensor, "frames feet"]:
    """How far the tips of toes are under the floor though the toes bend as far as they do; zero or above.

    Args:
        poses: of the legs, as they were.
        goals: where the feet shall be.
        legs: whose feet.
        floor: its height, metres.
    """
    sunk = torch.zeros_like(goals.ankles[..., 0])
    for slot, leg in enumerate(legs.legs):
        for toe in leg.toes:
            joint, along, heading = _carried(poses, goals, leg, slot, toe)
            ahead = (along * heading).sum(-1)
            radius = torch.hypot(ahead, along[:, 1]).clamp_min(1e-6)
            least = floor + toe.tip_height - joint[:, 1]
            level_at = torch.asin((least / radius).clamp(-1.0, 1.0))
            bent = torch.minimum(torch.atan2(along[:, 1], ahead) + MOST - SOFT, level_at)
            sunk[:, slot] = torch.maximum(sunk[:, slot], least - radius * bent.sin())
    return sunk


def _foot_turn(poses: LegPoses, goals: FootPoses, leg: Leg, slot: int) -> Float[Tensor, "frames 4"]:
    return quat_product(goals.turns[:, slot], inverse(poses.turned([leg.foot])[:, 0]))


def _carried(
    poses: LegPoses, goals: FootPoses, leg: Leg, slot: int, toe: Toe
) -> tuple[Float[Tensor, "frames 3"], Float[Tensor, "frames 3"], Float[Tensor, "frames 3"]]:
    """Where a toe begins after its foot has moved, the way to its tip, and what is ahead of the foot."""
    turn = _foot_turn(poses, goals, leg, slot)
    offset = poses.placed([toe.joint])[:, 0] - poses.placed([leg.foot])[:, 0]
    turns = quat_product(turn, poses.turned([toe.joint])[:, 0])
    along = quat_action(turns, toe.tip.to(turns).expand(len(turns), 3))
    left = quat_action(goals.turns[:, slot], leg.left.to(turns).expand(len(turns), 3))
    up = left.new_tensor([0.0, 1.0, 0.0]).expand_as(left)
    return goals.ankles[:, slot] + quat_action(turn, offset), along, level(torch.linalg.cross(left, up))

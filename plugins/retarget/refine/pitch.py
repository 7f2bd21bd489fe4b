"""Feet and toes pitched so that neither end of them sinks into the floor."""

from dataclasses import replace

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import quat_action, quat_product
from motionloom.plugins.retarget.refine.contacts import FootContacts
from motionloom.plugins.retarget.refine.curves import filled, soft_excess
from motionloom.plugins.retarget.refine.feet import Legs
from motionloom.plugins.retarget.refine.leg_poses import FootPoses

MOST = 1.6
"""Radians that anything is pitched at most."""

SOFT = 0.01
"""Radians over which the pitch sets in."""


def pitch(
    along: Float[Tensor, "*batch 3"], heading: Float[Tensor, "*batch 3"], least: Float[Tensor, "*#batch"]
) -> Float[Tensor, "*batch 3"]:
    """Rotation vectors that lift the ends of vectors to a height, in the upright plane of a heading.

    Args:
        along: from the pivot to the end, metres.
        heading: level unit vectors.
        least: the height that ends need over their pivots, metres.
    """
    ahead = (along * heading).sum(-1)
    radius = torch.hypot(ahead, along[..., 1]).clamp_min(1e-6)
    goal = torch.asin((least / radius).clamp(-1.0, 1.0))
    angle = soft_excess(goal - torch.atan2(along[..., 1], ahead) + SOFT / 4, SOFT).clamp_max(MOST)
    across = torch.stack((-heading[..., 2], torch.zeros_like(ahead), heading[..., 0]), dim=-1)
    return across * angle.unsqueeze(-1)


def level(vectors: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 3"]:
    """Unit vectors along the floor, in the direction of others."""
    flat = vectors * vectors.new_tensor([1.0, 0.0, 1.0])
    return flat / flat.norm(dim=-1, keepdim=True).clamp_min(1e-6)


def off_the_floor(poses: FootPoses, legs: Legs, contacts: FootContacts, reach: int) -> FootPoses:
    """Feet that rest on the ball alone pitched until the heel is not under the floor, and the other way round.

    Args:
        poses: of the feet; their ankles stay.
        legs: whose feet.
        contacts: of the same frames and feet.
        reach: frames over which a pitch runs out in the air.
    """
    heels, balls, ups = (
        torch.stack(parts).to(poses.turns)
        for parts in zip(*((leg.heel, leg.ball, leg.up) for leg in legs.legs), strict=True)
    )
    heights = heels.new_tensor([leg.ball_height for leg in legs.legs])
    to_heel = quat_action(poses.turns, heels - balls)
    to_sole = quat_action(poses.turns, balls - heights.unsqueeze(-1) * ups - heels)
    up_heel = pitch(to_heel, level(to_heel), -heights)
    up_sole = pitch(to_sole, level(to_sole), torch.zeros_like(heights))
    on_ball, on_heel = contacts.toe_on_floor & ~contacts.heel, contacts.heel_on_floor & ~contacts.toe
    vectors = torch.where(on_ball.unsqueeze(-1), up_heel, torch.where(on_heel.unsqueeze(-1), up_sole, 0.0))
    vectors = filled(vectors, contacts.heel | contacts.toe, reach)
    return replace(poses, turns=quat_product(roma.rotvec_to_unitquat(vectors), poses.turns))

"""How far the pelvis is lowered or lifted so that planted legs keep their bend and reach their feet."""

import roma
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from motionloom.core.data import quat_action, quat_product
from motionloom.plugins.retarget.refine.curves import (
    eased_in,
    envelope,
    filled,
    kernel_mean,
    seconds_to_frames,
    soft_excess,
)
from motionloom.plugins.retarget.refine.feet import Legs
from motionloom.plugins.retarget.refine.leg_poses import FootPoses, heels_and_balls
from motionloom.plugins.retarget.refine.two_bone import Limb
from motionloom.plugins.retarget.rest_pose.directions import unit

SIGMA_SECONDS = 0.08
"""Standard deviation of the window in which the pelvis follows the feet."""

FINE_SECONDS = 0.012
"""That of the window in which it follows what then remains, away from where contacts begin and end: recordings
shake, and a foot that stands still would pass it on to the knee."""

SLACK, FINE_SLACK = 0.05, 0.2
"""How little weight of resting feet counts as none, so that the pelvis comes back smoothly where none rests."""

EASE_SECONDS = 0.15
"""The pelvis is lowered over so long before a leg gets too short, and lifted over so long after."""

STRETCHED = 0.99
"""Share of its length that a leg stretches to, where it was not straighter before: the knee then bends by 16
degrees, and a centimetre at the foot turns it by few more."""

SOFT = 0.004
"""Share of the leg's length over which it comes to its stop."""

HIGHEST_HEEL = 0.5
"""Radians that a heel is raised at most to make a leg longer."""

HEEL_SOFT = 0.02
"""Radians over which that sets in."""

LOWEST = 0.25
"""Share of a leg's length that the pelvis is lowered at most."""


def following_lift(
    limb: Limb, ankles: Float[Tensor, "frames feet 3"], resting: Bool[Tensor, "frames feet"], fps: float
) -> Float[Tensor, "frames"]:
    """Metres that the pelvis rises so that planted legs keep their bend as well as they can together.

    The weighted least squares of a window around each frame: every planted leg wants to keep its
    length, u(t) . (p(t) - o(t)) = 0 with u its direction and o the shift of its foot.

    Args:
        limb: the legs, (T, F, 3) each.
        ankles: (T, F, 3) where the ankles shall be, metres.
        resting: (T, F) which of them rest on something.
        fps: frames a second.
    """
    along = limb.top - limb.end
    upright = (along[..., 1] / along.norm(dim=-1).clamp_min(1e-6)).clamp_min(0.0)
    wanted = (along * (ankles - limb.end)).sum(-1) / along[..., 1].clamp_min(1e-3)
    coarse = _pulled(wanted, resting.to(ankles) * upright.square(), SIGMA_SECONDS * fps, SLACK)
    inside = eased_in(resting, seconds_to_frames(SIGMA_SECONDS, fps)) * upright.square()
    rest = ((wanted - coarse.unsqueeze(1)) * inside).sum(1, keepdim=True) / (inside.sum(1, keepdim=True) + FINE_SLACK)
    return coarse + (rest - kernel_mean(rest, FINE_SECONDS * fps))[:, 0]


def _pulled(
    wanted: Float[Tensor, "frames feet"], weight: Float[Tensor, "frames feet"], sigma: float, slack: float
) -> Float[Tensor, "frames"]:
    sums = torch.stack(((weight * wanted).sum(1), weight.sum(1)), dim=1)
    pulled, held = kernel_mean(sums, sigma).unbind(1)
    return pulled / (held + slack)


def lowering(
    limb: Limb, ankles: Float[Tensor, "frames feet 3"], resting: Bool[Tensor, "frames feet"], fps: float
) -> Float[Tensor, "frames"]:
    """Metres that the pelvis must come down, smoothly, for planted legs to reach their feet.

    Args:
        limb: the legs, (T, F, 3) each.
        ankles: (T, F, 3) where the ankles shall be, metres.
        resting: (T, F) which of them rest on something.
        fps: frames a second.
    """
    missing = _missing(limb, ankles, stretch_limit(limb)) * resting
    return envelope(missing.amax(1, keepdim=True), max(1, round(EASE_SECONDS * fps)))[:, 0]


def raised_heels(
    limb: Limb,
    goals: FootPoses,
    legs: Legs,
    on_ball: Bool[Tensor, "frames feet"],
    known: Bool[Tensor, "frames feet"],
    reach: int,
) -> FootPoses:
    """Feet that rest on the ball alone turned about it, heel up, as far as their legs are too short.

    Args:
        limb: the legs, (T, F, 3) each.
        goals: where the feet shall be.
        legs: whose feet.
        on_ball: (T, F) which of them rest on the ball alone.
        known: (T, F) which rest on anything.
        reach: frames over which the turn runs out in the air.
    """
    balls = heels_and_balls(goals, legs)[1]
    foot, leg = goals.ankles - balls, limb.top - balls
    foot_length, leg_length = (part.norm(dim=-1).clamp_min(1e-6) for part in (foot, leg))
    upper, lower = limb.lengths()
    most = (stretch_limit(limb) - SOFT * (upper + lower))[..., 0]
    cosine = (foot * leg).sum(-1) / (foot_length * leg_length)
    widest = (foot_length**2 + leg_length**2 - most**2) / (2 * foot_length * leg_length)
    excess = torch.acos(cosine.clamp(-1.0, 1.0)) - torch.acos(widest.clamp(-1.0, 1.0))
    angle = torch.where(on_ball, soft_excess(excess + HEEL_SOFT / 4, HEEL_SOFT).clamp_max(HIGHEST_HEEL), 0.0)
    vectors = unit(torch.linalg.cross(foot, leg)) * angle.unsqueeze(-1)
    moves = quat_action(roma.rotvec_to_unitquat(vectors), foot) - foot
    turns, moves = filled(torch.cat((vectors, moves), dim=-1), known, reach).split(3, dim=-1)
    return FootPoses(goals.ankles + moves, quat_product(roma.rotvec_to_unitquat(turns), goals.turns))


def stretch_limit(limb: Limb) -> Float[Tensor, "*batch 1"]:
    """How far limbs reach, metres: never more than they did."""
    upper, lower = limb.lengths()
    return torch.maximum(STRETCHED * (upper + lower), (limb.end - limb.top).norm(dim=-1, keepdim=True))


def within_reach(limb: Limb, goal: Float[Tensor, "*batch 3"], most: Float[Tensor, "*batch 1"]) -> Tensor:
    """Goals pulled softly to where limbs reach."""
    upper, lower = limb.lengths()
    reach = goal - limb.top
    distance = reach.norm(dim=-1, keepdim=True)
    margin = SOFT * (upper + lower)
    short = soft_excess(distance - (most - margin), margin)
    return goal - reach * (short / distance.clamp_min(1e-6))


def _missing(
    limb: Limb, ankles: Float[Tensor, "frames feet 3"], most: Float[Tensor, "frames feet 1"]
) -> Float[Tensor, "frames feet"]:
    """How much lower the hip joints would have to be to reach the ankles."""
    upper, lower = limb.lengths()
    reach = limb.top - ankles
    level = reach[..., [0, 2]].square().sum(-1)
    height = ((most - SOFT * (upper + lower)).square()[..., 0] - level).clamp_min(0.0).sqrt()
    length = (upper + lower)[..., 0]
    return torch.minimum((reach[..., 1] - height).clamp_min(0.0), LOWEST * length)

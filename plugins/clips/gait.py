"""Where a foot is during a walk: heel strike, foot flat, heel off, toe off, swing.

Perry and Burnfield 2010, "Gait analysis", chapters 3 and 4: the foot rolls over three rockers, heel,
ankle and forefoot. While it does, the point that it rolls over stays where it is on the floor.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.plugins.clips.humanoid import (
    ANKLE_HEIGHT,
    BALL_AHEAD,
    BALL_HEIGHT,
    HEEL_BEHIND,
    TOE_LENGTH,
)
from motionloom.plugins.clips.keyed_curve import KeyedCurve

STANCE = 0.61
"""Share of the cycle for which a foot is on the floor."""

MID_STANCE = 0.225
"""Share of the cycle after heel strike at which the hips pass over the ankle."""

FOOT_PITCH = KeyedCurve(
    ((0.0, 18.0), (0.08, 0.0), (0.29, 0.0), (0.4, -8.0), (0.5, -25.0), (0.61, -56.0), (0.655, -60.0))
    + ((0.75, -32.0), (0.85, 0.0), (0.94, 19.0)),
    period=1.0,
)
"""Degrees that the foot is pitched toes up, over the cycle from its heel strike."""

TOE_PITCH = KeyedCurve(
    ((0.0, 26.0), (0.09, 0.0), (0.54, 0.0), (0.61, -22.0), (0.67, -36.0), (0.77, -18.0), (0.86, 10.0), (0.94, 27.0)),
    period=1.0,
)
"""Degrees that the toes are pitched up, over the cycle: flat on the floor until they push off."""

SWING_LIFT = KeyedCurve(((0.0, 0.0), (0.28, 0.012), (0.62, 0.018), (1.0, 0.0)))
"""Metres that the ankle is lifted above the straight course of the swing, over the swing."""


@dataclass(frozen=True)
class FootCourse:
    """A foot in every frame of a walk along +Z.

    Args:
        ankle: (T, 2) height and distance of the ankle, metres.
        pitch: (T,) of the foot, degrees, toes up.
        toe_pitch: (T,) of the toes, degrees, toes up.
    """

    ankle: Float[Tensor, "frames 2"]
    pitch: Float[Tensor, "frames"]
    toe_pitch: Float[Tensor, "frames"]


def foot_course(cycles: Float[Tensor, "frames"], stride: float) -> FootCourse:
    """Where a foot is.

    Args:
        cycles: (T,) how many cycles have passed since a heel strike of this foot.
        stride: metres that a cycle covers.
    """
    step, phase = cycles.floor(), cycles.remainder(1.0)
    ankle = torch.where((phase <= STANCE).unsqueeze(-1), _stance(phase), _swing(phase, stride))
    ahead = (step + MID_STANCE) * stride
    return FootCourse(
        ankle=ankle + torch.stack((torch.zeros_like(ahead), ahead), dim=-1),
        pitch=FOOT_PITCH(phase),
        toe_pitch=TOE_PITCH(phase),
    )


def _stance(phase: Float[Tensor, "frames"]) -> Float[Tensor, "frames 2"]:
    """The ankle over the heel, the whole foot, the ball or the tip of the toes, from where it is with the foot flat."""
    pitch, toe_pitch = FOOT_PITCH(phase), TOE_PITCH(phase)
    over_heel = _pitched((ANKLE_HEIGHT, HEEL_BEHIND), pitch) - pitch.new_tensor([0.0, HEEL_BEHIND])
    tip = pitch.new_tensor([0.0, BALL_AHEAD + TOE_LENGTH])
    ball = tip + _pitched((BALL_HEIGHT, -TOE_LENGTH), toe_pitch.clamp(max=0.0))
    over_ball = ball + _pitched((ANKLE_HEIGHT - BALL_HEIGHT, -BALL_AHEAD), pitch)
    return torch.where((pitch > 0).unsqueeze(-1), over_heel, over_ball)


def _pitched(offset: tuple[float, float], pitch: Float[Tensor, "frames"]) -> Float[Tensor, "frames 2"]:
    """An offset (up, ahead) turned toes up."""
    angle = torch.deg2rad(pitch)
    up, ahead = offset
    return torch.stack(
        (up * torch.cos(angle) + ahead * torch.sin(angle), ahead * torch.cos(angle) - up * torch.sin(angle)), dim=-1
    )


def _swing(phase: Float[Tensor, "frames"], stride: float) -> Float[Tensor, "frames 2"]:
    """The ankle on a cubic course from toe off to the next heel strike, at the speeds that it has there."""
    share = ((phase - STANCE) / (1.0 - STANCE)).clamp(0.0, 1.0).unsqueeze(-1)
    start, start_speed = _state(phase, STANCE, before=True)
    end, end_speed = _state(phase, 0.0, before=False)
    end = end + end.new_tensor([0.0, stride])
    length = 1.0 - STANCE
    course = (
        (2 * share**3 - 3 * share**2 + 1) * start
        + (share**3 - 2 * share**2 + share) * length * start_speed
        + (3 * share**2 - 2 * share**3) * end
        + (share**3 - share**2) * length * end_speed
    )
    lift = SWING_LIFT(share.squeeze(-1))
    return course + torch.stack((lift, torch.zeros_like(lift)), dim=-1)


def _state(like: Tensor, phase: float, before: bool) -> tuple[Tensor, Tensor]:
    """Place and speed (a cycle) of the ankle at the edge of the stance."""
    step = 1e-4
    near = phase - step if before else phase + step
    at, other = _stance(like.new_tensor([phase, near]))
    return at, (at - other) / (phase - near)

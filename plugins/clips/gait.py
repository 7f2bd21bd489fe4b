"""Where a foot is during a walk: heel strike, foot flat, heel off, toe off, swing.

Perry and Burnfield 2010, "Gait analysis", chapters 3 and 4: the foot rolls over three rockers, heel,
ankle and forefoot. While it does, the point that it rolls over stays where it is on the floor.
"""

from dataclasses import dataclass
from math import cos, radians, sin

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
    ((0.0, 18.0), (0.08, 0.0), (0.29, 0.0), (0.4, -8.0), (0.5, -25.0), (0.61, -55.0), (0.64, -57.0))
    + ((0.75, -30.0), (0.85, 0.0), (0.94, 19.0)),
    period=1.0,
)
"""Degrees that the foot is pitched toes up, over the cycle from its heel strike."""

TOE_PITCH = KeyedCurve(
    ((0.0, 24.0), (0.09, 0.0), (0.54, 0.0), (0.61, -22.0), (0.64, -26.0), (0.75, -10.0), (0.85, 10.0), (0.94, 25.0)),
    period=1.0,
)
"""Degrees that the toes are pitched up, over the cycle: flat on the floor until they push off."""

SWING_LIFT = KeyedCurve(((0.0, 0.0), (0.07, 0.01), (0.2, 0.02), (0.5, 0.014), (1.0, 0.0)))
"""Metres that the ankle is lifted above the straight course of the swing, over the swing."""


MOMENT = 1e-4
"""Share of the cycle over which a speed is measured."""


@dataclass(frozen=True)
class FootCourse:
    """A foot in every frame of a walk along +Z.

    Args:
        ankle: (T, 3) of the ankle, metres, from where the walk starts, straight ahead of its hip.
        pitch: (T,) of the foot, degrees, toes up.
        toe_pitch: (T,) of the toes, degrees, toes up.
    """

    ankle: Float[Tensor, "frames 3"]
    pitch: Float[Tensor, "frames"]
    toe_pitch: Float[Tensor, "frames"]


def foot_course(cycles: Float[Tensor, "frames"], stride: float, toes_left: float) -> FootCourse:
    """Where a foot is.

    Args:
        cycles: (T,) how many cycles have passed since a heel strike of this foot.
        stride: metres that a cycle covers.
        toes_left: degrees that the foot is turned to the left.
    """
    step, phase = cycles.floor(), cycles.remainder(1.0)
    swing = _swing(phase, stride, toes_left)
    ankle = torch.where((phase <= STANCE).unsqueeze(-1), _stance(phase, toes_left), swing)
    ahead = cycles.new_tensor([0.0, 0.0, stride])
    return FootCourse(
        ankle=ankle + (step + MID_STANCE).unsqueeze(-1) * ahead,
        pitch=FOOT_PITCH(phase),
        toe_pitch=TOE_PITCH(phase),
    )


def _stance(phase: Float[Tensor, "frames"], toes_left: float) -> Float[Tensor, "frames 3"]:
    """The ankle over the heel, the whole foot, the ball or the tip of the toes, from where it is over the foot."""
    up, ahead = _rolled(phase).unbind(-1)
    turned = radians(toes_left)
    return torch.stack((ahead * sin(turned), up, ahead * cos(turned)), dim=-1)


def _rolled(phase: Float[Tensor, "frames"]) -> Float[Tensor, "frames 2"]:
    """The same in the plane of the foot: up, and ahead."""
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


def _swing(phase: Float[Tensor, "frames"], stride: float, toes_left: float) -> Float[Tensor, "frames 3"]:
    """The ankle on a cubic course from toe off to the next heel strike, at the speeds that it has there."""
    share = ((phase - STANCE) / (1.0 - STANCE)).clamp(0.0, 1.0).unsqueeze(-1)
    start, start_speed = _state(phase.new_tensor([STANCE, STANCE - MOMENT]), toes_left)
    end, end_speed = _state(phase.new_tensor([0.0, MOMENT]), toes_left)
    end = end + end.new_tensor([0.0, 0.0, stride])
    length = 1.0 - STANCE
    course = (
        (2 * share**3 - 3 * share**2 + 1) * start
        + (share**3 - 2 * share**2 + share) * length * start_speed
        + (3 * share**2 - 2 * share**3) * end
        + (share**3 - share**2) * length * end_speed
    )
    lift = SWING_LIFT(share.squeeze(-1))
    return course + lift.unsqueeze(-1) * lift.new_tensor([0.0, 1.0, 0.0])


def _state(phases: Float[Tensor, "2"], toes_left: float) -> tuple[Float[Tensor, "3"], Float[Tensor, "3"]]:
    """Place and speed (a cycle) of the ankle at the first of two near moments of the stance."""
    at, near = _stance(phases, toes_left)
    return at, (at - near) / (phases[0] - phases[1])

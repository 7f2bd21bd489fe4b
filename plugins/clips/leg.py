"""A leg that reaches for its foot: two-bone inverse kinematics."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.plugins.clips.humanoid import SHIN, THIGH
from motionloom.plugins.clips.pose import frame_of

LONGEST_REACH = 0.9995 * (THIGH + SHIN)
"""Metres from hip to ankle beyond which a knee would lock."""


@dataclass(frozen=True)
class Leg:
    """World rotations of a leg.

    Args:
        thigh: (T, 4) of the upper leg, xyzw.
        shin: (T, 4) of the lower leg, xyzw.
    """

    thigh: Float[Tensor, "frames 4"]
    shin: Float[Tensor, "frames 4"]


def reach(
    hip: Float[Tensor, "frames 3"], ankle: Float[Tensor, "frames 3"], knee_ahead: Float[Tensor, "frames 3"]
) -> Leg:
    """Bend a leg so that it goes from the hip to the ankle, by the law of cosines.

    Args:
        hip: (T, 3) position of the hip joint, metres.
        ankle: (T, 3) position of the ankle, metres; one out of reach is approached.
        knee_ahead: (T, 3) the direction that the knee points in.
    """
    line = ankle - hip
    distance = line.norm(dim=-1, keepdim=True)
    along = line / distance
    distance = distance.clamp(max=LONGEST_REACH)
    ahead = knee_ahead - along * (knee_ahead * along).sum(-1, keepdim=True)
    ahead = ahead / ahead.norm(dim=-1, keepdim=True)
    down = (THIGH**2 - SHIN**2 + distance**2) / (2 * distance)
    knee = hip + along * down + ahead * (THIGH**2 - down**2).clamp_min(0.0).sqrt()
    hinge = torch.linalg.cross(ahead, along)
    return Leg(frame_of(hinge, hip - knee), frame_of(hinge, knee - (hip + along * distance)))

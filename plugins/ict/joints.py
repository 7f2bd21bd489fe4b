"""Joints for ICT-FaceKit's bust, which comes without any: chest, neck, head and two eyes.

There is no jaw: ICT's shapes open it, teeth and tongue included, and a joint would do so a second time.
"""

from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Skeleton, Skin
from motionloom.core.errors import DataError
from motionloom.plugins.ict.eyes import eye_centre
from motionloom.plugins.ict.topology import RANGES, REGIONS
from motionloom.plugins.ict.where import REMEDY

NAMES: Final = ("chest", "neck", "head", "leftEye", "rightEye")
PARENTS: Final = (-1, 0, 1, 2, 2)
CHEST, NECK, HEAD, LEFT_EYE, RIGHT_EYE = range(len(NAMES))

EYES: Final = {"left_eye": LEFT_EYE, "right_eye": RIGHT_EYE}

COLLAR: Final = (-0.19, -0.15)
THROAT: Final = (-0.125, -0.105)
EARS: Final = (-0.02, 0.05)
"""Bands of height on the neutral face, metres, whose skin lies around a joint."""

EAR_DEPTH: Final = 0.08
"""Metres from the middle beyond which skin in the band of the ears is an ear's."""

BELOW_EARS: Final = 0.02
"""Metres from the middle of the ears down to where the skull sits on the spine."""

NECK_BENDS: Final = (-0.16, -0.11)
"""Heights, metres, between which the skin passes from chest to neck."""

HEAD_BENDS: Final = (-0.10, -0.045)
HEAD_SLOPE: Final = 0.4
"""The same from neck to head, along height plus a share of depth: the throat bends below the chin, the nape above."""


def skeleton_of(neutral: Float[Tensor, "vertices 3"], vertices: Float[Tensor, "vertices 3"]) -> Skeleton:
    """The joints of a person, unrotated in the rest pose.

    Args:
        neutral: (V, 3) the mean face, which says what skin lies where, metres.
        vertices: (V, 3) the person's surface, metres.

    Raises:
        DataError: the mean face is not ICT-FaceKit's.
    """
    eyes = [eye_centre(vertices, eye) for eye in EYES]
    skin = slice(0, REGIONS["head"])
    height, aside = neutral[skin, 1], neutral[skin, 0].abs()
    ears = _middle(vertices[skin][_between(height, EARS) & (aside > EAR_DEPTH)])
    head = ears - ears.new_tensor([0.0, BELOW_EARS, 0.0])
    neck, chest = (_middle(vertices[skin][_between(height, band)]) for band in (THROAT, COLLAR))
    places = torch.stack((chest, neck, head, *eyes))
    parents = places[[max(parent, 0) for parent in PARENTS]]
    local = torch.cat((places[:1], places[1:] - parents[1:]))
    return Skeleton(NAMES, PARENTS, local, local.new_tensor([0.0, 0.0, 0.0, 1.0]).repeat(len(NAMES), 1))


def skin_of(neutral: Float[Tensor, "vertices 3"], count: int) -> Skin:
    """Which joints move the first vertices: eyeballs their own, the throat and the nape two each.

    Args:
        neutral: (V, 3) the mean face, metres; every person has its weights.
        count: how many vertices to give.
    """
    head = _ramp(neutral[:, 1] + HEAD_SLOPE * neutral[:, 2], HEAD_BENDS)
    neck = _ramp(neutral[:, 1], NECK_BENDS)
    weights = neutral.new_zeros(len(neutral), len(NAMES))
    weights[:, HEAD] = head
    weights[:, NECK] = (1 - head) * neck
    weights[:, CHEST] = (1 - head) * (1 - neck)
    weights[REGIONS["head"] :] = torch.nn.functional.one_hot(torch.tensor(HEAD), len(NAMES)).to(weights)
    for eye, joint in EYES.items():
        weights[list(RANGES[eye])] = torch.nn.functional.one_hot(torch.tensor(joint), len(NAMES)).to(weights)
    strongest, joints = weights[:count].topk(3, dim=-1)
    return Skin(torch.where(strongest > 0, joints, 0), strongest)


def _ramp(values: Float[Tensor, "vertices"], ends: tuple[float, float]) -> Float[Tensor, "vertices"]:
    """From 0 to 1 between the ends, level at both."""
    along = ((values - ends[0]) / (ends[1] - ends[0])).clamp(0, 1)
    return along * along * (3 - 2 * along)


def _between(values: Tensor, band: tuple[float, float]) -> Tensor:
    return (values > band[0]) & (values < band[1])


def _middle(points: Float[Tensor, "points 3"]) -> Float[Tensor, "3"]:
    """The middle of the box around points."""
    if not len(points):
        raise DataError("the neutral face has no skin where ICT-FaceKit's has ears or neck", remedy=REMEDY)
    return (points.amin(0) + points.amax(0)) / 2

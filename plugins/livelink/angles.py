"""Yaw, pitch and roll, and the quaternions that they stand for.

ARKit's face has +X at its own left, +Y up and +Z out of the face, which are our axes at rest. Yaw turns
about Y, positive to the face's left; pitch about X, positive when it nods down; roll about Z, positive
towards its right shoulder. The rotation is yaw * pitch * roll: about moving axes, yaw comes first.
"""

import roma
import torch
from jaxtyping import Float
from torch import Tensor

ORDER = "YXZ"
"""The axes of yaw, pitch and roll, about moving axes."""

LOCKED = 1.0 - 1e-7
"""Sine of a pitch beyond which only the sum of yaw and roll is known: a thirtieth of a degree from the pole."""


def rotations_from_angles(angles: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 4"]:
    """Quaternions xyzw.

    Args:
        angles: yaw, pitch and roll, radians.
    """
    return roma.euler_to_unitquat(ORDER, list(angles.unbind(-1)))


def angles_from_rotations(rotations: Float[Tensor, "*batch 4"]) -> Float[Tensor, "*batch 3"]:
    """Yaw, pitch and roll in radians; pitch within a quarter turn, no roll where the face looks straight up or down.

    Args:
        rotations: unit quaternions xyzw.
    """
    x, y, z, w = rotations.double().unbind(-1)
    sine = (2 * (w * x - y * z)).clamp(-1.0, 1.0)
    locked = sine.abs() > LOCKED
    yaw = torch.where(locked, 2 * torch.atan2(y, w), torch.atan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y)))
    roll = torch.atan2(2 * (x * y + w * z), 1 - 2 * (x * x + z * z))
    roll = torch.where(locked, torch.zeros_like(roll), roll)
    return torch.stack((yaw, torch.asin(sine), roll), dim=-1).to(rotations)

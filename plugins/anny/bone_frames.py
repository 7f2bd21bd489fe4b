"""Rest orientations of bones, the way Blender has them."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import quat_product
from motionloom.core.errors import DataError

Z_UP_TO_Y_UP = (-math.sqrt(0.5), 0.0, 0.0, math.sqrt(0.5))
"""A quarter turn about X, xyzw."""

POLE = 1e-100
"""How near to -Y a unit direction counts as -Y itself; the squares of less would lose their digits."""


def bone_frames(
    heads: Float[Tensor, "joints 3"], tails: Float[Tensor, "joints 3"], rolls: Float[Tensor, "joints"]
) -> Float[Tensor, "joints 4"]:
    """World rotations (xyzw, Y up) of bones whose own Y axis runs from head to tail.

    The smallest turn that carries +Y onto the bone, after a turn by the roll about +Y, both in
    Blender's Z-up world, where the rolls were drawn; the whole is then stood up to Y up.

    Args:
        heads: (J, 3) where the bones start, metres, Y up.
        tails: (J, 3) where they end.
        rolls: (J,) radians.

    Raises:
        DataError: a bone has no length.
    """
    bones = tails - heads
    lengths = bones.norm(dim=-1, keepdim=True)
    if bool((lengths == 0).any()):
        raise DataError("a bone has no length, so no direction", where=f"joint {int(lengths.argmin())}")
    x, y, z = (bones / lengths).unbind(-1)
    turned = quat_product(_smallest_turn(torch.stack((x, -z, y), dim=-1)), _roll(rolls))
    return quat_product(turned.new_tensor(Z_UP_TO_Y_UP).expand_as(turned), turned)


def _smallest_turn(directions: Float[Tensor, "joints 3"]) -> Float[Tensor, "joints 4"]:
    """The rotation from +Y onto each direction; half a turn about X where it points along -Y."""
    x, y, z = directions.unbind(-1)
    # 1 + y, rewritten where y is near -1 so that it keeps its digits.
    real = torch.where(y < 0, (x * x + z * z) / (1 - y), 1 + y)
    turns = torch.stack((z, torch.zeros_like(y), -x, real), dim=-1)
    lengths = turns.norm(dim=-1, keepdim=True)
    half_turn = turns.new_tensor([1.0, 0.0, 0.0, 0.0])
    return torch.where(lengths > POLE, turns / lengths, half_turn)


def _roll(angles: Float[Tensor, "joints"]) -> Float[Tensor, "joints 4"]:
    zero = torch.zeros_like(angles)
    return torch.stack((zero, (angles / 2).sin(), zero, (angles / 2).cos()), dim=-1)

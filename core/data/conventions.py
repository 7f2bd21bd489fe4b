"""Axes and units of other programs, and the way from them to ours and back: the one table of both.

Ours: metres, right-handed, Y up, +Z forward, so that a character's left is at +X.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.errors import DataError

Unit = Literal["m", "dm", "cm", "mm", "inch", "foot", "yard", "cmu"]

METRES_PER_UNIT: Final[dict[Unit, float]] = {
    "m": 1.0,
    "dm": 0.1,
    "cm": 0.01,
    "mm": 0.001,
    "inch": 0.0254,
    "foot": 0.3048,
    "yard": 0.9144,
    # CMU's Acclaim skeletons say `length 0.45`: 0.45 units to the inch.
    "cmu": 0.0254 / 0.45,
}

Axis = Literal["+x", "-x", "+y", "-y", "+z", "-z"]


@dataclass(frozen=True)
class Space:
    """How a file or a program measures lengths and names directions.

    Args:
        metres_per_unit: the length of its unit, metres.
        up: which of its axes points up.
        forward: which of its axes a character faces.
        right_handed: whether X, Y, Z are thumb, index and middle finger of the right hand.

    Raises:
        DataError: the unit is not above zero, or up and forward lie on one axis.
    """

    metres_per_unit: float = 1.0
    up: Axis = "+y"
    forward: Axis = "+z"
    right_handed: bool = True

    def __post_init__(self) -> None:
        if not 0.0 < self.metres_per_unit < float("inf"):
            raise DataError(f"a unit of {self.metres_per_unit:g} metres makes no sense", remedy="give one above zero")
        if self.up[1] == self.forward[1]:
            raise DataError(f"{self.up} cannot be up while {self.forward} is forward", remedy="choose two axes")

    @cached_property
    def to_ours(self) -> Float[Tensor, "3 3"]:
        """What turns this space's directions into ours: a signed permutation, float64.

        Its determinant is -1 for a left-handed space: surfaces then change their winding.
        """
        up, forward = _direction(self.up), _direction(self.forward)
        left = torch.linalg.cross(up, forward)
        return torch.stack((left if self.right_handed else -left, up, forward))

    def points_to_ours(self, points: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 3"]:
        """Positions or offsets in metres along our axes."""
        return points @ (self.to_ours * self.metres_per_unit).to(points).mT

    def points_from_ours(self, points: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 3"]:
        """Positions or offsets in this space's unit along its axes."""
        return points @ (self.to_ours / self.metres_per_unit).to(points)

    def rotations_to_ours(self, rotations: Float[Tensor, "*batch 4"]) -> Float[Tensor, "*batch 4"]:
        """Quaternions xyzw that turn our axes as these turn this space's.

        A mirrored space turns the other way round: the axis is a pseudovector.
        """
        return _turned(rotations, self.to_ours)

    def rotations_from_ours(self, rotations: Float[Tensor, "*batch 4"]) -> Float[Tensor, "*batch 4"]:
        """The inverse of `rotations_to_ours`."""
        return _turned(rotations, self.to_ours.mT)

    def faces_to_ours(self, faces: Tensor) -> Tensor:
        """Corners in the order that is counter-clockwise from outside; its own inverse.

        Args:
            faces: (F, 3) vertex indices.
        """
        return faces if self.right_handed else faces.flip(-1)


SPACES: Final[dict[str, Space]] = {
    "motionloom": Space(),
    "gltf": Space(),
    "unity": Space(right_handed=False),
    "maya": Space(METRES_PER_UNIT["cm"]),
    "motionbuilder": Space(METRES_PER_UNIT["cm"]),
    "houdini": Space(),
    "blender": Space(up="+z", forward="-y"),
    "3ds_max": Space(METRES_PER_UNIT["inch"], up="+z", forward="-y"),
    "amass": Space(up="+z", forward="-y"),
    "unreal": Space(METRES_PER_UNIT["cm"], up="+z", forward="+x", right_handed=False),
}
"""The defaults of programs and formats; a file that says otherwise is believed."""


def _direction(axis: Axis) -> Float[Tensor, "3"]:
    sign = 1.0 if axis[0] == "+" else -1.0
    return sign * torch.eye(3, dtype=torch.float64)["xyz".index(axis[1])]


def _turned(rotations: Float[Tensor, "*batch 4"], basis: Float[Tensor, "3 3"]) -> Float[Tensor, "*batch 4"]:
    axes = rotations[..., :3] @ (torch.linalg.det(basis) * basis).to(rotations).mT
    return torch.cat((axes, rotations[..., 3:]), dim=-1)

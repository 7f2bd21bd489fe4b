"""What the position channels of a BVH file mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float, Int
from motionloom.plugins.bvh.hierarchy import Channel
from torch import Tensor

PositionMeaning = Literal["auto", "replace", "add"]

SAME = 1e-5
"""Positions count as equal within this share of the skeleton's greatest dimension: 0.02 mm of a human."""


@dataclass(frozen=True)
class PositionColumns:
    """Which columns of the motion are positions.

    Args:
        joints: (N,) the joint of each.
        axes: (N,) 0, 1 or 2 for x, y or z.
        columns: (N,) where they stand.
    """

    joints: Int[Tensor, "positions"]
    axes: Int[Tensor, "positions"]
    columns: Int[Tensor, "positions"]

    @property
    def moves_joints(self) -> bool:
        """Whether a joint other than the root has one."""
        return bool((self.joints > 0).any())


def position_columns(channels: Sequence[Channel]) -> PositionColumns:
    """The position channels among all channels."""
    chosen = [(one.joint, one.axis, column) for column, one in enumerate(channels) if one.kind == "position"]
    joints, axes, columns = torch.tensor(chosen, dtype=torch.long).reshape(-1, 3).unbind(-1)
    return PositionColumns(joints, axes, columns)


class PositionReach:
    """How far the positions of joints other than the root stray from zero and from the rest offsets.

    Args:
        chosen: which columns are positions.
        offsets: (J, 3) rest offsets in the file's unit, float64.
    """

    def __init__(self, chosen: PositionColumns, offsets: Float[Tensor, "joints 3"]) -> None:
        below_root = chosen.joints > 0
        self.columns = chosen.columns[below_root]
        self.rest = offsets[chosen.joints[below_root], chosen.axes[below_root]]
        self.from_zero = 0.0
        self.from_rest = 0.0

    def add(self, values: Float[Tensor, "frames columns"]) -> None:
        """Take the values of some more frames into account."""
        if len(self.columns):
            positions = values[:, self.columns]
            self.from_zero = max(self.from_zero, float(positions.abs().max()))
            self.from_rest = max(self.from_rest, float((positions - self.rest).abs().max()))

    def keeps_rest(self, asked: PositionMeaning, extent: float) -> bool:
        """Whether every joint below the root keeps its rest offset in all frames.

        A position takes the place of the rest offset. Some programs write the displacement from the
        rest offset instead; where all of those are zero the two can be told apart, because a
        skeleton whose joints all sit on one point makes no sense.

        Args:
            asked: `auto`, or what the user knows.
            extent: greatest dimension of the rest pose, in the file's unit.
        """
        near = SAME * extent
        at_rest, at_zero = self.from_rest <= near, self.from_zero <= near
        return {"replace": at_rest, "add": at_zero, "auto": at_rest or at_zero}[asked]


def placed(
    values: Float[Tensor, "frames columns"], chosen: PositionColumns, offsets: Float[Tensor, "joints 3"], add: bool
) -> Float[Tensor, "frames joints 3"]:
    """Positions of joints: the channel where there is one, the rest offset elsewhere.

    Args:
        values: (T, C) numbers of the frames.
        chosen: which columns are positions.
        offsets: (J, 3) rest offsets.
        add: whether positions of joints below the root are displacements from the rest offset.
    """
    positions = offsets.repeat(len(values), 1, 1)
    shift = offsets[chosen.joints, chosen.axes] * (chosen.joints > 0) if add else 0.0
    positions[:, chosen.joints, chosen.axes] = values[:, chosen.columns] + shift
    return positions

"""What the position channels of a BVH file mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray

from motionloom.plugins.bvh.hierarchy import Channel

PositionMeaning = Literal["auto", "replace", "add"]

AT_REST = 1e-7
"""Positions repeat the rest offsets within this share of the skeleton's greatest dimension: 32-bit rounding."""

AT_ZERO = 1e-5
"""Displacements are rounding errors of another program within this share: 0.02 mm of a human."""


@dataclass(frozen=True)
class PositionColumns:
    """Which columns of the motion are positions.

    Args:
        joints: (N,) the joint of each.
        axes: (N,) 0, 1 or 2 for x, y or z.
        columns: (N,) where they stand.
    """

    joints: Int64[ndarray, "positions"]
    axes: Int64[ndarray, "positions"]
    columns: Int64[ndarray, "positions"]

    @property
    def move_joints(self) -> bool:
        """Whether a joint other than the root has one."""
        return bool((self.joints > 0).any())


def position_columns(channels: Sequence[Channel]) -> PositionColumns:
    """The position channels among all channels."""
    chosen = [(one.joint, one.axis, column) for column, one in enumerate(channels) if one.kind == "position"]
    joints, axes, columns = np.array(chosen, dtype=np.int64).reshape(-1, 3).T
    return PositionColumns(joints, axes, columns)


def placed(
    values: Float64[ndarray, "frames columns"],
    chosen: PositionColumns,
    offsets: Float64[ndarray, "joints 3"],
    *,
    add: bool,
) -> Float64[ndarray, "frames joints 3"]:
    """Positions of joints: the channel where there is one, the rest offset elsewhere.

    Args:
        values: (T, C) numbers of the frames.
        chosen: which columns are positions.
        offsets: (J, 3) rest offsets.
        add: whether positions of joints below the root are displacements from the rest offset.
    """
    positions = np.tile(offsets, (len(values), 1, 1))
    shift = offsets[chosen.joints, chosen.axes] * (chosen.joints > 0) if add else 0.0
    positions[:, chosen.joints, chosen.axes] = values[:, chosen.columns] + shift
    return positions


class PositionReach:
    """How far the positions of joints other than the root stray from zero and from the rest offsets.

    Args:
        chosen: which columns are positions.
        offsets: (J, 3) rest offsets in the file's unit.
    """

    def __init__(self, chosen: PositionColumns, offsets: Float64[ndarray, "joints 3"]) -> None:
        below_root = chosen.joints > 0
        self.columns = chosen.columns[below_root]
        self.rest = offsets[chosen.joints[below_root], chosen.axes[below_root]]
        self.from_zero = 0.0
        self.from_rest = 0.0

    def add(self, values: Float64[ndarray, "frames columns"]) -> None:
        """Take the values of some more frames into account."""
        positions = values[:, self.columns]
        self.from_zero = max(self.from_zero, float(np.abs(positions).max(initial=0.0)))
        self.from_rest = max(self.from_rest, float(np.abs(positions - self.rest).max(initial=0.0)))

    def keeps_rest(self, meaning: PositionMeaning, extent: float) -> bool:
        """Whether every joint below the root keeps its rest offset in all frames.

        A position takes the place of the rest offset. Some programs write the displacement from the
        rest offset instead; where all of those are zero the two can be told apart, because a
        skeleton whose joints all sit on one point makes no sense.

        Args:
            meaning: `auto`, or what the user knows.
            extent: greatest dimension of the rest pose, in the file's unit.
        """
        at_rest, at_zero = self.from_rest <= AT_REST * extent, self.from_zero <= AT_ZERO * extent
        return {"replace": at_rest, "add": at_zero, "auto": at_rest or at_zero}[meaning]

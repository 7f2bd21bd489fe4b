"""Arrays along the axes and in the unit of the file."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from motionloom.core.data import Space
from motionloom.exporters.prepared.arrays import Floats

Doubles = NDArray[np.float64]


def points(values: Floats, space: Space) -> Floats:
    """Positions or offsets in metres, (..., 3), in the file's unit."""
    return _along(values, (space.to_ours / space.metres_per_unit).numpy())


def directions(values: Floats, space: Space) -> Floats:
    """Vectors without a unit, (..., 3)."""
    return _along(values, space.to_ours.numpy())


def rotations(values: Floats, space: Space) -> Floats:
    """Quaternions xyzw, (..., 4)."""
    return space.rotations_from_ours(torch.from_numpy(values)).numpy()


def _along(values: Floats, axes: Doubles) -> NDArray[Any]:
    # `Space.points_from_ours` on one thread, which is what the hundreds of small arrays of the shapes want.
    return np.einsum("...i,ij->...j", values, axes.astype(values.dtype))

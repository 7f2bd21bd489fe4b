"""Quaternions to Euler angles that move on smoothly from frame to frame."""

import numpy as np
import roma
from jaxtyping import Bool, Float, Float64
from numpy import ndarray
from torch import Tensor

LOCKED = 1e-5
"""Degrees from +-90 of the second angle within which only the sum of the other two is known."""

ROTATIONS_AT_ONCE = 2**13

SMALL_STEP = 45.0
"""Degrees: where no angle changes by more, the other set of angles is further away for certain."""


def continuous_euler(rotations: Float[Tensor, "frames joints 4"], order: str) -> Float64[ndarray, "frames joints 3"]:
    """Euler angles in degrees, about moving axes, without jumps of 180 or 360 degrees in time.

    Every rotation has two sets of angles, (a, b, c) and (a + 180, 180 - b, c + 180), each plus any
    full turns; each frame takes the set that is closest to the frame before. In gimbal lock the
    third angle stays what it was.

    Args:
        rotations: (T, J, 4) unit quaternions, xyzw, float64.
        order: the axes, first one first: `ZXY`.
    """
    # Small batches stay below the size from which torch hands work to threads, at more cost than gain.
    batches = rotations.split(max(1, ROTATIONS_AT_ONCE // rotations.shape[1]))
    angles = np.concatenate([roma.unitquat_to_euler(order, batch, degrees=True).numpy() for batch in batches])
    angles = _held_in_lock(angles, order)
    jumps = np.abs(np.diff(angles, axis=0)).max(axis=-1) > SMALL_STEP
    jumping = np.flatnonzero(jumps.any(axis=0))
    angles[:, jumping] = _without_jumps(angles[:, jumping], jumps[:, jumping])
    return angles


def _without_jumps(
    angles: Float64[ndarray, "frames joints 3"], jumps: Bool[ndarray, "steps joints"]
) -> Float64[ndarray, "frames joints 3"]:
    other = np.stack((angles[..., 0] + 180, 180 - angles[..., 1], angles[..., 2] + 180), axis=-1)
    # The two sets of a frame are as far from either set of the frame before, crosswise; so whether
    # to change over is known for each step alone, and the changes add up.
    before = angles[:-1][jumps]
    changes = np.zeros(angles.shape[:2], dtype=bool)
    changes[1:][jumps] = _distance(before, other[1:][jumps]) < _distance(before, angles[1:][jumps])
    on_other = np.cumsum(changes, axis=0) % 2 == 1
    return np.unwrap(np.where(on_other[..., None], other, angles), period=360, axis=0)


def _distance(a: Float64[ndarray, "steps 3"], b: Float64[ndarray, "steps 3"]) -> Float64[ndarray, "steps"]:
    """The sum of the angles' differences, full turns aside."""
    turn = np.abs(b - a) % 360
    return np.minimum(turn, 360 - turn).sum(axis=-1)


def _held_in_lock(angles: Float64[ndarray, "frames joints 3"], order: str) -> Float64[ndarray, "frames joints 3"]:
    first, second, third = np.moveaxis(angles, -1, 0)
    locked: Bool[ndarray, "frames joints"] = 90 - np.abs(second) < LOCKED
    if not locked.any():
        return angles
    frames = np.arange(len(angles))[:, None]
    free = np.maximum.accumulate(np.where(locked, -1, frames), axis=0)
    held = np.where(locked, np.where(free < 0, third, np.take_along_axis(third, np.maximum(free, 0), axis=0)), third)
    # At b = 90 degrees a and c turn about one axis, in one sense for XYZ, YZX and ZXY.
    sense = np.sign(second) * (1 if order in "XYZXY" else -1)
    return np.stack((np.where(locked, first + sense * (third - held), first), second, held), axis=-1)

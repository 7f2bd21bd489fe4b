"""Quaternions to the Euler angles of FBX, continuous in time."""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.floating[Any]]

LOCKED: Final = 4.0
"""Length of a half-angle vector, in roundings, below which its direction means nothing: a gimbal lock."""


def euler_xyz(rotations: Reals) -> Reals:
    """Euler angles about fixed X, then Y, then Z, degrees, without jumps from frame to frame.

    The angles come from two half-angle vectors, (w - y, x + z) and (w + y, z - x), whose directions
    are half the sum and half the difference of the third and first angle, and whose lengths give
    the second one (Bernardes and Viollet 2022, "Quaternion to Euler angles conversion", PLoS ONE
    17(11), section 3). Following each direction through zero length, with its sign, gives angles
    that go on through gimbal lock, where other formulas jump by 180 degrees.

    Args:
        rotations: (J, T, 4) unit quaternions xyzw, of whatever sign.

    Returns:
        (J, 3, T) degrees, -180 to 180 in the first frame.
    """
    x, y, z, w = np.ascontiguousarray(np.moveaxis(rotations, -1, 0))
    half_sum, cosine = _followed(x + z, w - y)
    half_difference, sine = _followed(z - x, w + y)
    middle = 2 * _unwrapped(np.arctan2(sine, cosine), 2 * math.pi) - math.pi / 2
    angles = np.stack((half_sum - half_difference, middle, half_sum + half_difference), axis=1)
    angles -= np.rint(angles[..., :1] / (2 * math.pi)) * (2 * math.pi)
    return np.degrees(angles)


def _followed(upward: Reals, across: Reals) -> tuple[Reals, Reals]:
    """Directions of vectors as they move, and their lengths, negative after an odd number of passes through zero."""
    angles, lengths = np.arctan2(upward, across), np.hypot(upward, across)
    locked = lengths < LOCKED * np.finfo(lengths.dtype).eps
    for joint in np.flatnonzero(locked.any(1)):
        angles[joint] = _held(angles[joint], ~locked[joint])
    half_turns = _turns(angles, math.pi)
    turning = half_turns.any(1)
    angles[turning] -= half_turns[turning] * math.pi
    lengths[turning] *= 1 - 2 * (half_turns[turning] % 2)
    return angles, lengths


def _held(angles: Reals, known: NDArray[np.bool_]) -> Reals:
    """Angles with the last known one, or else the first one to be known, wherever they are not."""
    if not known.any():
        return np.zeros_like(angles)
    last = np.maximum.accumulate(np.where(known, np.arange(len(angles)), -1))
    return angles[np.where(last < 0, known.argmax(), last)]


def _unwrapped(angles: Reals, period: float) -> Reals:
    turns = _turns(angles, period)
    turning = turns.any(1)
    angles[turning] -= turns[turning] * period
    return angles


def _turns(angles: Reals, period: float) -> Reals:
    """How many whole periods the frames of each joint have jumped by, up to each frame."""
    turns = np.zeros_like(angles)
    np.rint(np.diff(angles, axis=1) / period, out=turns[:, 1:])
    return np.cumsum(turns, axis=1, dtype=turns.dtype) if turns.any() else turns

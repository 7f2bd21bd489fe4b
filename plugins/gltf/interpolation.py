"""Values between keys (glTF 2.0 specification, appendix C)."""

from typing import Final, Literal

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

Interpolation = Literal["LINEAR", "STEP", "CUBICSPLINE"]

NEARLY_EQUAL: Final = 1.0 - 1e-9
"""Cosine of half the angle between rotations beyond which a straight blend is exact."""


def sampled(
    keys: Float64[ndarray, "keys"],
    values: Float64[ndarray, "values width"],
    mode: Interpolation,
    times: Float64[ndarray, "frames"],
    snap: float,
    rotations: bool,
) -> Float64[ndarray, "frames width"]:
    """The values of a sampler at given times; before the first key and after the last those of the key.

    Args:
        keys: (K,) seconds, never falling.
        values: (K, W), or (3 K, W) for cubic splines: in-tangent, value, out-tangent of each key.
        mode: what lies between keys.
        times: (T,) seconds.
        snap: seconds by which a time may miss a key and still mean it.
        rotations: whether the values are quaternions.
    """
    points = values[1::3] if mode == "CUBICSPLINE" else values
    if (points == points[:1]).all() and (mode != "CUBICSPLINE" or (not values[0::3].any() and not values[2::3].any())):
        return np.broadcast_to(points[:1], (len(times), values.shape[1]))
    lower = np.clip(np.searchsorted(keys, times + snap, side="right") - 1, 0, len(keys) - 1)
    upper = np.minimum(lower + 1, len(keys) - 1)
    span = keys[upper] - keys[lower]
    past = times - keys[lower]
    share = np.divide(past, span, out=np.zeros_like(past), where=(span > 0) & (past > snap))
    share = np.clip(share, 0.0, 1.0)[:, None]
    if mode == "STEP" or not share.any():
        return points[lower]
    if mode == "CUBICSPLINE":
        return _hermite(values, points, lower, upper, span[:, None], share, rotations)
    return _slerp(points[lower], points[upper], share) if rotations else _lerp(points[lower], points[upper], share)


def _lerp(start: ndarray, end: ndarray, share: ndarray) -> ndarray:
    return start + share * (end - start)


def _slerp(start: ndarray, end: ndarray, share: ndarray) -> ndarray:
    """Shoemake 1985, section 3.3, on the shortest way."""
    start, end = _unit(start), _unit(end)
    cosine = (start * end).sum(1, keepdims=True)
    end, cosine = np.where(cosine < 0, -end, end), np.minimum(np.abs(cosine), 1.0)
    angle = np.arccos(cosine)
    near = cosine > NEARLY_EQUAL
    sine = np.where(near, 1.0, np.sin(angle))
    first = np.where(near, 1.0 - share, np.sin((1.0 - share) * angle) / sine)
    second = np.where(near, share, np.sin(share * angle) / sine)
    return _unit(first * start + second * end)


def _hermite(
    values: ndarray,
    points: ndarray,
    lower: ndarray,
    upper: ndarray,
    span: ndarray,
    t: ndarray,
    rotations: bool,
) -> ndarray:
    leaving, arriving = span * values[2::3][lower], span * values[0::3][upper]
    square, cube = t**2, t**3
    found = (
        (2 * cube - 3 * square + 1) * points[lower]
        + (cube - 2 * square + t) * leaving
        + (3 * square - 2 * cube) * points[upper]
        + (cube - square) * arriving
    )
    return _unit(found) if rotations else found


def _unit(rotations: ndarray) -> ndarray:
    lengths = np.linalg.norm(rotations, axis=1, keepdims=True)
    return np.divide(rotations, lengths, out=np.zeros_like(rotations), where=lengths > 0)

"""Which keys of a curve can go: frames that interpolation between the others brings back closely enough."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionloom.exporters.prepared.arrays import Floats, unit

Frames = NDArray[np.int64]

ROUNDS = 32
"""How often segments are split at their worst frame; what is still off then keeps all its keys. Smooth curves
need about a dozen rounds, and without an end a hostile one would need as many as it has frames."""

NEARLY_PARALLEL = 0.9995
"""Cosine above which straight and spherical interpolation differ by less than a microradian."""


@dataclass(frozen=True)
class Curve:
    """Values on every frame, and what is between two keys.

    Args:
        values: (T, components).
        between: interpolates two arrays of values by a fraction.
        size: how much differences of values, (N, components), matter, in metres.
    """

    values: Floats
    between: Callable[[Floats, Floats, Floats], Floats]
    size: Callable[[Floats], Floats]

    def at(self, keys: Frames, frames: Frames) -> Floats:
        """The values at frames, as interpolated between keys, the first and last frame among them."""
        if len(keys) == 1:
            return self.values[frames]
        segment = _segments(keys, frames)
        first, last = keys[segment], keys[segment + 1]
        fraction = ((frames - first) / (last - first)).astype(np.float32)[:, None]
        found = self.between(self.values[first], self.values[last], fraction)
        # Not left to rounding: what has a key is exact.
        exact = (frames == first) | (frames == last)
        found[exact] = self.values[frames[exact]]
        return found

    def errors(self, keys: Frames, frames: Frames) -> Floats:
        """How far interpolation between keys is off at frames, metres."""
        return self.size(self.at(keys, frames) - self.values[frames])


def straight(start: Floats, end: Floats, fraction: Floats) -> Floats:
    """Linear interpolation."""
    return start + (end - start) * fraction


def spherical(start: Floats, end: Floats, fraction: Floats) -> Floats:
    """Spherical linear interpolation of unit quaternions the short way round (Shoemake, SIGGRAPH 1985)."""
    cosine = np.einsum("ni,ni->n", start, end)[:, None]
    end, cosine = np.where(cosine < 0, -end, end), np.minimum(abs(cosine), 1.0)
    angle = np.arccos(np.minimum(cosine, NEARLY_PARALLEL))
    arc = np.sin((1 - fraction) * angle) * start + np.sin(fraction * angle) * end
    return unit(np.where(cosine > NEARLY_PARALLEL, straight(start, end, fraction), arc))


def thinned(curve: Curve, limits: Floats, keys: Frames) -> Frames:
    """More keys, each where interpolation between those so far is worst, until every frame is within its limit.

    All segments of the curve are split at once (Ramer 1972; Douglas and Peucker 1973).

    Args:
        curve: whose keys.
        limits: (T,) how far each frame may be off, metres.
        keys: what is kept in any case, first and last frame among them.
    """
    open_frames = np.arange(len(curve.values))
    for _ in range(ROUNDS):
        excess = curve.errors(keys, open_frames) - limits[open_frames]
        split, worst = _worst_of_segments(_segments(keys, open_frames), excess)
        if not len(worst):
            return keys
        keys = np.union1d(keys, open_frames[worst])
        open_frames = open_frames[split]
    return np.union1d(keys, open_frames)


def _segments(keys: Frames, frames: Frames) -> Frames:
    """Between which keys frames lie; the last frame belongs to the last segment."""
    return np.minimum(np.searchsorted(keys, frames, side="right") - 1, max(len(keys) - 2, 0))


def _worst_of_segments(segments: Frames, excess: Floats) -> tuple[NDArray[np.bool_], Frames]:
    """Which entries lie in a segment that exceeds its limit anywhere, and the worst entry of each such segment."""
    starts = np.flatnonzero(np.diff(segments, prepend=-1))
    largest = np.repeat(np.maximum.reduceat(excess, starts), np.diff(starts, append=len(segments)))
    split = largest > 0
    worst = np.flatnonzero(split & (excess == largest))
    return split, worst[np.diff(segments[worst], prepend=-1) > 0]

"""Lids travel the same share of the opening of their eye, so that an eye that closes closes on any face."""

import numpy as np

from motionloom.plugins.shape_transfer.arrays import Doubles
from motionloom.plugins.shape_transfer.correspond import Correspondence
from motionloom.plugins.shape_transfer.openings import rim_points
from motionloom.plugins.shape_transfer.skin import Skin

MEASURED_AT = (0.35, 0.5, 0.65)
"""Where between the corners an opening is measured; of `openings.FRACTIONS`."""

LEAST_GAIN, MOST_GAIN = 0.5, 2.0
"""Bounds, beyond which one of the eyes is no open eye."""

WHOLE, NONE = 0.6, 1.4
"""Distances from the middle of the eye, in its widths, up to which lids gain in full, and from which nothing does."""


def lid_gains(found: Correspondence) -> Doubles:
    """(N,) factors on the displacements of the source's skin: one but around eyes that open wider or less.

    Args:
        found: the correspondence.
    """
    source, target = found.source.skin, found.target.skin
    here, there = rim_points(source), rim_points(target)
    gains = np.ones(len(source.vertices))
    for eye in ("left_eye", "right_eye"):
        own, other = _height(source, here, eye), _height(target, there, eye)
        if own and other:
            gain = np.clip(other / (found.similarity.scale * own), LEAST_GAIN, MOST_GAIN)
            gains += (gain - 1) * _around(source, here, eye)
    return gains


def _height(skin: Skin, points: dict[str, int], eye: str) -> float:
    """How far an eye is open, metres; zero for one that was not found."""
    pairs = [(points.get(f"{eye}_upper_{at}"), points.get(f"{eye}_lower_{at}")) for at in MEASURED_AT]
    found = [
        float(np.linalg.norm(skin.vertices[upper] - skin.vertices[lower]))
        for upper, lower in pairs
        if upper is not None and lower is not None
    ]
    return float(np.mean(found)) if found else 0.0


def _around(skin: Skin, points: dict[str, int], eye: str) -> Doubles:
    """(N,) one on the lids, falling smoothly to zero around them."""
    corners = skin.vertices[[points[f"{eye}_left_corner"], points[f"{eye}_right_corner"]]]
    width = float(np.linalg.norm(corners[0] - corners[1]))
    distances = np.linalg.norm(skin.vertices - corners.mean(axis=0), axis=1) / max(width, 1e-12)
    share = np.clip((NONE - distances) / (NONE - WHOLE), 0.0, 1.0)
    smooth: Doubles = share * share * (3 - 2 * share)
    return smooth

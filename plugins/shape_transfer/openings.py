"""Eyes and mouth found on the skin of a face, and points along their rims that correspond between faces."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from motionloom.plugins.shape_transfer.arrays import Doubles, Indices
from motionloom.plugins.shape_transfer.skin import Skin
from motionloom.plugins.shape_transfer.topology import border, clusters, neighbours

FEWEST = 6
"""Vertices that a rim has at least."""

FRACTIONS = (0.2, 0.35, 0.5, 0.65, 0.8)
"""Where between the corners of an eye or the mouth the points are."""


@dataclass(frozen=True)
class Opening:
    """A hole of the skin, or the way into what is hidden.

    Args:
        rim: vertices of the outside around it.
        centre: (3,) middle of the rim's bounding box, metres.
        size: (3,) of that box, metres.
    """

    rim: Indices
    centre: Doubles
    size: Doubles


@dataclass(frozen=True)
class Rim:
    """The rim of an eye or of the mouth in two.

    Args:
        upper: its vertices on the upper lid or lip.
        lower: those on the lower.
    """

    upper: Indices
    lower: Indices


def rims(skin: Skin) -> dict[str, Rim]:
    """The rims of `left_eye`, `right_eye` and `mouth`; empty if not found.

    Args:
        skin: of a face, upright and facing +Z.
    """
    found = _eyes_and_mouth(_openings(skin))
    return {name: _halves(skin, name, opening.rim) for name, opening in found.items()}


def rim_points(skin: Skin) -> dict[str, int]:
    """Vertices of corners and lids and lips, by names that are the same for every face; empty if not found.

    Args:
        skin: of a face, upright and facing +Z.
    """
    points: dict[str, int] = {}
    for name, rim in rims(skin).items():
        points.update(_along_rim(skin, name, rim))
    return points


def _openings(skin: Skin) -> list[Opening]:
    count = len(skin.vertices)
    joined = neighbours(skin.faces, count)
    missing = ~skin.outside | (border(skin.faces, count) & ~skin.cut)
    found = []
    for members in clusters(joined, missing):
        around = np.zeros(count)
        around[members] = 1
        rim = np.flatnonzero(((joined @ around > 0) | (around > 0)) & skin.outside)
        if len(rim) >= FEWEST:
            low, high = skin.vertices[rim].min(axis=0), skin.vertices[rim].max(axis=0)
            found.append(Opening(rim, (low + high) / 2, high - low))
    return found


def _eyes_and_mouth(openings: list[Opening]) -> Mapping[str, Opening]:
    """The three openings that lie as eyes and a mouth do; of several such, the widest."""
    best: dict[str, Opening] = {}
    width = 0.0
    for left, right in permutations(openings, 2):
        if not _are_eyes(left, right):
            continue
        for mouth in _mouths_below(left, right, openings):
            total = float(left.size[0] + right.size[0] + mouth.size[0])
            if total > width:
                best, width = {"left_eye": left, "right_eye": right, "mouth": mouth}, total
    return best


def _are_eyes(left: Opening, right: Opening) -> bool:
    apart = left.centre - right.centre
    small, large = sorted((left.size[0], right.size[0]))
    level = abs(apart[1]) < 0.2 * apart[0] and abs(apart[2]) < 0.3 * apart[0]
    return bool(level and 0.25 * apart[0] < small and large < 0.85 * apart[0] and large < 1.6 * small)


def _mouths_below(left: Opening, right: Opening, openings: list[Opening]) -> Iterator[Opening]:
    apart, middle = left.centre[0] - right.centre[0], (left.centre + right.centre) / 2
    for mouth in openings:
        below = middle - mouth.centre
        centred = abs(below[0]) < 0.25 * apart and abs(below[2]) < apart
        if centred and 0.5 * apart < below[1] < 2 * apart and 0.35 * apart < mouth.size[0] < 1.6 * apart:
            yield mouth


def _halves(skin: Skin, name: str, rim: Indices) -> Rim:
    """A rim parted at the line between its corners."""
    positions = skin.vertices[rim]
    right, left = int(positions[:, 0].argmin()), int(positions[:, 0].argmax())
    along = _along(positions[:, 0], positions[right, 0], positions[left, 0])
    chord = positions[right, 1] + along * (positions[left, 1] - positions[right, 1])
    # Closed lips lie on one line: an upper lip looks down there, a lower lip up.
    upper = skin.normals[rim, 1] < 0 if name == "mouth" else positions[:, 1] > chord
    return Rim(rim[upper], rim[~upper])


def _along(places: Doubles, start: float, end: float) -> Doubles:
    shares: Doubles = (places - start) / max(end - start, 1e-12)
    return shares


def _along_rim(skin: Skin, name: str, rim: Rim) -> dict[str, int]:
    """Both corners, and points above and below by how far they are from one corner to the other."""
    whole = np.sort(np.concatenate((rim.upper, rim.lower)))
    across = skin.vertices[whole, 0]
    right, left = int(whole[across.argmin()]), int(whole[across.argmax()])
    found = {f"{name}_right_corner": right, f"{name}_left_corner": left}
    for side, members in (("upper", rim.upper), ("lower", rim.lower)):
        along = _along(skin.vertices[members, 0], skin.vertices[right, 0], skin.vertices[left, 0])
        for fraction in FRACTIONS if len(members) >= 3 else ():
            found[f"{name}_{side}_{fraction}"] = int(members[np.abs(along - fraction).argmin()])
    return found

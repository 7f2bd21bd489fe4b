"""Rotation, scale and translation that lay one face over another."""

from dataclasses import dataclass

import numpy as np

from motionloom.plugins.shape_transfer.arrays import Doubles, Indices
from motionloom.plugins.shape_transfer.correspondence import CompatiblePoints
from motionloom.plugins.shape_transfer.skin import Skin

STARTS = (0.85, 1.0, 1.18)
"""Factors on the first guess of the scale that are tried."""

ROUNDS = 20
"""Iterations of the closest points from each start."""

SAMPLES = 600
"""Points of each face that are matched."""

KEPT = 0.8
"""The share of matches, the closest ones, that count."""


@dataclass(frozen=True)
class Similarity:
    """`x -> scale * rotation @ x + translation`.

    Args:
        scale: positive.
        rotation: (3, 3) proper.
        translation: (3,) metres.
    """

    scale: float
    rotation: Doubles
    translation: Doubles

    def points(self, points: Doubles) -> Doubles:
        """(..., 3) positions carried over."""
        carried: Doubles = self.scale * points @ self.rotation.T + self.translation
        return carried

    def offsets(self, offsets: Doubles) -> Doubles:
        """(..., 3) differences of positions carried over."""
        carried: Doubles = self.scale * offsets @ self.rotation.T
        return carried

    def back(self, points: Doubles) -> Doubles:
        """(..., 3) positions whence `points` brings these."""
        carried: Doubles = (points - self.translation) @ self.rotation / self.scale
        return carried


def fit_similarity(points: Doubles, onto: Doubles) -> Similarity:
    """The similarity that takes points onto others with the least squares.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns",
    IEEE TPAMI 13(4), 1991, equations 40 to 42.

    Args:
        points: (N, 3) not all in one line.
        onto: (N, 3).
    """
    centre, onto_centre = points.mean(axis=0), onto.mean(axis=0)
    x, y = points - centre, onto - onto_centre
    u, singular, vt = np.linalg.svd(y.T @ x)
    signs = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = (u * signs) @ vt
    scale = float((singular * signs).sum() / (x**2).sum())
    return Similarity(scale, rotation, onto_centre - scale * rotation @ centre)


def align_by_surface(source: Skin, moving: Doubles, target: Skin) -> Similarity:
    """Iterated closest points, both ways, from the tip of the nose; the best of several first scales.

    Besl & McKay, "A method for registration of 3-D shapes", IEEE TPAMI 14(2), 1992.

    Args:
        source: whose face moves.
        moving: (N,) by how much each of its vertices moves at most, metres.
        target: on which it is to lie; both upright and facing +Z.
    """
    face = np.flatnonzero(source.outside & (moving > 0.1 * moving.max()))
    here, there = _nose_and_crown(source), _nose_and_crown(target)
    scale = (there[1] - there[0][1]) / max(here[1] - here[0][1], 1e-9)
    starts = [
        Similarity(scale * factor, np.eye(3), there[0] - scale * factor * here[0]) for factor in STARTS if scale > 0
    ]
    if not starts:
        return Similarity(target.width / source.width, np.eye(3), there[0] - target.width / source.width * here[0])
    searches = CompatiblePoints(source.vertices, source.faces), CompatiblePoints(target.vertices, target.faces)
    found = [_iterated(start, source, face, target, searches) for start in starts]
    return min(found, key=lambda one: one[1])[0]


def _nose_and_crown(skin: Skin) -> tuple[Doubles, float]:
    """The foremost point of the outside, and the height of the highest."""
    outside = skin.vertices[skin.outside]
    tip: Doubles = outside[outside[:, 2].argmax()]
    return tip, float(outside[:, 1].max())


def _iterated(
    start: Similarity, source: Skin, face: Indices, target: Skin, searches: tuple[CompatiblePoints, CompatiblePoints]
) -> tuple[Similarity, float]:
    """Where it settles, and the mean distance of the matches that count, in widths of the source."""
    current, error = start, np.inf
    own = face[:: max(1, len(face) // SAMPLES)]
    other = np.flatnonzero(target.outside)
    other = other[:: max(1, len(other) // (2 * SAMPLES))]
    for _ in range(ROUNDS):
        there = searches[1].query(current.points(source.vertices[own]), source.normals[own] @ current.rotation.T)
        here = searches[0].query(current.back(target.vertices[other]), target.normals[other] @ current.rotation)
        # Only what lies on the part that moves may pull: necks and backs of heads differ too much.
        on_face = here.distances < 0.25 * source.width
        points = np.concatenate((source.vertices[own], here.positions[on_face]))
        onto = np.concatenate((there.positions, target.vertices[other][on_face]))
        distances = np.concatenate((there.distances / current.scale, here.distances[on_face]))
        close = np.isfinite(distances) & (distances <= np.quantile(distances, KEPT))
        if close.sum() < 10:
            break
        error = float(distances[close].mean() / source.width)
        current = fit_similarity(points[close], onto[close])
    return current, error

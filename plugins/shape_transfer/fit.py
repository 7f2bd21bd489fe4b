"""How well one face lies on another, and what of its shapes arrived."""

from dataclasses import dataclass

import numpy as np
import torch

from motionloom.core.data import vertex_normals
from motionloom.core.errors import NodeError
from motionloom.plugins.shape_transfer.arrays import Doubles
from motionloom.plugins.shape_transfer.correspond import Correspondence
from motionloom.plugins.shape_transfer.correspondence import CompatiblePoints
from motionloom.plugins.shape_transfer.deformation import NEAR, hat_gradients

LEAST_COVER = 0.5
"""Share of the moving face that must lie on the target, or the two have not been brought together."""


@dataclass(frozen=True)
class Fit:
    """How well a source face lies on a target face.

    Args:
        scale: size of the target over that of the source.
        width: of the target's face, from the leftmost to the rightmost vertex of its outside, metres.
        median: distance of the laid source from the target, metres.
        percentile_95: likewise.
        coverage: (S,) of what a shape moves, by area and squared displacement, the share that lies on the target.
        strength: (S,) the largest displacement of a shape on the target over that on the source, sizes alike.
        rims: whether eyes and mouth were found on both faces and matched.
        skin_cover: share of all that moves that lies on the target.
    """

    scale: float
    width: float
    median: float
    percentile_95: float
    coverage: tuple[float, ...]
    strength: tuple[float, ...]
    rims: bool
    skin_cover: float


def fit_of(found: Correspondence, offsets: Doubles, carried: Doubles) -> Fit:
    """Measure a correspondence and the shapes that were carried over it.

    Args:
        found: the correspondence.
        offsets: (S, V, 3) of the source's mesh, metres.
        carried: (S, N, 3) of the target's region, metres.

    Raises:
        NodeError: less than half of what moves lies on the target.
    """
    skin, scale = found.source.skin, found.similarity.scale
    distances = _distances(found)
    near = distances < NEAR * scale * skin.width
    energy = _energy(found, offsets)
    whole = energy.sum(axis=1)
    cover = float(energy[:, near].sum() / max(whole.sum(), 1e-300))
    if cover < LEAST_COVER:
        raise NodeError(
            f"the faces could not be brought together: {cover:.0%} of what moves on the source lies on the target",
            remedy="stand both upright facing +Z, or give landmarks",
        )
    on_face = distances[near & energy.any(axis=0)]
    return Fit(
        scale=scale,
        width=found.target.skin.width,
        median=float(np.median(on_face)),
        percentile_95=float(np.quantile(on_face, 0.95)),
        coverage=_shares(energy[:, near].sum(axis=1), whole),
        strength=_shares(_largest(carried), scale * _largest(offsets)),
        rims=found.rims,
        skin_cover=cover,
    )


def _distances(found: Correspondence) -> Doubles:
    """(N,) from the laid vertices of the source's skin to the target's skin; infinite where it looks away."""
    skin, target = found.source.skin, found.target.skin
    normals = vertex_normals(torch.from_numpy(found.laid), torch.from_numpy(skin.faces)).numpy()
    return CompatiblePoints(target.vertices, target.faces).query(found.laid, normals).distances


def _energy(found: Correspondence, offsets: Doubles) -> Doubles:
    """(S, N) squared displacements of the outside of the source's skin, by area."""
    side = found.source
    areas = hat_gradients(side.skin.vertices, side.skin.faces).areas
    around = np.bincount(side.skin.faces.reshape(-1), np.repeat(areas, 3), minlength=len(side.skin.vertices))
    own = offsets[:, side.region.mesh_vertices[side.skin.region_vertices]]
    energy: Doubles = (own**2).sum(axis=2) * around * side.skin.outside
    return energy


def _largest(offsets: Doubles) -> Doubles:
    longest: Doubles = np.linalg.norm(offsets, axis=2).max(axis=1, initial=0.0)
    return longest


def _shares(part: Doubles, whole: Doubles) -> tuple[float, ...]:
    """Of nothing, all is there."""
    return tuple(np.where(whole > 0, part / np.where(whole > 0, whole, 1), 1.0).tolist())

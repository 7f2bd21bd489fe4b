"""A surface as points with normals, among which to look for the closest."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from torch import Tensor

from motionloom.plugins.surface.nearest import face_normals
from motionloom.plugins.surface.resample import sample_surface

SAMPLES = 20000
"""Points that stand for the surface: 3 mm apart on a head."""

NORMAL_WEIGHT = 0.35
"""A right angle between normals counts as this many radii, times the root of two."""


@dataclass(frozen=True)
class Pairs:
    """The points of a surface that are closest to others in place and direction.

    Args:
        positions: (*batch, N, 3) of the surface.
        normals: (*batch, N, 3) unit.
        distances: (*batch, N) in radii of the surface, normals included.
    """

    positions: Float[Tensor, "*batch points 3"]
    normals: Float[Tensor, "*batch points 3"]
    distances: Float[Tensor, "*batch points"]


class HeadSurface:
    """The surface on which a template is laid.

    Args:
        vertices: (V, 3) positions in any unit.
        faces: (F, 3) consistently oriented.
    """

    def __init__(self, vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"]) -> None:
        exact = vertices.double().cpu()
        drawn = sample_surface(exact, faces.cpu(), SAMPLES, torch.Generator().manual_seed(0))
        self._positions, self._normals = drawn.positions, face_normals(exact, faces.cpu())[drawn.faces]
        self.centre = self._positions.mean(0)
        self.radius = (self._positions - self.centre).square().sum(-1).mean().sqrt()
        self._tree = cKDTree(self._keys(self._positions, self._normals))

    def pairs(self, positions: Float[Tensor, "*batch points 3"], normals: Float[Tensor, "*batch points 3"]) -> Pairs:
        """What is closest to each point with its normal."""
        distances, found = self._tree.query(self._keys(positions, normals))
        apart = torch.from_numpy(distances).view(positions.shape[:-1])
        return Pairs(self._positions[found].view_as(positions), self._normals[found].view_as(positions), apart)

    def _keys(
        self, positions: Float[Tensor, "*batch points 3"], normals: Float[Tensor, "*batch points 3"]
    ) -> NDArray[np.float64]:
        keys = torch.cat(((positions - self.centre) / self.radius, NORMAL_WEIGHT * normals), dim=-1)
        flat: NDArray[np.float64] = keys.reshape(-1, 6).numpy()
        return flat

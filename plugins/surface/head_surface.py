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

COARSE, FINE = 2500, 20000
"""Points that stand for the surface: 8 and 3 mm apart on a head."""

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
        exact, corners = vertices.double().cpu(), faces.cpu()
        normals = face_normals(exact, corners)
        self._samples = {count: _drawn(exact, corners, normals, count) for count in (COARSE, FINE)}
        fine, _ = self._samples[FINE]
        self.centre = fine.mean(0)
        self.radius = (fine - self.centre).square().sum(-1).mean().sqrt()
        self._trees = {count: cKDTree(self._keys(*drawn)) for count, drawn in self._samples.items()}

    def pairs(
        self, positions: Float[Tensor, "*batch points 3"], normals: Float[Tensor, "*batch points 3"], samples: int
    ) -> Pairs:
        """What is closest to each point with its normal.

        Args:
            positions: (*batch, N, 3) where to look from.
            normals: (*batch, N, 3) unit.
            samples: `COARSE` or `FINE`.
        """
        distances, found = self._trees[samples].query(self._keys(positions, normals))
        places, directions = self._samples[samples]
        apart = torch.from_numpy(distances).view(positions.shape[:-1])
        return Pairs(places[found].view_as(positions), directions[found].view_as(positions), apart)

    def _keys(self, positions: Float[Tensor, "*batch 3"], normals: Float[Tensor, "*batch 3"]) -> NDArray[np.float64]:
        keys = torch.cat(((positions - self.centre) / self.radius, NORMAL_WEIGHT * normals), dim=-1)
        flat: NDArray[np.float64] = keys.reshape(-1, 6).numpy()
        return flat


def _drawn(
    vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"], normals: Float[Tensor, "faces 3"], count: int
) -> tuple[Float[Tensor, "points 3"], Float[Tensor, "points 3"]]:
    drawn = sample_surface(vertices, faces, count, torch.Generator().manual_seed(0))
    return drawn.positions, normals[drawn.faces]

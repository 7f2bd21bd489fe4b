"""Random points on a surface."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.errors import DataError


@dataclass(frozen=True)
class SurfacePoints:
    """Points on a mesh.

    Args:
        faces: (N,) face that each is on.
        barycentrics: (N, 3) weights of that face's corners, summing to one.
        positions: (N, 3) where they are.
    """

    faces: Int[Tensor, "points"]
    barycentrics: Float[Tensor, "points 3"]
    positions: Float[Tensor, "points 3"]


def sample_surface(
    vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"], count: int, generator: torch.Generator
) -> SurfacePoints:
    """Points spread by area: evenly along the faces in their order, at random within each.

    Osada et al., "Shape Distributions", ACM Transactions on Graphics 21(4), 2002, equation 1; the faces
    are drawn by stratified sampling.

    Args:
        vertices: (V, 3) positions.
        faces: (F, 3) vertex indices.
        count: how many points.
        generator: on the device of `vertices`.

    Raises:
        DataError: the mesh has no area.
    """
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    areas = torch.linalg.cross(b - a, c - a).norm(dim=-1).double()
    if not areas.sum() > 0:
        raise DataError("a surface without area has no points to draw", remedy="give a mesh with a surface")
    draw = torch.rand(count, 3, generator=generator, device=vertices.device, dtype=torch.float64)
    heights = (torch.arange(count, device=vertices.device) + draw[:, 0]) / count
    total = areas.cumsum(0)
    chosen = torch.searchsorted(total, heights * total[-1]).clamp_max(len(faces) - 1)
    root = draw[:, 1].sqrt()
    weights = torch.stack((1 - root, root * (1 - draw[:, 2]), root * draw[:, 2]), dim=-1).to(vertices)
    positions = (weights.unsqueeze(-1) * vertices[faces[chosen]]).sum(1)
    return SurfacePoints(chosen, weights, positions)

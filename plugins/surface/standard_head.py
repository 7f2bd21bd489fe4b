"""A face in the standard frame, with the way back to where it came from."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.data import Mesh
from motionloom.core.data import vertex_normals as normals_of
from motionloom.plugins.surface.similarity import Similarity

DECIMETRES = 10.0
"""Decimetres in a metre."""


@dataclass(frozen=True)
class StandardHead:
    """One connected piece of skin in the standard frame: metres, +Y up, facing +Z, as large as an average head.

    Args:
        mesh: the skin; its borders are eyes, mouth, and where the head ends.
        sources: (N,) the vertex of the original mesh that each of its vertices is.
        targets: (V,) the vertex of `mesh` that each vertex of the original is, -1 where it was left out;
            those that a file had split along a seam share one.
        placed: from the standard frame to where the original is.
    """

    mesh: Mesh
    sources: Int[Tensor, "kept"]
    targets: Int[Tensor, "vertices"]
    placed: Similarity

    def standard(self, positions: Float[Tensor, "*frames vertices 3"]) -> Float[Tensor, "*frames kept 3"]:
        """Positions of the original's vertices as positions of the skin in the standard frame.

        Args:
            positions: (*frames, V, 3) of the original.
        """
        there = self.placed.inverse()
        turned = positions[..., self.sources, :] @ there.rotation.mT
        return turned * there.scale + there.translation

    def original_offsets(self, offsets: Float[Tensor, "*frames kept 3"]) -> Float[Tensor, "*frames vertices 3"]:
        """Offsets of the skin in the standard frame as offsets of the original's vertices, zero where left out.

        Args:
            offsets: (*frames, N, 3) of the skin.
        """
        moved = self.placed.scale * (offsets @ self.placed.rotation.mT)
        spread = moved[..., self.targets.clamp_min(0), :]
        return torch.where((self.targets >= 0).unsqueeze(-1), spread, 0.0)


def build_standard_head(
    vertices: Float[Tensor, "vertices 3"],
    faces: Int[Tensor, "faces 3"],
    standing: Int[Tensor, "vertices"],
    placed: Similarity,
) -> StandardHead:
    """The value from the faces that were kept.

    Args:
        vertices: (V, 3) of the original.
        faces: (F, 3) kept, of vertices that stand for themselves.
        standing: (V,) from `weld_seams`.
        placed: from the standard frame to the original, in float64.
    """
    sources, corners = torch.unique(faces, return_inverse=True)
    numbers = torch.full((len(vertices),), -1, device=faces.device)
    numbers[sources] = torch.arange(len(sources), device=faces.device)
    there = placed.inverse()
    exact = vertices[sources].double() @ there.rotation.mT * there.scale + there.translation
    positions = exact.to(vertices.dtype)
    mesh = Mesh(positions, corners, normals_of(positions, corners))
    return StandardHead(mesh, sources, numbers[standing], _single(placed, vertices))


def _single(placed: Similarity, like: Tensor) -> Similarity:
    return replace(
        placed,
        rotation=placed.rotation.to(like),
        scale=placed.scale.to(like),
        translation=placed.translation.to(like),
    )

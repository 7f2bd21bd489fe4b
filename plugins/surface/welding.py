"""Joining a surface that a file cut along seams."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.plugins.surface.boundaries import boundary_edges


def weld_seams(vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"]) -> Int[Tensor, "vertices"]:
    """The vertex that stands for each: itself, or the first border vertex at exactly the same place.

    Files cut a surface where its texture or shading jumps, and every cut is a border. Vertices inside
    the surface are never joined, so that lips which touch stay apart.

    Args:
        vertices: (V, 3) metres.
        faces: (F, 3) vertex indices.
    """
    border = boundary_edges(faces).unique()
    _, places = torch.unique(vertices[border], dim=0, return_inverse=True)
    first = torch.full((len(border),), len(vertices), device=faces.device)
    first = first.scatter_reduce(0, places, border, "amin")
    standing = torch.arange(len(vertices), device=faces.device)
    standing[border] = first[places]
    return standing

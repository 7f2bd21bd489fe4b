"""Vertex normals."""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def vertex_normals(vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"]) -> Float[Tensor, "vertices 3"]:
    """Unit normals, the mean of the adjoining faces' normals weighted by their area.

    A vertex that no face of any area touches gets the normal +Y: a zero normal is invalid in
    every file format.
    """
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    weighted = torch.linalg.cross(b - a, c - a)
    total = torch.zeros_like(vertices)
    for corner in range(3):
        _add_rows(total, faces[:, corner], weighted)
    lengths = total.norm(dim=-1, keepdim=True)
    up = total.new_tensor([0.0, 1.0, 0.0]).expand_as(total)
    return torch.where(lengths > 1e-20, total / lengths.clamp_min(1e-20), up)


def _add_rows(total: Tensor, rows: Tensor, values: Tensor) -> None:
    """Add values to rows, always in the same order, so that the same faces give the same bits."""
    # Each of the two does so on one kind of device only.
    if total.is_cuda:
        total.index_put_((rows,), values, accumulate=True)
    else:
        total.index_add_(0, rows, values)

"""Gradients of functions on a surface, in a tangent frame at each vertex.

One-ring least squares as in Sharp et al., "DiffusionNet: Discretization Agnostic Learning on
Surfaces", ACM Transactions on Graphics 41(3), 2022, section 3.4.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.plugins.surface.adjacency import undirected_edges

REGULARISATION = 1e-5
"""Added to the normal equations, in their own mean size: what makes a vertex with one neighbour solvable."""


@dataclass(frozen=True)
class Gradients:
    """The two sparse matrices of the gradient, which share their places.

    Args:
        rows: (N,) vertex at which the gradient is, in ascending order.
        columns: (N,) vertex whose value counts, ascending in each row.
        along_x: (N,) what it adds along the frame's first vector, per metre.
        along_y: (N,) likewise along the second.
    """

    rows: Int[Tensor, "entries"]
    columns: Int[Tensor, "entries"]
    along_x: Float[Tensor, "entries"]
    along_y: Float[Tensor, "entries"]


def tangent_frames(normals: Float[Tensor, "vertices 3"]) -> Float[Tensor, "vertices 2 3"]:
    """Two unit vectors that make a right-handed frame with each normal, without a branch on its direction.

    Duff et al., "Building an Orthonormal Basis, Revisited", JCGT 6(1), 2017.

    Args:
        normals: (V, 3) unit.
    """
    x, y, z = normals.unbind(-1)
    sign = torch.copysign(torch.ones_like(z), z)
    a = -1 / (sign + z)
    b = x * y * a
    first = torch.stack((1 + sign * x * x * a, sign * b, -sign * x), dim=-1)
    second = torch.stack((b, sign + y * y * a, -y), dim=-1)
    return torch.stack((first, second), dim=1)


def gradients(
    vertices: Float[Tensor, "vertices 3"],
    faces: Int[Tensor, "faces 3"],
    frames: Float[Tensor, "vertices 2 3"],
) -> Gradients:
    """The gradient of a function on the vertices: what fits its changes along all edges of a vertex best.

    Rows of vertices that no face has are empty.

    Args:
        vertices: (V, 3) metres.
        faces: (F, 3) vertex indices.
        frames: (V, 2, 3) of `tangent_frames`.
    """
    edges, _ = undirected_edges(faces)
    starts, ends = torch.cat((edges, edges.flip(1))).T
    offsets = vertices[ends] - vertices[starts]
    planar = (frames[starts] @ offsets.unsqueeze(-1)).squeeze(-1)
    weights = _least_squares(planar, starts, len(vertices))
    own = torch.zeros(len(vertices), 2, dtype=weights.dtype, device=weights.device).index_add_(0, starts, -weights)
    used = starts.unique()
    rows, columns = torch.cat((starts, used)), torch.cat((ends, used))
    order = torch.argsort(rows * len(vertices) + columns)
    along = torch.cat((weights, own[used]))[order]
    return Gradients(rows[order], columns[order], along[:, 0].contiguous(), along[:, 1].contiguous())


def _least_squares(planar: Float[Tensor, "edges 2"], starts: Int[Tensor, "edges"], count: int) -> Tensor:
    """(E, 2) what the change along each edge adds to its first vertex's gradient: `(X^T X)^-1 X^T`."""
    squares = planar.unsqueeze(-1) * planar.unsqueeze(-2)
    normal = planar.new_zeros(count, 2, 2).index_add_(0, starts, squares)
    size = (normal[:, 0, 0] + normal[:, 1, 1]) / 2
    tiny = torch.finfo(planar.dtype).tiny
    damping = (REGULARISATION * size).clamp_min(tiny)[:, None, None] * torch.eye(2).to(planar)
    # A vertex whose neighbours lie where it does has no gradient.
    inverse = torch.where((size > 0)[:, None, None], torch.linalg.pinv(normal + damping, hermitian=True), 0.0)
    return (inverse[starts] @ planar.unsqueeze(-1)).squeeze(-1)

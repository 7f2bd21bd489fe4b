"""Which vertices and faces touch."""

import numpy as np
import torch
from jaxtyping import Int
from scipy import sparse
from torch import Tensor

CORNER_PAIRS = ((0, 1), (1, 2), (2, 0))
"""The edges of a triangle, in the direction in which it runs along them."""


def directed_edges(faces: Int[Tensor, "faces 3"]) -> Int[Tensor, "edges 2"]:
    """The three edges of every face in its own direction, (3 F, 2): edge k of face f is row `3 f + k`."""
    return torch.stack([faces[:, list(pair)] for pair in CORNER_PAIRS], dim=1).reshape(-1, 2).long()


def undirected_edges(faces: Int[Tensor, "faces 3"]) -> tuple[Int[Tensor, "edges 2"], Int[Tensor, "edges"]]:
    """Each edge once, lower vertex first, in order, and how many faces have it.

    One face is a border, two are the inside of a surface, more a non-manifold edge. An edge from a
    vertex to itself, as collapsed faces have, is left out.
    """
    both = directed_edges(faces)
    ordered = both[both[:, 0] != both[:, 1]].sort(dim=1).values
    count = int(ordered.max()) + 1 if len(ordered) else 1
    keys, counts = torch.unique(_keys(ordered, count), return_counts=True)
    return torch.stack((keys // count, keys % count), dim=1), counts


def edge_numbers(edges: Int[Tensor, "edges 2"]) -> tuple[Int[Tensor, "edges"], Int[Tensor, "distinct"]]:
    """A number for each edge, the same for the same two vertices either way round, and how often each number is.

    Args:
        edges: (E, 2) vertex indices.
    """
    count = int(edges.max()) + 1 if len(edges) else 1
    _, numbers, counts = torch.unique(_keys(edges.sort(dim=1).values, count), return_inverse=True, return_counts=True)
    return numbers, counts


def _keys(ordered: Int[Tensor, "edges 2"], count: int) -> Int[Tensor, "edges"]:
    """One integer an edge, in the order of the edges: many times faster to sort than rows are."""
    return ordered[:, 0] * count + ordered[:, 1]


def adjacency_matrix(edges: Int[Tensor, "edges 2"], vertices: int) -> sparse.csr_array:
    """A symmetric (V, V) matrix with a one for each edge.

    Args:
        edges: (E, 2) each once.
        vertices: how many there are.
    """
    first, second = edges.cpu().numpy().T
    rows, columns = np.concatenate((first, second)), np.concatenate((second, first))
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(vertices, vertices))


def vertices_in_faces(faces: Int[Tensor, "faces 3"], vertices: int) -> Tensor:
    """(V,) whether any face has the vertex; the others are loose.

    Args:
        faces: (F, 3) vertex indices.
        vertices: how many there are.
    """
    used = torch.zeros(vertices, dtype=torch.bool, device=faces.device)
    used[faces.reshape(-1).long()] = True
    return used

"""Pieces of a surface that do not touch."""

import numpy as np
import torch
from jaxtyping import Int
from scipy.sparse import csgraph
from torch import Tensor

from motionloom.plugins.surface.adjacency import adjacency_matrix, undirected_edges


def vertex_components(faces: Int[Tensor, "faces 3"], vertices: int) -> Int[Tensor, "vertices"]:
    """The number of the piece that each vertex is in: 0 has the most vertices, then the next; ties by first vertex.

    Vertices of one face are in one piece. A vertex that no face has is a piece of its own.

    Args:
        faces: (F, 3) vertex indices.
        vertices: how many there are.
    """
    edges, _ = undirected_edges(faces)
    count, labels = csgraph.connected_components(adjacency_matrix(edges, vertices), directed=False)
    sizes = np.bincount(labels, minlength=count)
    first = np.full(count, vertices)
    np.minimum.at(first, labels, np.arange(vertices))
    rank = np.empty(count, dtype=np.int64)
    rank[np.lexsort((first, -sizes))] = np.arange(count)
    return torch.from_numpy(rank[labels]).to(faces.device)

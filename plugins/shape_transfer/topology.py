"""Vertices, faces and who touches whom, on arrays."""

import numpy as np
import torch
from scipy import sparse
from scipy.sparse import csgraph

from motionloom.plugins.shape_transfer.arrays import Doubles, Flags, Indices
from motionloom.plugins.surface.adjacency import adjacency_matrix, undirected_edges


def weld(vertices: Doubles, faces: Indices) -> tuple[Indices, Indices, Indices]:
    """Take border vertices at one place for one, as files split surfaces along seams of texture and normals.

    Only borders: what merely lies on a surface, such as lashes on a lid, must not become part of it.
    Gives one vertex of each place (W,), the place of each vertex (V,), and the faces between places
    without those that lost an edge.

    Args:
        vertices: (V, 3) positions.
        faces: (F, 3) vertex indices.
    """
    own = np.where(border(faces, len(vertices)), -1, np.arange(len(vertices)))
    keys = np.concatenate((vertices, own[:, None]), axis=1)
    _, first, places = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    joined = places.reshape(-1)[faces]
    a, b, c = joined.T
    return first, places.reshape(-1), joined[(a != b) & (b != c) & (c != a)]


def cut_out(faces: Indices, wanted: Flags) -> tuple[Indices, Indices]:
    """Faces all of whose vertices are wanted: the vertices that they use, and the faces between those.

    Args:
        faces: (F, 3) vertex indices.
        wanted: (V,) which vertices.
    """
    kept = faces[wanted[faces].all(axis=1)]
    used, numbered = np.unique(kept, return_inverse=True)
    return used, numbered.reshape(-1, 3)


def neighbours(faces: Indices, vertices: int) -> sparse.csr_array:
    """A symmetric (V, V) matrix with a one for each edge."""
    edges, _ = undirected_edges(torch.from_numpy(faces))
    return adjacency_matrix(edges, vertices)


def border(faces: Indices, vertices: int) -> Flags:
    """(V,) which vertices lie on an edge of one face alone."""
    edges, counts = undirected_edges(torch.from_numpy(faces))
    found = np.zeros(vertices, dtype=np.bool_)
    found[edges[counts == 1].numpy().reshape(-1)] = True
    return found


def clusters(joined: sparse.csr_array, members: Flags) -> list[Indices]:
    """Members that hang together, as vertex indices; in the order of their first.

    Args:
        joined: (V, V) adjacency.
        members: (V,) which vertices to look at.
    """
    which = np.flatnonzero(members)
    if len(which) == 0:
        return []
    count, labels = csgraph.connected_components(joined[which][:, which], directed=False)
    order = np.argsort(labels, kind="stable")
    return list(np.split(which[order], np.cumsum(np.bincount(labels, minlength=count))[:-1]))

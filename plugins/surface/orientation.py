"""Making all triangles of a surface run the same way round."""

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph
from torch import Tensor

from motionloom.plugins.surface.adjacency import directed_edges, edge_numbers


def flipped_faces(faces: Int[Tensor, "faces 3"]) -> Bool[Tensor, "faces"]:
    """The faces that run the other way round than most of their piece.

    Neighbours agree when they run along their shared edge in opposite directions. Edges of more than
    two faces say nothing. None is flipped in a piece with one side only, as of a Moebius strip.

    Args:
        faces: (F, 3) vertex indices.
    """
    count = len(faces)
    one, other, agree = _neighbours(faces.cpu())
    # Each face twice, as it is and turned over: what hangs together is consistent.
    first = np.concatenate((one, one + count))
    second = np.concatenate((np.where(agree, other, other + count), np.where(agree, other + count, other)))
    graph = sparse.csr_array((np.ones(len(first)), (first, second)), shape=(2 * count, 2 * count))
    _, labels = csgraph.connected_components(graph, directed=False)
    as_is = np.bincount(labels[:count], minlength=labels.max(initial=0) + 1)
    kept, turned = as_is[labels[:count]], as_is[labels[count:]]
    # Where as many run either way, the first face is right.
    first_face = np.full(len(as_is), count)
    np.minimum.at(first_face, labels[:count], np.arange(count))
    tie = (kept == turned) & (first_face[labels[:count]] > first_face[labels[count:]])
    one_sided = labels[:count] == labels[count:]
    return torch.from_numpy(((kept < turned) | tie) & ~one_sided).to(faces.device)


def _neighbours(faces: Int[Tensor, "faces 3"]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Pairs of faces at an edge that has two, and whether they agree."""
    directed = directed_edges(faces)
    numbers, counts = edge_numbers(directed)
    order = torch.argsort(numbers, stable=True)
    pairs = order[counts[numbers[order]] == 2].reshape(-1, 2)
    agree = directed[pairs[:, 0], 0] != directed[pairs[:, 1], 0]
    owner = (pairs // 3).numpy()
    return owner[:, 0], owner[:, 1], agree.numpy()


def faces_outward(vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"]) -> bool:
    """Whether most of a surface looks away from its middle.

    Args:
        vertices: (V, 3) positions.
        faces: (F, 3) consistently oriented.
    """
    a, b, c = (vertices[faces[:, corner]].double() for corner in range(3))
    across, centres = torch.linalg.cross(b - a, c - a), (a + b + c) / 3
    areas = across.norm(dim=-1, keepdim=True)
    middle = (areas * centres).sum(0) / areas.sum().clamp_min(torch.finfo(torch.float64).tiny)
    return bool((across * (centres - middle)).sum() >= 0)

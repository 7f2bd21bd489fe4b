"""The Laplace-Beltrami operator of a triangle mesh: cotangent stiffness and lumped mass.

Triangles count by their edge lengths alone, which are first lengthened a little, all by the same,
so that none is degenerate: the intrinsic mollification of Sharp & Crane, "A Laplacian for Nonmanifold
Triangle Meshes", Computer Graphics Forum 39(5), 2020, section 4.5. Each triangle adds a positive
semi-definite matrix, so non-manifold edges and flipped faces do no harm.
"""

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor

Doubles = NDArray[np.float64]

MOLLIFICATION = 1e-5
"""By how much of the mean edge length any two edges of a triangle must at least outreach the third."""


def laplacian(vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"]) -> tuple[sparse.csr_array, Doubles]:
    """Cotangent stiffness (V, V), positive semi-definite, and lumped mass (V,): `L u = lambda M u`.

    The mass of a vertex is a third of the area of the faces around it; rows and masses of vertices
    that no face has are zero. Units are those of the vertices, squared for the mass.

    Args:
        vertices: (V, 3) positions.
        faces: (F, 3) vertex indices; one that names a vertex twice adds nothing.
    """
    corners = _proper_faces(faces.cpu().numpy())
    lengths = mollified(_opposite_lengths(vertices.detach().double().cpu().numpy(), corners))
    areas = _areas(lengths)
    count = len(vertices)
    mass = np.zeros(count)
    np.add.at(mass, corners, areas[:, None] / 3)
    return _stiffness(_cotangents(lengths, areas), corners, count), mass


def _proper_faces(faces: NDArray[np.int64]) -> NDArray[np.int64]:
    a, b, c = faces.T
    return faces[(a != b) & (b != c) & (c != a)]


def _opposite_lengths(vertices: Doubles, faces: NDArray[np.int64]) -> Doubles:
    """(F, 3) length of the edge opposite each corner."""
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    return np.stack([np.linalg.norm(edge, axis=1) for edge in (c - b, a - c, b - a)], axis=1)


def mollified(lengths: Doubles) -> Doubles:
    """Edge lengths of triangles, all made longer by the least that makes every triangle proper.

    Args:
        lengths: (F, 3).
    """
    if len(lengths) == 0:
        return lengths
    margin = MOLLIFICATION * lengths.mean()
    lacking = margin + 2 * lengths.max(axis=1) - lengths.sum(axis=1)
    return lengths + max(float(lacking.max()), 0.0)


def _areas(lengths: Doubles) -> Doubles:
    """Areas from edge lengths, accurate for needles: Kahan's ordering of Heron's formula."""
    c, b, a = np.sort(lengths, axis=1).T
    squared = (a + (b + c)) * (c - (a - b)) * (c + (a - b)) * (a + (b - c))
    return 0.25 * np.sqrt(np.maximum(squared, 0.0))


def _cotangents(lengths: Doubles, areas: Doubles) -> Doubles:
    """(F, 3) cotangent of the angle at each corner, by the law of cosines."""
    squared = lengths**2
    # A mesh whose every edge is of length zero has no angles; it gets no stiffness.
    tiny = np.finfo(np.float64).tiny
    return (squared.sum(axis=1, keepdims=True) - 2 * squared) / np.maximum(4 * areas, tiny)[:, None]


def _stiffness(cotangents: Doubles, faces: NDArray[np.int64], count: int) -> sparse.csr_array:
    weights = 0.5 * cotangents.reshape(-1)
    starts, ends = faces[:, [1, 2, 0]].reshape(-1), faces[:, [2, 0, 1]].reshape(-1)
    rows = np.concatenate((starts, ends, starts, ends))
    columns = np.concatenate((ends, starts, starts, ends))
    values = np.concatenate((-weights, -weights, weights, weights))
    return sparse.csr_array((values, (rows, columns)), shape=(count, count))

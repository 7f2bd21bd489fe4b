"""Lay one face's surface over another's: as similar as possible, with decreasing stiffness."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from scipy import sparse
from scipy.sparse.linalg import SuperLU, splu

from motionloom.core.data import vertex_normals
from motionloom.plugins.shape_transfer.arrays import Doubles, Flags, Indices
from motionloom.plugins.shape_transfer.correspondence import CompatiblePoints
from motionloom.plugins.shape_transfer.skin import Skin
from motionloom.plugins.surface.laplacian import laplacian

LEVELS = 10
"""Steps of the stiffness."""

ROUNDS = 3
"""Times that each step looks for closest points anew."""

STIFFEST, SOFTEST = 0.5, 0.012
"""Over what length matches pull on the surface at the first and last step, in widths of the face."""

RIM_FIRST, RIM_LAST = 10.0, 3.0
"""Weights of the points on rims at the first and last step, where an edge weighs about one."""

GIVEN = 10.0
"""Weight of points that the user gave, at every step."""

SMOOTHING = 8
"""Rings over which local similarities are averaged at the first step; fewer at each, none at the last."""

FAR_FIRST, FAR_LAST = 0.15, 0.04
"""Distance beyond which a closest point is none, at the first and last step, in widths of the face."""

EDGE_LEAST, EDGE_MOST = 0.05, 5.0
"""Bounds of cotangent weights, so that a bad triangle neither pulls apart nor locks."""


@dataclass(frozen=True)
class Anchors:
    """Vertices whose places are known.

    Args:
        vertices: (N,) of the surface that is laid over.
        positions: (N, 3) where they belong, metres.
        given: (N,) by the user, rather than found on rims.
    """

    vertices: Indices
    positions: Doubles
    given: Flags


@dataclass(frozen=True)
class _Stiffness:
    """What keeps a surface in shape: its edges, both ways, and their weights."""

    starts: Indices
    ends: Indices
    weights: Doubles
    offsets: Doubles
    squares: Doubles
    matrix: sparse.csr_array
    sums: sparse.csr_array
    average: sparse.csr_array


def register(skin: Skin, start: Doubles, target: Skin, anchors: Anchors, progress: Callable[[float], None]) -> Doubles:
    """Where the vertices of a skin come to lie on another skin.

    Minimises `sum w_ij |p_i - p_j - T_ij e_ij|^2 + sum m_i / l^2 |p_i - q_i|^2`, by turns over positions p
    and over local similarities T, with q the closest points that look the same way and the length l
    going down: the optimal step scheme of Amberg, Romdhani & Vetter, "Optimal Step Nonrigid ICP
    Algorithms for Surface Registration", CVPR 2007, with the local-global energy of Sorkine & Alexa,
    "As-Rigid-As-Possible Surface Modeling", SGP 2007, relaxed to similarities.

    Args:
        skin: what is laid over.
        start: (N, 3) its vertices, aligned with the target, metres.
        target: on what.
        anchors: points known to correspond.
        progress: told a fraction from 0 to 1.
    """
    stiffness, mass = _stiffness(start, skin.faces)
    search = CompatiblePoints(target.vertices, target.faces)
    width = float(np.ptp(start[skin.outside, 0]))
    current = start
    for step, fraction in enumerate(np.linspace(0, 1, LEVELS)):
        length = width * STIFFEST ** (1 - fraction) * SOFTEST**fraction
        far = width * (FAR_FIRST + fraction * (FAR_LAST - FAR_FIRST))
        rim = RIM_FIRST ** (1 - fraction) * RIM_LAST**fraction
        for turn in range(ROUNDS):
            weights, pulls = _matched(skin, current, target, search, far)
            weights = weights * mass / length**2
            pulls = weights[:, None] * pulls
            held = np.where(anchors.given, GIVEN, rim)
            np.add.at(weights, anchors.vertices, held)
            np.add.at(pulls, anchors.vertices, held[:, None] * anchors.positions)
            bent = _bent_edges(stiffness, current, round(SMOOTHING * (1 - fraction)))
            current = factorised(stiffness.matrix + sparse.diags_array(weights + 1e-9)).solve(bent + pulls)
            progress((step * ROUNDS + turn + 1) / (LEVELS * ROUNDS))
    return current


def _matched(
    skin: Skin, current: Doubles, target: Skin, search: CompatiblePoints, far: float
) -> tuple[Doubles, Doubles]:
    """(N,) one where a vertex of the outside has a match on the outside, and (N, 3) the matches."""
    normals = vertex_normals(torch.from_numpy(current), torch.from_numpy(skin.faces)).numpy()
    matches = search.query(current, normals)
    taken = skin.outside & (matches.distances < far) & search.all_corners(matches, target.outside)
    return taken.astype(np.float64), np.where(taken[:, None], matches.positions, 0.0)


def _stiffness(vertices: Doubles, faces: Indices) -> tuple[_Stiffness, Doubles]:
    count = len(vertices)
    cotangent, mass = laplacian(torch.from_numpy(vertices), torch.from_numpy(faces))
    entries = cotangent.tocoo()
    off = entries.row != entries.col
    starts, ends = entries.row[off].astype(np.int64), entries.col[off].astype(np.int64)
    weights = np.clip(-entries.data[off], EDGE_LEAST, EDGE_MOST)
    edges = sparse.csr_array((weights, (starts, ends)), shape=(count, count))
    matrix = sparse.diags_array(edges.sum(axis=1)) - edges
    sums = sparse.csr_array((np.ones(len(starts)), (starts, np.arange(len(starts)))), shape=(count, len(starts)))
    offsets = vertices[starts] - vertices[ends]
    rings = sparse.csr_array((np.ones(len(starts)), (starts, ends)), shape=(count, count)) + sparse.eye_array(count)
    average = sparse.diags_array(1 / rings.sum(axis=1)) @ rings
    squares = sums @ (weights * (offsets**2).sum(axis=1))
    return _Stiffness(starts, ends, weights, offsets, squares, matrix, sums, average), mass


def _bent_edges(stiffness: _Stiffness, current: Doubles, rings: int) -> Doubles:
    """(N, 3) sums over each vertex's edges, turned and scaled as its surroundings were."""
    now = current[stiffness.starts] - current[stiffness.ends]
    products = stiffness.weights[:, None, None] * now[:, :, None] * stiffness.offsets[:, None, :]
    covariance, squares = stiffness.sums @ products.reshape(-1, 9), stiffness.squares
    for _ in range(rings):
        covariance, squares = stiffness.average @ covariance, stiffness.average @ squares
    local = _similarities(covariance.reshape(-1, 3, 3), squares)
    between = (local[stiffness.starts] + local[stiffness.ends]) / 2
    bent: Doubles = stiffness.sums @ (stiffness.weights[:, None] * np.einsum("nij,nj->ni", between, stiffness.offsets))
    return bent


def _similarities(covariance: Doubles, squares: Doubles) -> Doubles:
    """(N, 3, 3) the best scaled rotations, from covariances of edges now and at rest."""
    u, singular, vt = np.linalg.svd(covariance)
    signs = np.sign(np.linalg.det(u @ vt))
    u[:, :, 2] *= signs[:, None]
    singular[:, 2] *= signs
    scales = singular.sum(axis=1) / np.maximum(squares, np.finfo(np.float64).tiny)
    scaled: Doubles = (u @ vt) * scales[:, None, None]
    return scaled


def factorised(matrix: sparse.sparray) -> SuperLU:
    """The factors of a symmetric positive definite matrix."""
    symmetric = {"SymmetricMode": True}
    return splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=symmetric)

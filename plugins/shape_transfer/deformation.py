"""Carry deformations of one skin over to another that it was laid over.

Deformation transfer: Sumner & Popović, "Deformation Transfer for Triangle Meshes", SIGGRAPH 2004, in the
gradient form of Botsch et al., "Deformation Transfer for Detail-Preserving Surface Editing", VMV 2006,
with the displacement at the corresponding point as a weak constraint. It solves

    min_d  sum_t A_t |grad d - J_t|^2  +  sum_i m_i / l^2 |d_i - d0_i|^2

for the displacements d, with J the source's deformation gradients less the identity.
"""

from dataclasses import dataclass

import numpy as np
import torch
from scipy import sparse
from scipy.spatial import cKDTree

from motionloom.plugins.shape_transfer.arrays import Doubles, Flags, Indices
from motionloom.plugins.shape_transfer.correspondence import CompatiblePoints, unit_normals
from motionloom.plugins.shape_transfer.registration import factorised
from motionloom.plugins.shape_transfer.skin import Skin
from motionloom.plugins.surface.adjacency import undirected_edges
from motionloom.plugins.surface.laplacian import laplacian

NEAR = 0.05
"""How far a vertex may be from the source's surface and correspond to it, in widths of the face."""

HOLD = 0.008
"""The length l, in widths of the face: longer, and shapes follow the source's gradients rather than its places."""

HOLD_INSIDE = 0.03
"""The same for what is hidden, which follows the outside nearest to it: a cheek's inner side its outer one."""

BEHIND = 8
"""Vertices of the outside that one inside follows."""

FADE = 0.1
"""Over what length displacements die away where the outside corresponds to nothing, in widths of the face."""

TORN = 3.0
"""How many times as far apart as on the target two neighbours may be on the source."""

STILL = 1e-5
"""Displacements below this count as none, in widths of the face."""


@dataclass(frozen=True)
class Gradients:
    """Gradients of the hat functions of a surface's vertices.

    Args:
        hats: (F, 3, 3) gradient of each corner's, per metre.
        areas: (F,) square metres.
        normals: (F, 3) unit.
    """

    hats: Doubles
    areas: Doubles
    normals: Doubles


def hat_gradients(vertices: Doubles, faces: Indices) -> Gradients:
    """Gradients on each face; zero on one without area.

    Args:
        vertices: (V, 3) metres.
        faces: (F, 3) vertex indices.
    """
    corners = vertices[faces]
    normals = unit_normals(corners)
    opposite = np.roll(corners, -2, axis=1) - np.roll(corners, -1, axis=1)
    doubled = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    # A sliver of less than a square micrometre would have gradients beyond all others'.
    hats = np.cross(normals[:, None], opposite) / np.maximum(doubled, 1e-12)[:, None, None]
    return Gradients(hats, doubled / 2, normals)


def deformation_gradients(vertices: Doubles, faces: Indices, rest: Gradients, offsets: Doubles) -> Doubles:
    """(F, 3, 3) deformation gradients less the identity; a normal goes where the moved face's points.

    Args:
        vertices: (V, 3) at rest, metres.
        faces: (F, 3) vertex indices.
        rest: of that surface.
        offsets: (V, 3) metres.
    """
    along = np.einsum("fci,fcj->fij", offsets[faces], rest.hats)
    moved = unit_normals((vertices + offsets)[faces])
    moved = np.where((moved**2).sum(axis=1, keepdims=True) > 0.5, moved, rest.normals)
    gradients: Doubles = along + (moved - rest.normals)[:, :, None] * rest.normals[:, None, :]
    return gradients


class SkinTransfer:
    """Two skins in correspondence, made ready to carry one displacement after the other.

    Args:
        skin: the source's.
        aligned: (N, 3) its vertices in the target's place and size, metres.
        laid: (N, 3) its vertices on the target's surface, metres.
        moving: (N,) by how much each moves at most, metres.
        target: to which displacements are carried.
    """

    def __init__(self, skin: Skin, aligned: Doubles, laid: Doubles, moving: Doubles, target: Skin) -> None:
        self._source, self._aligned, self._target = skin, aligned, target
        width = float(np.ptp(aligned[skin.outside, 0]))
        search = CompatiblePoints(laid, skin.faces)
        matches = search.query(target.vertices, target.normals)
        self._onto = search.interpolation(matches)
        near = target.outside & (matches.distances < NEAR * width)
        self._known = near & ~_torn(target, self._onto @ aligned, width)
        self._source_gradients = hat_gradients(aligned, skin.faces)
        self._gather = _means_at_vertices(skin.faces, self._source_gradients.areas, len(aligned))
        self._gradients = hat_gradients(target.vertices, target.faces)
        self._faces_known = self._known[target.faces].all(axis=1)
        stiffness, mass = laplacian(torch.from_numpy(target.vertices), torch.from_numpy(target.faces))
        inside = ~target.outside
        self._guide = _guide(target.vertices, self._onto, self._known, inside)
        lengths = np.where(self._known, HOLD, np.where(inside, HOLD_INSIDE, np.inf)) * width
        self._hold = mass / lengths**2
        fading = np.where(target.outside & ~self._known, mass / (FADE * width) ** 2, 1e-6 * mass)
        still = (self._known & (self._onto @ moving < STILL * width)) | target.cut | (mass == 0)
        self._free = np.flatnonzero(~still)
        system = sparse.csr_array(stiffness + sparse.diags_array(self._hold + fading))
        self._factors = factorised(system[self._free][:, self._free]) if len(self._free) else None

    @property
    def onto(self) -> sparse.csr_array:
        """(M, N) matrix from the source's vertices to the target's."""
        return self._onto

    @property
    def known(self) -> Flags:
        """(M,) which of the target's vertices correspond to some point of the source."""
        return self._known

    def carry(self, offsets: Doubles) -> Doubles:
        """(M, 3) displacements of the target's vertices, metres.

        Args:
            offsets: (N, 3) of the source's, aligned with the target, metres.
        """
        found = np.zeros((len(self._target.vertices), 3))
        if self._factors is None:
            return found
        pulls = self._divergence(offsets) + self._hold[:, None] * (self._guide @ offsets)
        found[self._free] = self._factors.solve(pulls[self._free])
        return found

    def _divergence(self, offsets: Doubles) -> Doubles:
        """(M, 3) the weak divergence of the gradients that the source has at each of the target's faces."""
        source, target = self._source, self._target
        on_faces = deformation_gradients(self._aligned, source.faces, self._source_gradients, offsets)
        at_vertices = self._onto @ (self._gather @ on_faces.reshape(-1, 9))
        wanted = at_vertices[target.faces].mean(axis=1).reshape(-1, 3, 3)
        wanted[~self._faces_known] = 0
        at_corners = np.einsum("f,fij,fcj->fci", self._gradients.areas, wanted, self._gradients.hats)
        total = np.zeros((len(target.vertices), 3))
        np.add.at(total, target.faces, at_corners)
        return total


def _guide(vertices: Doubles, onto: sparse.csr_array, known: Flags, inside: Flags) -> sparse.csr_array:
    """(M, N) matrix from the source's displacements to those known on the outside and taken from there inside."""
    count = len(vertices)
    own = sparse.diags_array(known.astype(np.float64))
    if not known.any() or not inside.any():
        return sparse.csr_array(own @ onto)
    hidden, open_to_view = np.flatnonzero(inside), np.flatnonzero(known)
    nearest = min(BEHIND, len(open_to_view))
    distances, found = cKDTree(vertices[open_to_view]).query(vertices[hidden], k=[*range(1, nearest + 1)])
    weights = 1 / np.maximum(distances, 1e-9)
    weights /= weights.sum(axis=1, keepdims=True)
    entries = (np.repeat(hidden, nearest), open_to_view[found].reshape(-1))
    behind = sparse.csr_array((weights.reshape(-1), entries), shape=(count, count))
    return sparse.csr_array((own + behind) @ onto)


def _torn(target: Skin, counterparts: Doubles, width: float) -> Flags:
    """(M,) vertices with a neighbour whose counterpart is far from theirs: a crease matched across."""
    edges, _ = undirected_edges(torch.from_numpy(target.faces))
    ends = edges.numpy()
    here, there = (np.linalg.norm(at[ends[:, 0]] - at[ends[:, 1]], axis=1) for at in (target.vertices, counterparts))
    found = np.zeros(len(counterparts), dtype=np.bool_)
    found[ends[there > TORN * here + 0.1 * NEAR * width].reshape(-1)] = True
    return found


def _means_at_vertices(faces: Indices, areas: Doubles, vertices: int) -> sparse.csr_array:
    """(V, F) matrix that takes values on faces to their means, by area, around vertices."""
    columns = np.repeat(np.arange(len(faces)), 3)
    shape = (vertices, len(faces))
    around = sparse.csr_array((np.repeat(areas, 3), (faces.reshape(-1), columns)), shape=shape)
    totals = np.maximum(around.sum(axis=1), np.finfo(np.float64).tiny)
    return sparse.csr_array(sparse.diags_array(1 / totals) @ around)

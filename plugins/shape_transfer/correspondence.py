"""Closest points of a surface that look the same way."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

from motionloom.plugins.shape_transfer.arrays import Doubles, Flags, Indices
from motionloom.plugins.surface.point_triangle import closest_on_triangles

CANDIDATES = 12
"""Faces with the nearest centres, among which the closest compatible point is looked for."""

COMPATIBLE = 0.5
"""The least cosine between the normals of points that may correspond."""

AT_ONCE = 2**15
"""Points that are measured together: about 100 MB."""


@dataclass(frozen=True)
class Matches:
    """Where on a surface the closest points are.

    Args:
        faces: (N,) face that each is on.
        barycentrics: (N, 3) weights of its corners.
        positions: (N, 3) metres.
        distances: (N,) metres; infinite where no near face looks the same way.
    """

    faces: Indices
    barycentrics: Doubles
    positions: Doubles
    distances: Doubles


class CompatiblePoints:
    """A surface made ready for many searches.

    Args:
        vertices: (V, 3) metres.
        faces: (F, 3) counter-clockwise from outside.
    """

    def __init__(self, vertices: Doubles, faces: Indices) -> None:
        self._faces = faces
        self._vertices = len(vertices)
        self._corners = vertices[faces]
        self._normals = unit_normals(self._corners)
        self._tree = cKDTree(self._corners.mean(axis=1))

    def query(self, points: Doubles, normals: Doubles | None = None) -> Matches:
        """The closest points, of those that face the way `normals` do if they are given.

        Args:
            points: (N, 3) metres.
            normals: (N, 3) unit.
        """
        faces = np.zeros(len(points), dtype=np.int64)
        barycentrics, distances = np.zeros((len(points), 3)), np.zeros(len(points))
        for start in range(0, len(points), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            looks = None if normals is None else normals[part]
            faces[part], barycentrics[part], distances[part] = self._closest(points[part], looks)
        positions = np.einsum("nk,nkd->nd", barycentrics, self._corners[faces])
        return Matches(faces, barycentrics, positions, distances)

    def _closest(self, points: Doubles, normals: Doubles | None) -> tuple[Indices, Doubles, Doubles]:
        count = min(CANDIDATES, len(self._corners))
        _, near = self._tree.query(points, k=[*range(1, count + 1)])
        squared, weights = closest_on_triangles(points[:, None], self._corners[near])
        if normals is not None:
            alike = np.einsum("nkd,nd->nk", self._normals[near], normals)
            squared = np.where(alike < COMPATIBLE, np.inf, squared)
        rows, best = np.arange(len(points)), squared.argmin(axis=1)
        return near[rows, best], weights[rows, best], np.sqrt(squared[rows, best])

    def interpolation(self, matches: Matches) -> sparse.csr_array:
        """(N, V) matrix that takes values at the surface's vertices to the matched points."""
        rows = np.repeat(np.arange(len(matches.faces)), 3)
        columns = self._faces[matches.faces].reshape(-1)
        shape = (len(matches.faces), self._vertices)
        return sparse.csr_array((matches.barycentrics.reshape(-1), (rows, columns)), shape=shape)

    def all_corners(self, matches: Matches, flags: Flags) -> Flags:
        """(N,) whether a flag holds at all three corners of the matched face."""
        found: Flags = np.all(flags[self._faces[matches.faces]], axis=1)
        return found


def unit_normals(corners: Doubles) -> Doubles:
    """(F, 3) normals of triangles given by (F, 3, 3) corners; zero for one without area."""
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(across, axis=1, keepdims=True)
    unit: Doubles = across / np.maximum(lengths, np.finfo(np.float64).tiny)
    return unit

"""The points of a triangle mesh that are closest to other points.

Exact: the faces with the nearest centres bound the distance, and every face whose bounding sphere
reaches into that ball is then measured. Faces of alike size share a k-d tree of their centres, so that
one large face does not make every search a long one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from torch import Tensor

from motionloom.core.errors import DataError
from motionloom.plugins.surface.point_triangle import closest_on_triangles

Doubles = NDArray[np.float64]
Indices = NDArray[np.int64]

FIRST = 3
"""Nearest centres whose faces give the first bound."""

AT_ONCE = 2**18
"""Pairs of point and face that are measured together: about 100 MB."""


@dataclass(frozen=True)
class ClosestPoints:
    """Where on a mesh the closest points are.

    Args:
        faces: (N,) face that each is on.
        barycentrics: (N, 3) weights of that face's corners, none negative, summing to one.
        positions: (N, 3) the closest points.
        squared_distances: (N,) to the points that were asked about.
    """

    faces: Int[Tensor, "points"]
    barycentrics: Float[Tensor, "points 3"]
    positions: Float[Tensor, "points 3"]
    squared_distances: Float[Tensor, "points"]


@dataclass(frozen=True)
class _Class:
    """Faces of alike size."""

    faces: Indices
    tree: cKDTree
    radii: Doubles


@dataclass(frozen=True)
class _Best:
    """The best known of each point, changed in place."""

    squared: Doubles
    faces: Indices
    barycentrics: Doubles


class ClosestPointTree:
    """A mesh made ready for many searches.

    Args:
        vertices: (V, 3) positions.
        faces: (F, 3) vertex indices.

    Raises:
        DataError: the mesh has no face.
    """

    def __init__(self, vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"]) -> None:
        if len(faces) == 0:
            raise DataError("a mesh without faces has no closest points", remedy="give a mesh with a surface")
        self._corners: Doubles = vertices.detach().double().cpu().numpy()[faces.cpu().numpy()]
        self._classes = _size_classes(self._corners)

    def query(self, points: Float[Tensor, "points 3"]) -> ClosestPoints:
        """The closest points of the mesh, on the device and in the precision of `points`.

        Args:
            points: (N, 3) positions, finite.
        """
        exact: Doubles = points.detach().double().cpu().numpy()
        best = _Best(np.full(len(exact), np.inf), np.zeros(len(exact), np.int64), np.zeros((len(exact), 3)))
        for one in self._classes:
            self._bound(one, exact, best)
        for one in self._classes:
            self._better(one, exact, best)
        positions = np.einsum("nk,nkd->nd", best.barycentrics, self._corners[best.faces])
        return ClosestPoints(
            faces=torch.from_numpy(best.faces).to(points.device),
            barycentrics=torch.from_numpy(best.barycentrics).to(points),
            positions=torch.from_numpy(positions).to(points),
            squared_distances=torch.from_numpy(best.squared).to(points),
        )

    def _bound(self, one: _Class, points: Doubles, best: _Best) -> None:
        """Measure the faces with the nearest centres."""
        count = min(FIRST, len(one.faces))
        for start in range(0, len(points), AT_ONCE // count):
            which = np.arange(start, min(start + AT_ONCE // count, len(points)))
            _, found = one.tree.query(points[which], k=[*range(1, count + 1)])
            self._measure(np.repeat(which, count), one.faces[found.reshape(-1)], points, best)

    def _better(self, one: _Class, points: Doubles, best: _Best) -> None:
        """Measure every face that may be closer than the best known."""
        reach = np.sqrt(best.squared) * (1 + 1e-12) + one.radii.max()
        counts = one.tree.query_ball_point(points, reach, return_length=True)
        for which in _chunks(counts):
            lists = one.tree.query_ball_point(points[which], reach[which])
            found = np.concatenate([np.asarray(one_list, dtype=np.int64) for one_list in lists])
            rows = np.repeat(which, counts[which])
            apart = np.linalg.norm(points[rows] - one.tree.data[found], axis=1) - one.radii[found]
            close = apart <= np.sqrt(best.squared[rows])
            self._measure(rows[close], one.faces[found[close]], points, best)

    def _measure(self, rows: Indices, faces: Indices, points: Doubles, best: _Best) -> None:
        """Take the closest of the pairs of each point where it is closer than what was known."""
        squared, barycentrics = closest_on_triangles(points[rows], self._corners[faces])
        # The first of each point in order of distance, and of face where those are the same.
        order = np.lexsort((faces, squared, rows))
        first = order[np.unique(rows[order], return_index=True)[1]]
        taken = first[squared[first] < best.squared[rows[first]]]
        best.squared[rows[taken]] = squared[taken]
        best.faces[rows[taken]] = faces[taken]
        best.barycentrics[rows[taken]] = barycentrics[taken]


def _chunks(counts: Indices) -> Iterator[Indices]:
    """Runs of points that have no more than `AT_ONCE` candidates together, or are one point."""
    total, start = np.cumsum(counts), 0
    while start < len(counts):
        done = total[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(total, done + AT_ONCE, side="right")))
        yield np.arange(start, stop)
        start = stop


def _size_classes(corners: Doubles) -> list[_Class]:
    """Faces whose radii are within a factor of four of each other, the small ones first."""
    centres = corners.mean(axis=1)
    radii = np.linalg.norm(corners - centres[:, None], axis=2).max(axis=1)
    smallest = np.quantile(radii, 0.25)
    steps = np.log(np.maximum(radii, 1e-300) / max(smallest, 1e-300)) / np.log(4)
    classes = np.maximum(np.ceil(steps), 0)
    members = [np.flatnonzero(classes == one) for one in np.unique(classes)]
    return [_Class(faces, cKDTree(centres[faces]), radii[faces]) for faces in members]


def face_normals(vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"]) -> Float[Tensor, "faces 3"]:
    """Unit normals of faces; zero for one without area.

    Args:
        vertices: (V, 3) positions.
        faces: (F, 3) counter-clockwise seen from outside.
    """
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    across = torch.linalg.cross(b - a, c - a)
    return across / across.norm(dim=-1, keepdim=True).clamp_min(torch.finfo(across.dtype).tiny)


def normal_agreement(
    closest: ClosestPoints,
    vertices: Float[Tensor, "vertices 3"],
    faces: Int[Tensor, "faces 3"],
    normals: Float[Tensor, "points 3"],
) -> Float[Tensor, "points"]:
    """The cosine between the normal at each point and that of the face closest to it: negative on a back side.

    Args:
        closest: what `query` gave for the points.
        vertices: (V, 3) of the mesh that was searched.
        faces: (F, 3) of that mesh.
        normals: (N, 3) unit normals at the points.
    """
    return (face_normals(vertices, faces)[closest.faces] * normals).sum(-1)

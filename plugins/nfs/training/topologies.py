"""The same surface as other triangles: vertices drawn anew and joined by the dual of their Voronoi cells."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from torch import Tensor

from motionloom.core.data import vertex_normals

NORMAL_REACH = 0.1
"""Decimetres that two points count as apart for opposite normals, halved: lips touch and are not one."""

CANDIDATES = 4
"""Points looked at for each that is taken."""


@dataclass(frozen=True)
class Topology:
    """Vertices and faces drawn on another mesh.

    Args:
        ends: (N, 2) the edge of that mesh that each vertex halves; twice the same vertex where it is that vertex.
        faces: (F, 3) counter-clockwise from outside.
    """

    ends: Int[Tensor, "vertices 2"]
    faces: Int[Tensor, "faces 3"]

    def of(self, values: Float[Tensor, "*batch all channels"]) -> Float[Tensor, "*batch vertices channels"]:
        """What the vertices have where the other mesh's vertices have `values`."""
        return (values[..., self.ends[:, 0], :] + values[..., self.ends[:, 1], :]) / 2

    def nearest(self, values: Int[Tensor, "all"]) -> Int[Tensor, "vertices"]:
        """Labels, of which there is no mean: those of the first end."""
        return values[self.ends[:, 0]]


def as_it_is(faces: Int[Tensor, "faces 3"]) -> Topology:
    """The mesh's own vertices and faces.

    Args:
        faces: (F, 3) that use vertices 0 to N - 1, all of them.
    """
    every = torch.arange(int(faces.max()) + 1)
    return Topology(torch.stack((every, every), -1), faces)


def retriangulated(
    vertices: Float[Tensor, "all 3"], faces: Int[Tensor, "faces 3"], count: int, generator: torch.Generator
) -> Topology:
    """A surface with other vertices: some at the old ones, most at the middles of edges.

    Points are taken one by one, each the farthest from those before (Gonzalez 1985), in a metric that a random
    power of the old mesh's density stretches; half of the vertices on each border come first, so that holes
    keep their shape. Three of them form a triangle where their geodesic Voronoi cells meet.

    Args:
        vertices: (V, 3) decimetres.
        faces: (F, 3) counter-clockwise from outside; all of the surface that is wanted.
        count: of vertices wanted.
        generator: draws the first vertex and the density.
    """
    ends, finer = _halved(faces)
    points = (vertices[ends[:, 0]] + vertices[ends[:, 1]]) / 2
    power = float(torch.rand((), generator=generator)) * 0.5
    place = _stretched(points, finer, power)
    chosen = _farthest(place, finer.unique(), count, _border(faces, generator), generator)
    owner = _voronoi(points.numpy(), finer.numpy(), chosen.numpy())
    corners = owner[finer.numpy()]
    apart = (corners != np.roll(corners, 1, 1)).all(1)
    return _without_loose(ends[chosen], torch.from_numpy(_each_once(corners[apart])).long())


def _halved(faces: Tensor) -> tuple[Tensor, Tensor]:
    """Every triangle as four: the edge that each vertex halves, and the faces."""
    count = int(faces.max()) + 1
    sides = torch.stack((faces, faces.roll(-1, 1)), -1)
    edges, number = torch.unique(sides.sort(-1).values.reshape(-1, 2), dim=0, return_inverse=True)
    middles = number.reshape(-1, 3) + count
    corner = torch.stack((faces, middles, middles.roll(1, 1)), -1).reshape(-1, 3)
    every = torch.arange(count)
    return torch.cat((torch.stack((every, every), -1), edges)), torch.cat((corner, middles))


def _border(faces: Tensor, generator: torch.Generator) -> Tensor:
    """Half of the vertices on edges with one face only."""
    sides = torch.stack((faces, faces.roll(-1, 1)), -1).reshape(-1, 2).sort(-1).values
    edges, times = torch.unique(sides, dim=0, return_counts=True)
    found = edges[times == 1].unique()
    kept: Tensor = found[torch.randperm(len(found), generator=generator)[: len(found) // 2]]
    return kept


def _stretched(points: Tensor, faces: Tensor, power: float) -> tuple[Tensor, Tensor]:
    """Places in six dimensions, with the normal, and the factor of distances to each."""
    areas = torch.linalg.cross(*(points[faces[:, corner]] - points[faces[:, 0]] for corner in (1, 2))).norm(dim=-1)
    around = torch.zeros(len(points)).index_add_(0, faces.reshape(-1), areas.repeat_interleave(3)).clamp_min(1e-8)
    return torch.cat((points, vertex_normals(points, faces) * NORMAL_REACH), -1), around.sqrt() ** -power


def _farthest(
    metric: tuple[Tensor, Tensor], used: Tensor, count: int, first: Tensor, generator: torch.Generator
) -> Tensor:
    shuffled = used[torch.randperm(len(used), generator=generator)[: CANDIDATES * count]]
    candidates = torch.cat((first, shuffled)).unique()
    place, stretch = metric[0][candidates], metric[1][candidates]
    distance = torch.full_like(stretch, torch.inf)
    chosen = torch.searchsorted(candidates, first).tolist()
    for number in range(count):
        vertex = chosen[number] if number < len(chosen) else int(distance.argmax())
        distance = torch.minimum(distance, (place - place[vertex]).norm(dim=-1) * stretch)
        chosen += [] if number < len(chosen) else [vertex]
    return candidates[torch.tensor(chosen).unique()]


def _voronoi(points: NDArray[np.float32], faces: NDArray[np.int64], chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which of the chosen vertices is nearest to each along the edges, as a number among them."""
    start, end = faces.reshape(-1), np.roll(faces, -1, 1).reshape(-1)
    lengths = np.linalg.norm(points[start] - points[end], axis=1)
    graph = csr_array((lengths, (start, end)), shape=(len(points), len(points)))
    nearest = dijkstra(graph, directed=False, indices=chosen, min_only=True, return_predecessors=True)[2]
    numbers = np.full(len(points) + 1, -1)
    numbers[chosen] = np.arange(len(chosen))
    found: NDArray[np.int64] = numbers[np.where(nearest < 0, len(points), nearest)]
    return found


def _each_once(corners: NDArray[np.int64]) -> NDArray[np.int64]:
    """Faces without those that name the same three vertices as one before."""
    first = np.unique(np.sort(corners, 1), axis=0, return_index=True)[1]
    return corners[np.sort(first)]


def _without_loose(ends: Tensor, faces: Tensor) -> Topology:
    """Only the vertices that a face uses."""
    used, numbers = torch.unique(faces, return_inverse=True)
    return Topology(ends[used], numbers)

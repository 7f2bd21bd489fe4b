"""The borders of a surface: rims of holes, and where it was cut."""

from collections import defaultdict

import torch
from jaxtyping import Int
from torch import Tensor

from motionloom.plugins.surface.adjacency import undirected_edges


def boundary_edges(faces: Int[Tensor, "faces 3"]) -> Int[Tensor, "edges 2"]:
    """Edges of one face alone, lower vertex first, in order."""
    edges, counts = undirected_edges(faces)
    return edges[counts == 1]


def boundary_loops(faces: Int[Tensor, "faces 3"]) -> list[Tensor]:
    """The borders as rings of vertices in order, the longest first; ties by the lowest vertex.

    Where several borders meet in one vertex, as on a non-manifold mesh, the ring is closed there, and
    what is left is a ring of its own. The way round says nothing, so that flipped faces do no harm.
    """
    ends: dict[int, list[int]] = defaultdict(list)
    for a, b in boundary_edges(faces).tolist():
        ends[a].append(b)
        ends[b].append(a)
    loops = []
    for start in sorted(ends):
        while ends[start]:
            loops.append(_walk(ends, start))
    loops.sort(key=lambda loop: (-len(loop), min(loop)))
    return [torch.tensor(loop, device=faces.device) for loop in loops]


def _walk(ends: dict[int, list[int]], start: int) -> list[int]:
    """Follow and use up edges from a vertex until it comes round, or the border ends."""
    loop, at = [start], start
    while ends[at]:
        following = ends[at].pop(0)
        ends[following].remove(at)
        if following == start:
            break
        loop.append(following)
        at = following
    return loop

"""Mouth bags and eye sockets: skin that nobody sees from outside."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from motionloom.plugins.surface.boundaries import boundary_edges
from motionloom.plugins.surface.components import vertex_components
from motionloom.plugins.surface.visibility import times_seen

VIEWS = 48

SMALLEST = 4e-4
"""Square metres of hidden skin that are a cavity, not a nostril or the fold of an ear."""

LARGEST_PLUG = 0.4
"""Size of the largest piece that fills a cavity, as eyes and tongues do, in sizes of the head."""


def cavity_faces(
    vertices: Float[Tensor, "vertices 3"], skin: Int[Tensor, "faces 3"], others: Int[Tensor, "others 3"]
) -> Bool[Tensor, "faces"]:
    """The faces of a skin that line a cavity: large hidden regions, without the thin folds that lead there.

    Eyes, teeth and tongue stop the view; hair and lashes, which hide skin that is outside, do not.

    Args:
        vertices: (V, 3) in the standard frame, metres.
        skin: (F, 3) the head, counter-clockwise seen from outside.
        others: (G, 3) what else there is.
    """
    plugs = others[_are_plugs(vertices, skin, others)]
    seen = times_seen(vertices, torch.cat((skin, plugs)), VIEWS)[: len(skin)]
    hidden = seen == 0
    # Opened by one ring of faces and closed again: folds are narrow, cavities are not.
    core = hidden & ~_grown(skin, ~hidden, len(vertices))
    core = core & _in_large_pieces(vertices, skin, core)
    return hidden & _grown(skin, core, len(vertices))


def _are_plugs(
    vertices: Float[Tensor, "vertices 3"], skin: Int[Tensor, "faces 3"], others: Int[Tensor, "others 3"]
) -> Bool[Tensor, "others"]:
    """Faces of closed pieces that are much smaller than the head."""
    pieces = vertex_components(others, len(vertices))
    count = int(pieces.max()) + 1 if len(others) else 0
    size = _size(vertices[skin.reshape(-1)])
    closed = torch.ones(count, dtype=torch.bool)
    closed[pieces[boundary_edges(others).reshape(-1)]] = False
    for piece in pieces[others.reshape(-1)].unique().tolist():
        closed[piece] &= _size(vertices[pieces == piece]) < LARGEST_PLUG * size
    return closed[pieces[others[:, 0]]]


def _size(points: Float[Tensor, "points 3"]) -> float:
    return float((points.amax(0) - points.amin(0)).max())


def _grown(faces: Int[Tensor, "faces 3"], chosen: Bool[Tensor, "faces"], vertices: int) -> Bool[Tensor, "faces"]:
    """Faces that are chosen or share a vertex with a chosen one."""
    touched = torch.zeros(vertices, dtype=torch.bool, device=faces.device)
    touched[faces[chosen].reshape(-1)] = True
    return touched[faces].any(dim=1)


def _in_large_pieces(
    vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"], chosen: Bool[Tensor, "faces"]
) -> Bool[Tensor, "faces"]:
    """Faces whose connected piece of chosen faces has the area of a cavity."""
    pieces = vertex_components(faces[chosen], len(vertices))[faces[:, 0]]
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    areas = torch.linalg.cross(b - a, c - a).norm(dim=-1) / 2
    total = areas.new_zeros(len(vertices)).index_add_(0, pieces, areas * chosen)
    return total[pieces] >= SMALLEST

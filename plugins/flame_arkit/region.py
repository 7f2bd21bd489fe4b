"""Which vertices of a face count in a fit, and how much."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.errors import DataError

MOVES = 1e-3
"""A vertex counts that some shape moves by this share of the farthest that any shape moves any vertex."""

EYEBALL = 0.5
"""Skin weight of an eye's joint from which on a vertex is of the eyeball, which rotations move."""


@dataclass(frozen=True)
class Region:
    """The face as a fit sees it.

    Args:
        vertices: (R,) that count.
        areas: (R,) their share of the face's area, summing to one.
    """

    vertices: Int[Tensor, "region"]
    areas: Float[Tensor, "region"]


def face_region(
    neutral: Float[Tensor, "vertices 3"],
    faces: Int[Tensor, "faces 3"],
    shapes: Float[Tensor, "shapes vertices 3"],
    eyes: Float[Tensor, "vertices"],
) -> Region:
    """The vertices that the shapes move, without the eyeballs.

    Args:
        neutral: the surface, metres.
        faces: its triangles.
        shapes: offsets at weight one, metres.
        eyes: (V,) skin weight of both eyes' joints.

    Raises:
        DataError: no shape moves anything outside the eyeballs.
    """
    reach = shapes.norm(dim=-1).amax(0)
    areas = vertex_areas(neutral, faces)
    vertices = ((reach > MOVES * reach.max()) & (eyes < EYEBALL) & (areas > 0)).nonzero().flatten()
    if not len(vertices):
        raise DataError("no shape of the rig moves the face", remedy="give a rig whose blend shapes have offsets")
    return Region(vertices, areas[vertices] / areas[vertices].sum())


def vertex_areas(neutral: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"]) -> Float[Tensor, "vertices"]:
    """A third of the area of every vertex's triangles, square metres."""
    # On the CPU, where sums come in the same order every time.
    positions, corners = neutral.cpu(), faces.cpu()
    a, b, c = (positions[corners[:, corner]] for corner in range(3))
    thirds = torch.linalg.cross(b - a, c - a).norm(dim=-1) / 6
    areas = torch.zeros_like(positions[:, 0]).index_add(0, corners.flatten(), thirds.repeat_interleave(3))
    return areas.to(neutral.device)

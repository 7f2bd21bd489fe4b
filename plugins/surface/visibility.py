"""Which faces can be seen from outside: what tells a skin from the cavities behind it."""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.plugins.render.camera import look_at
from motionloom.plugins.render.rasterize import rasterize
from motionloom.plugins.surface.nearest import face_normals

SIDE = 384
"""Pixels of a picture across: 1 mm of a head."""

DISTANCE = 6.0
"""Of the eye from the middle, in radii of what is looked at."""

AT_ONCE = 4


def sphere_directions(count: int) -> Float[Tensor, "directions 3"]:
    """Unit vectors spread evenly over the sphere, in a Fibonacci spiral; none is straight up or down.

    Args:
        count: how many.
    """
    place = torch.arange(count, dtype=torch.float64) + 0.5
    height = 1 - 2 * place / count
    angle = place * math.pi * (3 - math.sqrt(5))
    ring = (1 - height**2).sqrt()
    return torch.stack((ring * angle.cos(), height, ring * angle.sin()), dim=-1)


def times_seen(
    vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"], views: int
) -> Int[Tensor, "faces"]:
    """From how many sides a pixel shows the front of each face.

    Args:
        vertices: (V, 3) of everything that may hide a face.
        faces: (F, 3) counter-clockwise seen from outside.
        views: how many sides there are, spread evenly.
    """
    corners = vertices[faces.reshape(-1).long()]
    centre = (corners.amax(0) + corners.amin(0)) / 2
    radius = (corners - centre).norm(dim=-1).max()
    eyes = centre + DISTANCE * radius * sphere_directions(views).to(vertices)
    angle = 2 * math.degrees(math.asin(1.02 / DISTANCE))
    # Units of a radius: the camera cuts off what is near to it, in metres.
    small, centre, eyes = ((points - centre) / radius for points in (vertices, centre, eyes))
    normals = face_normals(small, faces)
    seen = torch.zeros(len(faces), dtype=torch.long, device=faces.device)
    for start in range(0, views, AT_ONCE):
        some = eyes[start : start + AT_ONCE]
        camera = look_at(some, centre.expand_as(some), SIDE, SIDE, angle)
        pictures = rasterize(camera.project(small.expand(len(some), -1, -1)), faces, SIDE, SIDE).faces
        for eye, picture in zip(some, pictures, strict=True):
            shown = picture[picture >= 0].unique()
            seen[shown] += ((eye - small[faces[shown, 0]]) * normals[shown]).sum(-1) > 0
    return seen

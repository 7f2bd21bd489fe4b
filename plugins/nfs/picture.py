"""What the image encoder sees: the neutral face from the front, grey and flat."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.plugins.render.camera import look_at
from motionloom.plugins.render.rasterize import rasterize

SIZE = 256
"""Pixels, both ways."""

FIELD_OF_VIEW = 60.0
"""Degrees."""

EYE, LIGHT = (0.0, 0.0, 2.5), (0.0, 0.0, 6.0)
"""Places in the network's space, decimetres; both look at the origin or shine from there."""

GREY = 0.5
"""Share of light that comes back from the surface."""


def front_picture(vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"]) -> Float[Tensor, "256 256"]:
    """The surface under one lamp, a shade a triangle, inverted: dark is lit, zero is background.

    Args:
        vertices: (V, 3) decimetres, the face looking along +Z.
        faces: (F, 3) counter-clockwise from outside.
    """
    eye = vertices.new_tensor(EYE)
    camera = look_at(eye, torch.zeros_like(eye), SIZE, SIZE, FIELD_OF_VIEW)
    seen = rasterize(camera.project(vertices), faces, SIZE, SIZE).faces
    shade = 1.0 - GREY * _lambert(vertices[faces.long()])
    return torch.where(seen >= 0, shade[seen.clamp_min(0)], 0.0)


def standardised(pictures: Float[Tensor, "*batch 256 256"]) -> Float[Tensor, "*batch 256 256"]:
    """Pictures of mean zero and deviation one."""
    mean, deviation = pictures.mean((-2, -1), keepdim=True), pictures.std((-2, -1), keepdim=True)
    return (pictures - mean) / deviation.clamp_min(1e-3)


def _lambert(corners: Float[Tensor, "faces 3 3"]) -> Float[Tensor, "faces"]:
    """Light on each triangle, both sides alike: files with flipped triangles look the same."""
    normals = torch.linalg.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    towards = corners.new_tensor(LIGHT) - corners.mean(1)
    both = normals.norm(dim=-1) * towards.norm(dim=-1)
    return (normals * towards).sum(-1).abs() / both.clamp_min(1e-12)

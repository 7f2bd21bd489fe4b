"""One frame of a performer on the floor, as a picture."""

from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor
from torch.nn.functional import avg_pool2d

from motionloom.plugins.render.camera import Camera
from motionloom.plugins.render.ground import floor_picture, floor_shadow
from motionloom.plugins.render.rasterize import interpolate, rasterize
from motionloom.plugins.render.shading import Studio, light_direction, smooth_normals, studio_light, to_srgb, weld

SAMPLES = 2
"""Samples across and down a pixel."""


@dataclass(frozen=True)
class Surface:
    """What stays the same about a surface while it moves.

    Args:
        rest: (V, 3) vertices in the bind pose, metres.
        faces: (F, 3) counter-clockwise from outside.
        colours: (F, 3) linear.
        normals: (V, 3) unit normals of the bind pose, which say where creases are, if known.
    """

    rest: Float[Tensor, "vertices 3"]
    faces: Int[Tensor, "faces 3"]
    colours: Float[Tensor, "faces 3"]
    normals: Float[Tensor, "vertices 3"] | None = None

    @cached_property
    def welded(self) -> Int[Tensor, "vertices"]:
        """Which vertices share a normal."""
        return weld(self.rest, self.normals)


def draw_picture(
    surface: Surface,
    vertices: Float[Tensor, "vertices 3"],
    camera: Camera,
    centre: Float[Tensor, "3"],
    studio: Studio,
) -> UInt8[Tensor, "height width 3"]:
    """A surface in one pose, lit, on the floor with its shadow, sRGB.

    Args:
        surface: faces and colours.
        vertices: (V, 3) posed, metres.
        camera: of one picture, unbatched.
        centre: what the floor fades around, metres.
        studio: the lights.
    """
    shadow = floor_shadow(camera, vertices, surface.faces, light_direction(studio.key, camera.axes))
    behind = floor_picture(camera, centre, shadow)
    colour, coverage = map(_resolved, _shaded(surface, vertices, camera.scaled(SAMPLES), studio))
    picture: Tensor = (to_srgb(colour + behind * (1 - coverage)) * 255).round().to(torch.uint8)
    return picture


def _shaded(
    surface: Surface, vertices: Float[Tensor, "vertices 3"], camera: Camera, studio: Studio
) -> tuple[Float[Tensor, "height width 3"], Float[Tensor, "height width 1"]]:
    """Linear colour and coverage, both zero beside the surface, of every sample."""
    seen = rasterize(camera.project(vertices), surface.faces, camera.height, camera.width)
    covered = seen.faces >= 0
    normals = smooth_normals(vertices, surface.faces, surface.welded)
    towards_eye = -camera.rays()[covered]
    albedo = surface.colours[seen.faces[covered]]
    colour = vertices.new_zeros(camera.height, camera.width, 3)
    at = interpolate(normals, surface.faces, seen)[covered]
    colour[covered] = studio_light(albedo, at, towards_eye, camera.axes, studio)
    return colour, covered.unsqueeze(-1).to(colour)


def _resolved(samples: Float[Tensor, "tall wide channels"]) -> Float[Tensor, "height width channels"]:
    """Samples averaged to pixels."""
    return avg_pool2d(samples.permute(2, 0, 1)[None], SAMPLES)[0].permute(1, 2, 0)

"""Studio light on what the rasteriser saw: key, fill and ambient light, a soft highlight, and its colours."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.data import vertex_normals

GLOSS = 24.0
"""Exponent of the highlight: Blinn, "Models of light reflection for computer synthesized pictures", SIGGRAPH 1977."""

Colour = tuple[float, float, float]
Direction = tuple[float, float, float]


@dataclass(frozen=True)
class Studio:
    """Lights that stand with the camera, so that every picture is lit alike.

    Args:
        key: towards the main light: right, up and back towards the eye, in the camera's axes.
        fill: towards the light that lifts its shadows.
        key_colour: linear red, green, blue.
        fill_colour: likewise.
        sky: ambient light on what faces up.
        floor: ambient light on what faces down.
        shine: strength of the highlight.
    """

    key: Direction = (-0.75, 0.75, 0.55)
    fill: Direction = (0.9, 0.1, 0.35)
    key_colour: Colour = (0.98, 0.93, 0.86)
    fill_colour: Colour = (0.10, 0.13, 0.18)
    sky: Colour = (0.13, 0.145, 0.17)
    floor: Colour = (0.055, 0.05, 0.045)
    shine: float = 0.08


def smooth_normals(
    vertices: Float[Tensor, "*batch vertices 3"], faces: Int[Tensor, "faces 3"], welded: Int[Tensor, "vertices"]
) -> Float[Tensor, "*batch vertices 3"]:
    """Unit vertex normals, smooth across vertices that are one: see `vertex_normals` of the core.

    Args:
        vertices: (*batch, V, 3) metres.
        faces: (F, 3) counter-clockwise from outside.
        welded: (V,) from `weld`; vertices with the same number share their normal.
    """
    flat = vertices.reshape(math.prod(vertices.shape[:-2]), *vertices.shape[-2:])
    numbers = torch.arange(len(welded), device=welded.device)
    first = torch.full_like(numbers, len(welded)).scatter_reduce_(0, welded, numbers, "amin")[welded]
    shifts = torch.arange(len(flat), device=faces.device).reshape(-1, 1, 1) * len(welded)
    every_face = (first[faces.long()] + shifts).flatten(0, 1)
    return vertex_normals(flat.flatten(0, 1), every_face).view_as(flat)[:, first].view_as(vertices)


def weld(vertices: Float[Tensor, "vertices 3"], normals: Float[Tensor, "vertices 3"] | None) -> Int[Tensor, "vertices"]:
    """Number vertices so that those share one that a file split for texture coordinates, not for a crease.

    Args:
        vertices: (V, 3) in the bind pose, metres.
        normals: (V, 3) unit; where known, vertices at one place with different normals stay apart.
    """
    keys = vertices if normals is None else torch.cat((vertices, (normals * 16).round()), dim=-1)
    found: Tensor = torch.unique(keys, dim=0, return_inverse=True)[1]
    return found


def studio_light(
    albedo: Float[Tensor, "points 3"],
    normals: Float[Tensor, "points 3"],
    towards_eye: Float[Tensor, "points 3"],
    axes: Float[Tensor, "3 3"],
    studio: Studio,
) -> Float[Tensor, "points 3"]:
    """Linear colours of lit points; a surface seen from behind is lit as if it were turned over.

    Args:
        albedo: (N, 3) linear colour of the surface.
        normals: (N, 3) of any length but zero.
        towards_eye: (N, 3) unit.
        axes: (3, 3) of the camera.
        studio: the lights.
    """
    unit = normals / normals.norm(dim=-1, keepdim=True).clamp_min(1e-12)
    unit = unit * torch.where((unit * towards_eye).sum(-1, keepdim=True) < 0, -1.0, 1.0)
    key, fill = (light_direction(direction, axes) for direction in (studio.key, studio.fill))
    ambient = torch.lerp(_row(studio.floor, unit), _row(studio.sky, unit), 0.5 + 0.5 * unit[:, 1:2])
    # Wrapped past the terminator, so that the shadow side keeps its form.
    lit = ((unit @ key).unsqueeze(-1) * 0.85 + 0.15).clamp_min(0) * _row(studio.key_colour, unit)
    filled = (unit @ fill).clamp_min(0).unsqueeze(-1) * _row(studio.fill_colour, unit)
    halfway = key + towards_eye
    shine = ((unit * halfway).sum(-1) / halfway.norm(dim=-1)).clamp_min(0).pow(GLOSS).unsqueeze(-1)
    return albedo * (ambient + lit + filled) + studio.shine * shine * _row(studio.key_colour, unit)


def light_direction(direction: Direction, axes: Float[Tensor, "3 3"]) -> Float[Tensor, "3"]:
    """A direction (right, up, towards the eye) of the camera as a unit vector of the world."""
    right, up, back = direction
    world = right * axes[0] - up * axes[1] - back * axes[2]
    return world / world.norm()


def to_srgb(linear: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
    """Encode linear colour, clipped to 0 to 1, for the screen (IEC 61966-2-1)."""
    clipped = linear.clamp(0, 1)
    return torch.where(clipped <= 0.0031308, 12.92 * clipped, 1.055 * clipped.clamp_min(0.0031308).pow(1 / 2.4) - 0.055)


def to_linear(srgb: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
    """The inverse of `to_srgb`."""
    return torch.where(srgb <= 0.04045, srgb / 12.92, ((srgb.clamp_min(0.04045) + 0.055) / 1.055).pow(2.4))


def _row(colour: Colour, like: Tensor) -> Float[Tensor, "3"]:
    return like.new_tensor(colour)

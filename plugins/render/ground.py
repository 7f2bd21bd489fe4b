"""The floor: metre squares that fade into the background, and the shadow on it."""

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate

from motionloom.plugins.render.camera import Camera
from motionloom.plugins.render.rasterize import rasterize

Colour = tuple[float, float, float]

LINE = 0.012
"""Width of a line, metres."""

BACKGROUND_TOP: Colour = (0.030, 0.034, 0.042)
BACKGROUND_BOTTOM: Colour = (0.070, 0.076, 0.088)
FLOOR: Colour = (0.085, 0.092, 0.105)
LINES: Colour = (0.23, 0.25, 0.29)
FADE_START, FADE_END = 2.0, 7.0
"""Metres from the centre of the picture's subject within which the floor is lost in the background."""

SHADOW_SCALE = 0.25
"""The shadow is drawn this much smaller, and blurred, so that its edge is soft."""


def floor_picture(
    camera: Camera, centre: Float[Tensor, "3"], shadow: Float[Tensor, "height width"]
) -> Float[Tensor, "height width 3"]:
    """What stands behind the performer: background, floor, lines, shadow; linear colour.

    Args:
        camera: of one picture, unbatched.
        centre: what the floor fades around, metres.
        shadow: (H, W) 0 in the light to 1 in the shade.
    """
    rays, eye = camera.rays(), camera.eye
    background = _background(camera)
    # The floor is seen where a ray goes down; the limit keeps the horizon finite.
    distance = eye[1] / (-rays[..., 1]).clamp_min(1e-4)
    at = eye[[0, 2]] + distance.unsqueeze(-1) * rays[..., [0, 2]]
    away = (at - centre[[0, 2]]).norm(dim=-1)
    seen = ((FADE_END - away) / (FADE_END - FADE_START)).clamp(0, 1) * (rays[..., 1] < -1e-4)
    footprint = distance / camera.focal / (-rays[..., 1:2]).clamp_min(0.05).squeeze(-1)
    drawn = _lines(at, footprint.unsqueeze(-1)).unsqueeze(-1)
    floor = torch.lerp(background.new_tensor(FLOOR), background.new_tensor(LINES), drawn)
    floor = floor * (1 - 0.62 * shadow.unsqueeze(-1))
    return torch.lerp(background, floor, (seen * seen * (3 - 2 * seen)).unsqueeze(-1))


def _background(camera: Camera) -> Float[Tensor, "height width 3"]:
    down = torch.linspace(0, 1, camera.height, device=camera.eye.device).reshape(-1, 1, 1)
    top, bottom = (camera.eye.new_tensor(colour) for colour in (BACKGROUND_TOP, BACKGROUND_BOTTOM))
    return torch.lerp(top, bottom, down).expand(camera.height, camera.width, 3)


def _lines(at: Float[Tensor, "*pixels 2"], footprint: Float[Tensor, "*pixels 1"]) -> Float[Tensor, "*pixels"]:
    """How much of a pixel lines at whole metres cover: the box filter of its footprint on the floor."""
    off = (at - at.round()).abs()
    width = footprint.clamp_min(1e-6)
    covered = ((LINE / 2 + width / 2 - off) / width).clamp(0, 1) * (LINE / width).clamp_max(1)
    return 1 - (1 - covered).prod(dim=-1)


def floor_shadow(
    camera: Camera, vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"], light: Float[Tensor, "3"]
) -> Float[Tensor, "height width"]:
    """The soft shadow that a surface throws on the floor, 0 in the light to 1 in the shade.

    The surface is flattened onto the floor along the light and drawn as the camera sees it: Blinn, "Me
    and my (fake) shadow", IEEE Computer Graphics and Applications, 1988.

    Args:
        camera: of one picture, unbatched.
        vertices: (V, 3) metres.
        faces: (F, 3) vertex indices.
        light: (3,) unit, towards the light, which is above the floor.
    """
    small = camera.scaled(SHADOW_SCALE)
    height = vertices[:, 1:2].clamp_min(0)
    flat = vertices - light * height / light[1].clamp_min(0.2)
    flat = torch.stack((flat[:, 0], torch.zeros_like(flat[:, 1]), flat[:, 2]), dim=-1)
    dark = (rasterize(small.project(flat), faces, small.height, small.width).faces >= 0).float()
    soft = avg_pool2d(dark[None, None], 3, stride=1, padding=1, count_include_pad=False)
    soft = avg_pool2d(soft, 3, stride=1, padding=1, count_include_pad=False)
    size = (camera.height, camera.width)
    return interpolate(soft, size=size, mode="bilinear", align_corners=False)[0, 0]

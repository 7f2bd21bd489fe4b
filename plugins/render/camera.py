"""A pinhole camera: from the world to pixels, and from pixels back to rays."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

NEAR = 0.01
"""Metres in front of the eye that are never drawn."""


@dataclass(frozen=True)
class Camera:
    """Where a picture is taken from.

    Args:
        eye: (*batch, 3) position, metres.
        axes: (*batch, 3, 3) rows right, down and forward: unit vectors in the world.
        focal: focal length, pixels.
        width: of the picture, pixels.
        height: of the picture, pixels.
    """

    eye: Float[Tensor, "*batch 3"]
    axes: Float[Tensor, "*batch 3 3"]
    focal: float
    width: int
    height: int

    def project(self, points: Float[Tensor, "*batch points 3"]) -> Float[Tensor, "*batch points 3"]:
        """Columns and rows in pixels from the top left corner, and the depth along the view axis, metres.

        What is behind the eye keeps its negative depth and has no meaningful place in the picture.
        """
        seen = (points - self.eye.unsqueeze(-2)) @ self.axes.mT
        depth = seen[..., 2:]
        scale = self.focal / torch.where(depth.abs() < NEAR, NEAR, depth)
        centre = seen.new_tensor([self.width / 2, self.height / 2])
        return torch.cat((seen[..., :2] * scale + centre, depth), dim=-1)

    def rays(self) -> Float[Tensor, "*batch height width 3"]:
        """Unit directions from the eye through the centres of all pixels."""
        across = (torch.arange(self.width).to(self.eye) + 0.5 - self.width / 2) / self.focal
        down = (torch.arange(self.height).to(self.eye) + 0.5 - self.height / 2) / self.focal
        rows, columns = torch.meshgrid(down, across, indexing="ij")
        local = torch.stack((columns, rows, torch.ones_like(rows)), dim=-1)
        directions = local @ self.axes.unsqueeze(-3)
        return directions / directions.norm(dim=-1, keepdim=True)

    def scaled(self, factor: float) -> "Camera":
        """The same view on a picture `factor` times as large."""
        width, height = round(self.width * factor), round(self.height * factor)
        return Camera(self.eye, self.axes, self.focal * factor, width, height)


def look_at(
    eye: Float[Tensor, "*batch 3"],
    target: Float[Tensor, "*batch 3"],
    width: int,
    height: int,
    field_of_view: float = 30.0,
) -> Camera:
    """A camera at `eye` with `target` in the middle of its picture and +Y up.

    Args:
        eye: (*batch, 3) metres.
        target: (*batch, 3) metres; not straight above or below the eye.
        width: of the picture, pixels.
        height: of the picture, pixels.
        field_of_view: degrees across the shorter side.
    """
    forward = _unit(target - eye)
    up = forward.new_tensor([0.0, 1.0, 0.0]).expand_as(forward)
    right = _unit(torch.linalg.cross(forward, up))
    down = torch.linalg.cross(forward, right)
    axes = torch.stack((right, down, forward), dim=-2)
    return Camera(eye, axes, focal_length(width, height, field_of_view), width, height)


def focal_length(width: int, height: int, field_of_view: float) -> float:
    """The focal length, in pixels, that sees `field_of_view` degrees across the shorter side of a picture."""
    return min(width, height) / 2 / math.tan(math.radians(field_of_view) / 2)


def distance_to_fit(
    points: Float[Tensor, "points 3"], axes: Float[Tensor, "3 3"], focal: float, half_width: float, half_height: float
) -> float:
    """How far from the origin an eye must be, looking at it, to have all points within a window of its picture.

    Args:
        points: (N, 3) metres.
        axes: (3, 3) of the camera: right, down, forward.
        focal: focal length, pixels.
        half_width: from the middle of the window to its sides, pixels.
        half_height: from the middle to the top, pixels.
    """
    across, down, ahead = (points @ axes.mT).unbind(-1)
    needed = torch.maximum(across.abs() * (focal / half_width), down.abs() * (focal / half_height)) - ahead
    return float(needed.max().clamp_min(2 * NEAR))


def _unit(vectors: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 3"]:
    return vectors / vectors.norm(dim=-1, keepdim=True)

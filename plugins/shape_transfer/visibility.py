"""How open to view each vertex of a surface is: skin is, the mouth's bag, eye sockets and nostrils are not."""

import math

import numpy as np
import torch
from torch import Tensor

from motionloom.core.data import vertex_normals
from motionloom.plugins.render.camera import Camera, look_at
from motionloom.plugins.render.rasterize import rasterize
from motionloom.plugins.shape_transfer.arrays import Doubles, Flags, Indices

PIXELS = 400
"""Across and down a picture."""

AWAY = 20.0
"""How far the cameras are, in radii of what they see: nearly parallel rays."""

FACING = 0.1
"""The least cosine between a vertex's normal and a view that may see it."""

OWN_DEPTH, OTHER_DEPTH = 0.008, 0.03
"""How deep behind a surface a vertex still counts as seen, in radii: behind the skin itself, and behind
another piece, where lashes and the wet rim of an eye lie on the skin that they would hide."""

VIEWS = tuple((yaw, pitch) for yaw in (-60, -30, 0, 30, 60) for pitch in (-35, 0, 35)) + tuple(
    (yaw, 0) for yaw in (-130, -75, 75, 130, 180)
)
"""Degrees to the left of the front and above it."""


def openness(vertices: Doubles, faces: Indices, skin: Flags) -> Doubles:
    """(V,) of the views that a vertex faces, the share that sees it; zero for one that faces none.

    Args:
        vertices: (V, 3) positions, facing +Z.
        faces: (F, 3) counter-clockwise from outside, of all pieces.
        skin: (V,) which vertices are of the piece that is asked about.
    """
    middle = (vertices.min(axis=0) + vertices.max(axis=0)) / 2
    radius = np.linalg.norm(vertices - middle, axis=1).max()
    unit = torch.from_numpy((vertices - middle) / radius).float()
    corners = torch.from_numpy(faces)
    own = torch.from_numpy(skin)[corners[:, 0]]
    pieces = [(corners[own], OWN_DEPTH), (corners[~own], OTHER_DEPTH)]
    normals = vertex_normals(unit, corners)
    seen, facing = torch.zeros(len(unit)), torch.zeros(len(unit))
    for yaw, pitch in VIEWS:
        direction = view_direction(yaw, pitch)
        towards = normals @ direction > FACING
        facing += towards
        seen += towards & _in_front(unit, pieces, camera_from(direction))
    ratio: Doubles = (seen / facing.clamp_min(1)).double().numpy()
    return ratio


def view_direction(yaw: float, pitch: float) -> Tensor:
    """(3,) unit, from the middle towards the camera.

    Args:
        yaw: degrees to the left (+X) of the front.
        pitch: degrees above it.
    """
    a, b = math.radians(yaw), math.radians(pitch)
    return torch.tensor([math.sin(a) * math.cos(b), math.sin(b), math.cos(a) * math.cos(b)])


def camera_from(direction: Tensor) -> Camera:
    """A far camera that sees the unit ball."""
    field_of_view = 2 * math.degrees(math.atan(1.02 / AWAY))
    return look_at(direction * AWAY, torch.zeros(3), PIXELS, PIXELS, field_of_view)


def _in_front(unit: Tensor, pieces: list[tuple[Tensor, float]], camera: Camera) -> Tensor:
    """(V,) whether nothing lies before a vertex, by more than each piece's tolerance."""
    projected = camera.project(unit)
    columns, rows = (projected[:, axis].long().clamp(0, PIXELS - 1) for axis in (0, 1))
    free = torch.ones(len(unit), dtype=torch.bool)
    for faces, tolerance in pieces:
        depth = rasterize(projected, faces, PIXELS, PIXELS).depth[rows, columns]
        free &= projected[:, 2] <= depth + tolerance
    return free


def seen_from_the_front(vertices: Doubles, faces: Indices) -> Indices:
    """The face that each covered pixel of a frontal picture sees, pixel by pixel.

    Args:
        vertices: (V, 3) positions, facing +Z.
        faces: (F, 3) vertex indices, either way round.
    """
    middle = (vertices.min(axis=0) + vertices.max(axis=0)) / 2
    radius = np.linalg.norm(vertices - middle, axis=1).max()
    unit = torch.from_numpy((vertices - middle) / radius).float()
    projected = camera_from(view_direction(0, 0)).project(unit)
    seen = rasterize(projected, torch.from_numpy(faces), PIXELS, PIXELS).faces
    found: Indices = seen[seen >= 0].numpy()
    return found

"""Surfaces whose geometry is known."""

import math
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from motionloom.core.data import Mesh


def grid(rows: int, columns: int, step: float = 1.0) -> tuple[Tensor, Tensor]:
    """A flat sheet in the plane z = 0 that faces +Z."""
    y, x = torch.meshgrid(torch.arange(rows + 1.0), torch.arange(columns + 1.0), indexing="ij")
    vertices = torch.stack((x, y, torch.zeros_like(x)), dim=-1).reshape(-1, 3) * step
    corner = (torch.arange(rows).unsqueeze(1) * (columns + 1) + torch.arange(columns)).reshape(-1)
    a, b, c, d = corner, corner + 1, corner + columns + 2, corner + columns + 1
    return vertices, torch.cat((torch.stack((a, b, c), 1), torch.stack((a, c, d), 1)))


@cache
def sphere(rings: int = 24, radius: float = 1.0) -> tuple[Tensor, Tensor]:
    """A closed sphere about the origin that faces outwards."""
    polar = torch.arange(1, rings) * (math.pi / rings)
    around = torch.arange(2 * rings) * (math.pi / rings)
    p, a = torch.meshgrid(polar, around, indexing="ij")
    rows = torch.stack((p.sin() * a.sin(), p.cos(), p.sin() * a.cos()), dim=-1).reshape(-1, 3)
    vertices = radius * torch.cat((rows, torch.tensor([[0.0, 1, 0], [0, -1, 0]])))
    size, faces = 2 * rings, []
    for ring in range(rings - 2):
        for place in range(size):
            a0, b0 = ring * size + place, ring * size + (place + 1) % size
            faces += [(a0, a0 + size, b0), (b0, a0 + size, b0 + size)]
    top, bottom, last = len(rows), len(rows) + 1, (rings - 2) * size
    for place in range(size):
        following = (place + 1) % size
        faces += [(top, place, following), (bottom, last + following, last + place)]
    return vertices, torch.tensor(faces)


def joined(*meshes: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    """Several meshes as one of several pieces."""
    starts = np.cumsum([0] + [len(vertices) for vertices, _ in meshes])
    vertices = torch.cat([vertices for vertices, _ in meshes])
    return vertices, torch.cat([faces + int(start) for (_, faces), start in zip(meshes, starts, strict=False)])


@cache
def ict_neutral(path: Path) -> Mesh:
    """All 26,719 vertices of ICT-FaceKit's neutral face, metres."""
    with np.load(path, allow_pickle=False) as file:
        vertices = torch.from_numpy(file["neutral"].astype(np.float32)) / 100
        polygons = torch.from_numpy(file["faces"].astype(np.int64))
    quads = polygons[polygons[:, 3] >= 0]
    triangles = (polygons[polygons[:, 3] < 0][:, :3], quads[:, [0, 1, 2]], quads[:, [0, 2, 3]])
    return Mesh(vertices, torch.cat(triangles))


ICT_SKIN = 11248
"""The vertices of ICT-FaceKit's head and neck, without mouth bag and eye sockets."""

ICT_SKIN_AND_CAVITIES = 14062

"""The one piece of a mesh that is the skin of its face."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool
from torch import Tensor

from motionloom.core.data import Mesh, vertex_normals
from motionloom.core.errors import NodeError
from motionloom.plugins.shape_transfer.arrays import Doubles, Flags, Indices
from motionloom.plugins.shape_transfer.topology import border, cut_out, weld
from motionloom.plugins.shape_transfer.visibility import openness, seen_from_the_front
from motionloom.plugins.surface.components import vertex_components

OPEN = 0.4
"""The share of the views faced that must see a vertex of the outside."""

FEWEST = 100
"""Vertices below which there is no face to speak of."""


@dataclass(frozen=True)
class Region:
    """A part of a mesh, cut out and welded.

    Args:
        vertices: (N, 3) positions, metres.
        faces: (F, 3) indices into those, counter-clockwise from outside.
        mesh_vertices: (N,) one vertex of the mesh for each.
        pieces: (N,) number of the connected piece that each is of.
        cut: (N,) whether it lies on an edge where the mesh goes on but the region ends.
        numbers: (V,) vertex of the region at each of the mesh's, -1 for none.
    """

    vertices: Doubles
    faces: Indices
    mesh_vertices: Indices
    pieces: Indices
    cut: Flags
    numbers: Indices


@dataclass(frozen=True)
class Skin:
    """The skin of a face: the piece of a region that most of its front shows.

    Args:
        vertices: (N, 3) positions, metres.
        faces: (F, 3) indices into those, counter-clockwise from outside.
        normals: (N, 3) unit.
        region_vertices: (N,) which of the region's each is.
        piece: number of the piece.
        outside: (N,) whether it is open to view; the mouth's bag, eye sockets and nostrils are not.
        cut: (N,) whether it lies on an edge where the mesh goes on but the region ends.
    """

    vertices: Doubles
    faces: Indices
    normals: Doubles
    region_vertices: Indices
    piece: int
    outside: Flags
    cut: Flags

    @property
    def width(self) -> float:
        """From the leftmost to the rightmost vertex of the outside, metres."""
        return float(np.ptp(self.vertices[self.outside, 0]))


def region_of(mesh: Mesh, wanted: Bool[Tensor, "vertices"]) -> Region:
    """Cut a region out of a mesh.

    Args:
        mesh: any triangles.
        wanted: (V,) its vertices.
    """
    vertices = mesh.vertices.detach().double().cpu().numpy()
    first, places, faces = weld(vertices, mesh.faces.long().cpu().numpy())
    inside = np.zeros(len(first), dtype=np.bool_)
    np.logical_or.at(inside, places, wanted.cpu().numpy())
    used, between = cut_out(faces, inside)
    numbers = np.full(len(first), -1)
    numbers[used] = np.arange(len(used))
    pieces = vertex_components(torch.from_numpy(between), len(used)).numpy()
    cut = border(between, len(used)) & ~border(faces, len(first))[used]
    return Region(vertices[first[used]], between, first[used], pieces, cut, numbers[places])


def skin_of(region: Region, whose: str) -> Skin:
    """The skin of the face in a region, turned outside out if its faces are flipped.

    Args:
        region: of a head, upright and facing +Z.
        whose: how messages call its owner: `the target`.

    Raises:
        NodeError: the region has no surface to speak of.
    """
    if len(region.vertices) < FEWEST:
        raise NodeError(
            f"{whose} has no face: {len(region.vertices)} vertices where its head should be",
            remedy="give a character whose head has a surface",
        )
    seen = seen_from_the_front(region.vertices, region.faces)
    piece = int(np.bincount(region.pieces[region.faces[seen, 0]]).argmax())
    members = region.pieces == piece
    outwards = _turned_outwards(region.vertices, region.faces, seen[members[region.faces[seen, 0]]])
    outside = openness(region.vertices, outwards, members) > OPEN
    used, faces = cut_out(outwards, members)
    vertices = region.vertices[used]
    normals = vertex_normals(torch.from_numpy(vertices), torch.from_numpy(faces)).numpy()
    return Skin(vertices, faces, normals, used, piece, outside[used], region.cut[used])


def _turned_outwards(vertices: Doubles, faces: Indices, seen: Indices) -> Indices:
    """Faces the other way round where most pixels see a back of them."""
    a, b, c = (vertices[faces[seen, corner], :2] for corner in range(3))
    first, second = b - a, c - a
    towards = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    return faces if np.median(towards) >= 0 else np.ascontiguousarray(faces[:, ::-1])

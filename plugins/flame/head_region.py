"""Head and neck of a character, cut off its body."""

from dataclasses import replace

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from motionloom.core.data import (
    Character,
    FaceRig,
    Mesh,
    MeshPart,
    Skeleton,
    Skin,
    dense_weights,
    rest_pose,
)
from motionloom.core.errors import DataError
from motionloom.plugins.retarget.roles.find import search_roles
from motionloom.plugins.retarget.roles.names import read_names
from motionloom.plugins.retarget.roles.parts import Part, Role

BELONGS = 0.5
"""A vertex is the head's if its joints hold more of it than this."""


def cut_head(character: Character) -> Character:
    """The part of a character that its neck's joints move, on those joints alone, in place.

    A face belongs to it if its three corners do; a vertex without a face is dropped.

    Args:
        character: with a neck or a head among its joints, by name or by its rest pose.

    Raises:
        DataError: it has neither, or they move no face.
    """
    joints = _head_joints(character)
    weights = dense_weights(character.skin, len(character.skeleton))[:, joints]
    corners = (weights.sum(1) > BELONGS)[character.mesh.faces.long()].all(1)
    if not corners.any():
        raise DataError(f"no face of {character.name!r} hangs on its neck", remedy="give a character with a head")
    kept = torch.zeros(len(weights), dtype=torch.bool, device=weights.device)
    kept[character.mesh.faces[corners].flatten().long()] = True
    return Character(
        name=character.name,
        skeleton=_rooted_at(character.skeleton, joints),
        mesh=_cut_mesh(character.mesh, kept, corners),
        skin=_cut_skin(character.skin, kept, joints, len(character.skeleton)),
        face_rig=_cut_rig(character.face_rig, kept),
        materials=character.materials,
    )


def _head_joints(character: Character) -> list[int]:
    """The lowest joint of the neck, and all that hangs from it."""
    skeleton, roles = character.skeleton, search_roles(character.skeleton)
    meanings = read_names(skeleton.names).items()
    named = [joint for joint, meaning in meanings if meaning.part in (Part.NECK, Part.HEAD)]
    # A bust has no hips that roles could start from; its names may do.
    first = [*roles.of(Role.NECK), *roles.of(Role.HEAD)] or named
    if not first:
        raise DataError(f"{character.name!r} has no joint for neck or head", remedy="give a character with a head")
    below = {min(first)}
    for joint, parent in enumerate(skeleton.parents):
        if parent in below:
            below.add(joint)
    return sorted(below)


def _rooted_at(skeleton: Skeleton, joints: list[int]) -> Skeleton:
    """Some joints, the first of them the root, where they were in the world."""
    rotations, positions = rest_pose(skeleton)
    number = {joint: place for place, joint in enumerate(joints)}
    translations, turns = skeleton.rest_translations[joints].clone(), skeleton.rest_rotations[joints].clone()
    translations[0], turns[0] = positions[joints[0]], rotations[joints[0]]
    tips = [tip for tip, joint in enumerate(skeleton.tip_joints) if joint in number]
    return Skeleton(
        names=tuple(skeleton.names[joint] for joint in joints),
        parents=tuple(number.get(skeleton.parents[joint], -1) for joint in joints),
        rest_translations=translations,
        rest_rotations=turns,
        tip_joints=tuple(number[skeleton.tip_joints[tip]] for tip in tips),
        tip_offsets=skeleton.tip_offsets[tips],
    )


def _cut_mesh(mesh: Mesh, kept: Bool[Tensor, "vertices"], corners: Bool[Tensor, "faces"]) -> Mesh:
    numbers: Int[Tensor, "vertices"] = kept.long().cumsum(0) - 1
    return replace(
        mesh,
        vertices=mesh.vertices[kept],
        faces=numbers[mesh.faces[corners].long()],
        normals=None if mesh.normals is None else mesh.normals[kept],
        uv=None if mesh.uv is None else mesh.uv[kept],
        parts=_cut_parts(mesh.parts, kept, corners),
        face_materials=None if mesh.face_materials is None else mesh.face_materials[corners],
    )


def _cut_parts(
    parts: tuple[MeshPart, ...], kept: Bool[Tensor, "vertices"], corners: Bool[Tensor, "faces"]
) -> tuple[MeshPart, ...]:
    """What is left of each part; a part of nothing is dropped."""
    vertices = kept.split([part.vertices for part in parts]) if parts else ()
    faces = corners.split([part.faces for part in parts]) if parts else ()
    left = [
        MeshPart(part.name, int(own.sum()), int(theirs.sum()))
        for part, own, theirs in zip(parts, vertices, faces, strict=True)
    ]
    return tuple(part for part in left if part.vertices)


def _cut_skin(skin: Skin, kept: Bool[Tensor, "vertices"], joints: list[int], count: int) -> Skin:
    """The kept joints' weights, filled up to one by the root, which stands for all that was cut off."""
    place = torch.zeros(count, dtype=torch.long, device=skin.weights.device)
    place[joints] = torch.arange(len(joints), device=place.device)
    return Skin(place[skin.joint_indices[kept].long()], skin.weights[kept])


def _cut_rig(rig: FaceRig | None, kept: Bool[Tensor, "vertices"]) -> FaceRig | None:
    return None if rig is None else FaceRig(rig.names, rig.deltas[:, kept])

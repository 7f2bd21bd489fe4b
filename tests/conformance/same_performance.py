"""Whether two takes look and are called the same, whatever the order of their vertices."""

import torch
from torch import Tensor

from motionloom.core.data import Character, Skeleton, Take, dense_weights, map_tensors, rest_pose, skinned_vertices

METRES = 1e-5
RADIANS = 1e-5
WEIGHT = 1e-5
TEXTURE = 1e-5
FRAMES = 10


def assert_same_performance(one: Take, other: Take) -> None:
    """Compare names, hierarchy, bind pose, surface, skin, shapes, materials and ten posed frames of two takes."""
    assert other.name == one.name
    assert abs(other.fps - one.fps) < 1e-4
    assert len(other) == len(one)
    assert_same_skeleton(one.character.skeleton, other.character.skeleton)
    assert_same_surface(one.character, other.character)
    assert_same_poses(one, other)


def assert_same_skeleton(one: Skeleton, other: Skeleton) -> None:
    """The same joints, hanging from one another alike, resting in one place and turned one way."""
    assert other.names == one.names
    assert other.parents == one.parents
    (turned, placed), (other_turned, other_placed) = (_precise_rest(skeleton) for skeleton in (one, other))
    assert (placed - other_placed).abs().max() < METRES
    assert _angles_apart(turned, other_turned).max() < RADIANS


def assert_same_surface(one: Character, other: Character) -> None:
    """The same triangles in the same order, with their skin, shapes, texture coordinates and materials."""
    assert _parts(other) == _parts(one)
    assert _far(one.mesh.vertices[one.mesh.faces], other.mesh.vertices[other.mesh.faces]) < METRES
    weights = (dense_weights(who.skin, len(who.skeleton))[who.mesh.faces] for who in (one, other))
    assert _far(*weights) < WEIGHT
    if one.mesh.uv is not None:
        assert other.mesh.uv is not None
        assert _far(one.mesh.uv[one.mesh.faces], other.mesh.uv[other.mesh.faces]) < TEXTURE
    assert_same_shapes(one, other)
    assert_same_materials(one, other)


def assert_same_shapes(one: Character, other: Character) -> None:
    """The same blend shapes, each moving the same corners by the same offsets."""
    names = one.face_rig.names if one.face_rig is not None else ()
    found = other.face_rig.names if other.face_rig is not None else ()
    assert sorted(found) == sorted(names)
    if one.face_rig is None or other.face_rig is None:
        return
    for number, name in enumerate(names):
        theirs = other.face_rig.deltas[found.index(name)]
        assert _far(one.face_rig.deltas[number][one.mesh.faces], theirs[other.mesh.faces]) < METRES, name


def assert_same_materials(one: Character, other: Character) -> None:
    """The same materials by name, colour and texture, on the same triangles."""
    if not one.materials:
        return
    for name, theirs in zip(_material_names(one), _material_names(other), strict=True):
        assert name == theirs
    known = {material.name: material for material in other.materials}
    for material in one.materials:
        found = known[material.name]
        assert torch.allclose(torch.tensor(found.base_color), torch.tensor(material.base_color), atol=1e-4)
        assert (found.texture is None) == (material.texture is None)
        if material.texture is not None and found.texture is not None:
            assert torch.equal(found.texture.data, material.texture.data)


def assert_same_poses(one: Take, other: Take) -> None:
    """Joints and corners at the same places in ten frames."""
    frames = sorted({round(k * (len(one) - 1) / (FRAMES - 1)) for k in range(FRAMES)})
    if one.motion is not None:
        assert other.motion is not None
        assert _far(one.motion.at(frames).world()[1], other.motion.at(frames).world()[1]) < METRES
    for frame in frames if len(one.character.mesh.faces) else ():
        at = slice(frame, frame + 1)
        posed, theirs = skinned_vertices(one, at)[0], skinned_vertices(other, at)[0]
        assert _far(posed[one.character.mesh.faces], theirs[other.character.mesh.faces]) < METRES, frame


def _parts(character: Character) -> list[tuple[str, int]]:
    """The objects of a surface and their triangles; one that is all one is called like the character."""
    mesh = character.mesh
    whole = [(character.name, len(mesh.faces))] if len(mesh.faces) else []
    return [(part.name, part.faces) for part in mesh.parts] or whole


def _material_names(character: Character) -> list[str]:
    chosen = character.mesh.face_materials
    numbers = [0] * len(character.mesh.faces) if chosen is None else chosen.tolist()
    return [character.materials[number].name for number in numbers]


def _precise_rest(skeleton: Skeleton) -> tuple[Tensor, Tensor]:
    return rest_pose(map_tensors(skeleton, lambda tensor: tensor.double()))


def _angles_apart(one: Tensor, other: Tensor) -> Tensor:
    one, other = (torch.nn.functional.normalize(rotations, dim=-1) for rotations in (one, other))
    # The chord between nearest signs; an arc cosine would lose half the digits.
    return 2 * torch.minimum((one - other).norm(dim=-1), (one + other).norm(dim=-1))


def _far(one: Tensor, other: Tensor) -> float:
    assert one.shape == other.shape
    return float((one - other).abs().max()) if one.numel() else 0.0

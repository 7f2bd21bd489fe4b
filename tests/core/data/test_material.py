"""Materials and textures refuse what no file could hold, and characters what does not belong together."""

from dataclasses import replace

import pytest
import torch

from motionloom.core.data import (
    Character,
    Material,
    Mesh,
    MeshPart,
    Skeleton,
    Skin,
    Take,
    Texture,
    bare_character,
    skinned_vertices,
)
from motionloom.core.errors import DataError

TRIANGLES = torch.tensor([[0, 1, 2], [3, 4, 5], [5, 4, 3]])


def mesh(*parts: MeshPart, materials: list[int] | None = None) -> Mesh:
    """Two triangles apart, one of them with a back."""
    chosen = None if materials is None else torch.tensor(materials)
    return Mesh(torch.arange(18.0).reshape(6, 3), TRIANGLES, parts=parts, face_materials=chosen)


def character(surface: Mesh, *materials: Material) -> Character:
    skin = Skin(torch.zeros(len(surface.vertices), 1, dtype=torch.long), torch.ones(len(surface.vertices), 1))
    return Character("hero", skeleton(), surface, skin, materials=materials)


def skeleton() -> Skeleton:
    return Skeleton(("hips", "head"), (-1, 0), torch.ones(2, 3), torch.tensor([[0.0, 0, 0, 1], [0, 0, 0, 1]]))


def test_a_material_is_a_plain_white_dielectric_until_told_otherwise() -> None:
    plain = Material("paper")
    assert (plain.base_color, plain.metallic, plain.texture) == ((1.0, 1.0, 1.0, 1.0), 0.0, None)


@pytest.mark.parametrize(
    "values",
    [
        {"base_color": (1.5, 0, 0, 1)},
        {"base_color": (0, 0, 0, -0.1)},
        {"metallic": 2.0},
        {"roughness": -1.0},
        {"roughness": float("nan")},
    ],
)
def test_a_value_outside_zero_to_one_is_refused_with_the_material(values: dict[str, object]) -> None:
    with pytest.raises(DataError, match=r"the material 'gold' has a value of .*; give 0 to 1"):
        Material("gold", **values)


def test_a_texture_without_bytes_is_refused() -> None:
    with pytest.raises(DataError, match="the texture 'wood' has no bytes"):
        Texture("wood", "image/png", torch.zeros(0, dtype=torch.uint8))


def test_parts_are_runs_of_vertices_and_faces() -> None:
    parts = MeshPart("left", 3, 1), MeshPart("right", 3, 2)
    assert mesh(*parts).parts == parts


def test_a_mesh_of_no_parts_is_all_one() -> None:
    assert mesh().parts == ()


def test_two_parts_of_one_name_are_refused() -> None:
    with pytest.raises(DataError, match="two parts of the mesh are called 'left'"):
        mesh(MeshPart("left", 3, 1), MeshPart("left", 3, 2))


@pytest.mark.parametrize("counts", [((3, 1), (2, 2)), ((3, 1), (3, 1)), ((3, 1), (4, 2))])
def test_parts_that_are_not_the_whole_mesh_are_refused(counts: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(DataError, match="faces in all, the mesh has 6 and 3"):
        mesh(*(MeshPart(str(number), *count) for number, count in enumerate(counts)))


def test_a_face_that_reaches_into_another_part_is_refused_with_its_part() -> None:
    with pytest.raises(DataError, match="part 'left': a face reaches for a vertex of another part"):
        mesh(MeshPart("left", 3, 2), MeshPart("right", 3, 1))
    with pytest.raises(DataError, match="part 'right': a face reaches"):
        mesh(MeshPart("left", 4, 1), MeshPart("right", 2, 2))


def test_faces_choose_among_the_character_s_materials() -> None:
    who = character(mesh(materials=[0, 1, 1]), Material("skin"), Material("hair"))
    assert [who.materials[number].name for number in who.mesh.face_materials.tolist()] == ["skin", "hair", "hair"]


@pytest.mark.parametrize("chosen", [[0, 0, 2], [0, -1, 0]])
def test_a_face_of_a_material_that_is_not_there_is_refused(chosen: list[int]) -> None:
    with pytest.raises(DataError, match=r"face \d: it names material -?\d, the character has 2"):
        character(mesh(materials=chosen), Material("skin"), Material("hair"))


def test_a_bare_character_is_a_legal_character_without_a_surface() -> None:
    bare = bare_character("bare", skeleton())
    assert (len(bare.mesh.vertices), len(bare.mesh.faces), len(bare.skin.weights)) == (0, 0, 0)
    assert bare.skeleton.names == ("hips", "head")
    assert bare.face_rig is None and bare.materials == ()


def test_a_bare_character_performs_and_shows_nothing() -> None:
    take = Take("still", bare_character("bare", skeleton()))
    assert skinned_vertices(take).shape == (1, 0, 3)


def test_a_bare_character_can_be_given_a_surface() -> None:
    bare, whole = bare_character("bare", skeleton()), character(mesh())
    assert replace(bare, mesh=whole.mesh, skin=whole.skin).mesh is whole.mesh

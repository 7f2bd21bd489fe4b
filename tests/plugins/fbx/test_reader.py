"""Real files, against their ground truth and against ufbx's own evaluation."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nearness import error, posed
from ufbx_oracle import evaluated_by_ufbx

from motionloom.core.errors import ReadError
from motionloom.core.node import Context
from motionloom.plugins.fbx.nodes import read_fbx

BARBARIAN = "blender_293_barbarian_7400_binary.fbx"
CUBE = "maya_blend_shape_cube_7700_binary.fbx"
SAUSAGE = "maya_game_sausage_7500_binary_wiggle.fbx"
KENNEY = "maya_kenney_character_7700_binary.fbx"


def obj_points(path: Path) -> np.ndarray:
    """The vertices of an OBJ file, in the unit of its text."""
    rows = [line.split()[1:4] for line in path.read_text().splitlines() if line.startswith("v ")]
    return np.array(rows, dtype=np.float64)


@pytest.mark.parametrize(
    ("name", "stem", "frames", "first"),
    [(SAUSAGE, "maya_game_sausage_wiggle", (10, 18), 1), (KENNEY, "maya_kenney_character", (4, 9), 0)],
)
def test_a_character_is_posed_as_maya_posed_it(
    fbx_files: Path, takes_in: Callable[[str], Any], name: str, stem: str, frames: tuple[int, int], first: int
) -> None:
    (take,) = takes_in(name)
    truth = np.array([obj_points(fbx_files / f"{stem}_{frame}.obj") for frame in frames]) / 100
    (vertices,) = posed(take, [frame - first for frame in frames]).values()
    assert error(vertices, truth) < 1e-4


@pytest.mark.parametrize(
    ("name", "frames"),
    [(BARBARIAN, [0, 10, 31, 62]), (CUBE, [0, 30, 100, 119]), (SAUSAGE, [0, 7, 19]), (KENNEY, [0, 7, 20])],
)
def test_every_object_of_a_file_moves_as_ufbx_moves_it(
    fbx_files: Path, takes_in: Callable[[str], Any], tmp_path: Path, name: str, frames: list[int]
) -> None:
    (take,) = takes_in(name)
    truth, vertices = evaluated_by_ufbx(fbx_files / name, frames, tmp_path), posed(take, frames)
    assert set(vertices) == set(truth)
    assert max(error(vertices[part], truth[part]) for part in truth) < 1e-4


def test_rate_range_and_name_of_an_animation_are_the_files(takes_in: Callable[[str], Any]) -> None:
    (idle,) = takes_in(BARBARIAN)
    (wiggle,) = takes_in(SAUSAGE)
    assert (idle.name, len(idle), idle.fps) == ("Armature|idle", 63, 24.0)
    assert (wiggle.name, len(wiggle), wiggle.fps) == ("wiggle", 20, 24.0)


def test_materials_come_with_the_pictures_in_the_file(takes_in: Callable[[str], Any]) -> None:
    (take,) = takes_in(BARBARIAN)
    body = next(material for material in take.character.materials if material.name == "body")
    grass = next(material for material in take.character.materials if material.name == "Grass.013")
    assert body.texture is not None
    assert (body.texture.name, body.texture.media_type, len(body.texture.data)) == ("diffuse", "image/png", 85726)
    assert grass.texture is None
    assert grass.base_color == pytest.approx((0.1333, 0.5451, 0.1333, 1.0), abs=1e-4)


def test_every_face_wears_the_material_of_its_object(takes_in: Callable[[str], Any]) -> None:
    (take,) = takes_in(BARBARIAN)
    mesh, worn = take.character.mesh, []
    for part, faces in zip(mesh.parts, mesh.face_materials.split([part.faces for part in mesh.parts]), strict=True):
        worn += [(part.name, take.character.materials[index].name) for index in faces.unique().tolist()]
    assert ("hair", "hair") in worn and ("body", "body") in worn


def test_blend_shapes_lose_the_name_of_mayas_deformer(takes_in: Callable[[str], Any]) -> None:
    (take,) = takes_in(CUBE)
    assert take.face.names == ("TopH", "TopV")
    assert float(take.face.weights.max()) == pytest.approx(1.0, abs=1e-4)


def test_normals_point_the_way_the_triangles_do(takes_in: Callable[[str], Any]) -> None:
    # Not Kenney's: the normals in that file lie across many of its triangles.
    for name in (BARBARIAN, CUBE, SAUSAGE):
        mesh = takes_in(name)[0].character.mesh
        first, second, third = (mesh.vertices[mesh.faces[:, corner]] for corner in range(3))
        across = (second - first).cross(third - first, dim=-1)
        agree = (across * mesh.normals[mesh.faces].sum(1)).sum(-1)[across.norm(dim=-1) > 1e-9] > 0
        assert agree.double().mean() > 0.97, name


def test_the_node_names_the_animations_there_are(fbx_files: Path) -> None:
    assert read_fbx(path=fbx_files / SAUSAGE, animation="wiggle", ctx=Context()).name == "wiggle"
    with pytest.raises(ReadError, match="wiggle"):
        read_fbx(path=fbx_files / SAUSAGE, animation="run", ctx=Context())

"""What a glTF document says, field by field, is what a take holds."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from gltf_documents import CORNERS, PNG, SIDES, Document, rigged, tetrahedron

from motionloom.core.data import Take, rest_pose, skinned_vertices
from motionloom.core.errors import ReadError
from motionloom.core.node import Context
from motionloom.core.testing import check_node
from motionloom.plugins.gltf.nodes import read_gltf
from motionloom.plugins.gltf.reader import files_beside, read_gltf_file

Write = Callable[[bytes], Path]


def read(path: Path) -> tuple[Take, ...]:
    """All takes of a file of which nothing needs a warning."""
    return read_gltf_file(path, pytest.fail)


def still(document: Document, glb: Write) -> Take:
    (take,) = read(glb(document.glb()))
    return take


def test_the_node_keeps_its_contract(glb: Write) -> None:
    check_node(read_gltf, path=glb(rigged().glb()))


def test_a_rigged_character_has_joints_shapes_and_a_picture(glb: Write) -> None:
    wave, jump, talk = read(glb(rigged().glb()))
    who = wave.character
    assert who.skeleton.names == ("hips", "arm")
    assert rest_pose(who.skeleton)[1].tolist() == [[0, 0, 0], [0, 0.5, 0]]
    assert torch.equal(who.mesh.vertices, 0.5 * torch.tensor(CORNERS))
    assert who.face_rig is not None
    assert who.face_rig.names == ("up", "grow")
    assert who.face_rig.deltas[0].tolist() == [[0, 0, 0], [0, 0, 0], [0, 0.25, 0], [0, 0, 0]]
    assert who.materials[0].name == "skin"
    assert who.materials[0].texture is not None
    assert bytes(who.materials[0].texture.data.tolist()) == PNG
    assert torch.allclose(who.skin.weights.sum(1), torch.ones(4))
    assert [take.name for take in (wave, jump, talk)] == ["wave", "jump", "talk"]


def test_shapes_are_open_by_default_and_move_where_animated(glb: Write) -> None:
    wave, _, talk = read(glb(rigged().glb()))
    assert wave.face is not None
    assert wave.face.names == ("up",)
    assert (wave.face.weights == 0.25).all()
    assert talk.face is not None
    assert talk.face.names == ("up", "grow")
    assert talk.face.weights[-1].tolist() == [1.0, 0.5]


def test_steps_hold_until_the_next_key(glb: Write) -> None:
    _, jump, _ = read(glb(rigged().glb()))
    assert jump.motion is not None
    assert (jump.motion.root_translation[:-1] == 0).all()
    assert jump.motion.root_translation[-1].tolist() == [0, 0, 1]


def test_rotations_turn_at_constant_speed_on_the_shorter_way(glb: Write) -> None:
    document = rigged()
    half = float(np.sqrt(0.5))
    document.json["animations"] = []
    document.animate(1, "rotation", [0, 1], [[0, 0, 0, 1], [0, 0, -half, -half]])
    take = still(document, glb)
    assert take.motion is not None
    angles = 2 * torch.atan2(take.motion.rotations[:, 1, 2], take.motion.rotations[:, 1, 3])
    assert torch.allclose(angles, torch.linspace(0, np.pi / 2, len(take)), atol=1e-6)


def test_cubic_splines_follow_their_tangents(glb: Write) -> None:
    document = rigged()
    document.json["animations"] = []
    rows = [[0, 0, 0], [0, 0, 0], [6, 0, 0], [0, 0, 0], [2, 0, 0], [0, 0, 0]]
    document.animate(0, "translation", [0, 1], rows, "CUBICSPLINE")
    take = still(document, glb)
    assert take.motion is not None
    t = torch.linspace(0, 1, len(take))
    expected = (t**3 - 2 * t**2 + t) * 6 + (3 * t**2 - 2 * t**3) * 2
    assert torch.allclose(take.motion.root_translation[:, 0], expected, atol=1e-5)


@pytest.mark.parametrize("mode", [4, 5, 6])
def test_strips_and_fans_are_the_same_triangles(mode: int, glb: Write) -> None:
    document = Document()
    corners = {4: [0, 1, 2, 2, 1, 3], 5: [0, 1, 2, 3], 6: [1, 3, 2, 0]}[mode]
    points = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]]
    primitive = {"attributes": {"POSITION": document.accessor(points)}, "indices": document.accessor(corners, "u1")}
    document.add("meshes", primitives=[primitive | {"mode": mode}])
    document.add("nodes", mesh=0)
    faces = still(document, glb).character.mesh.faces
    normals = torch.linalg.cross(
        *(torch.tensor(points)[faces[:, n]] - torch.tensor(points)[faces[:, 0]] for n in (1, 2))
    )
    assert len(faces) == 2
    assert normals.tolist() == [[0, 0, 1], [0, 0, 1]]


def test_primitives_of_a_mesh_choose_materials_of_their_own(glb: Write) -> None:
    document = Document()
    primitives = [tetrahedron(document, material=1), tetrahedron(document), tetrahedron(document, material=0)]
    document.add("meshes", primitives=primitives)
    document.add("materials", name="red", pbrMetallicRoughness={"baseColorFactor": [1, 0, 0, 1]})
    document.add("materials", name="blue")
    document.add("nodes", name="body", mesh=0)
    who = still(document, glb).character
    assert [material.name for material in who.materials] == ["red", "blue", "default"]
    assert who.mesh.face_materials is not None
    assert who.mesh.face_materials.tolist() == [1] * 4 + [2] * 4 + [0] * 4
    assert who.mesh.faces.max() == 11


def test_primitives_that_show_parts_of_the_same_vertices_share_them(glb: Write) -> None:
    document = Document()
    whole, other = tetrahedron(document, material=0), tetrahedron(document, material=1)
    part = {**whole, "indices": document.accessor([[0], [1], [3]], "u2"), "material": 1}
    document.add("meshes", primitives=[whole, other, part])
    document.add("materials", name="red", pbrMetallicRoughness={"baseColorFactor": [1, 0, 0, 1]})
    document.add("materials", name="blue")
    document.add("nodes", name="body", mesh=0)
    mesh = still(document, glb).character.mesh
    assert len(mesh.vertices) == 8
    assert mesh.faces[4].tolist() == [0, 1, 3] and mesh.faces[5:].min() == 4
    assert mesh.face_materials is not None and mesh.face_materials.tolist() == [0] * 4 + [1] * 5


def test_nodes_that_share_a_mesh_are_parts_in_places_of_their_own(glb: Write) -> None:
    document = Document()
    document.add("meshes", name="ball", primitives=[tetrahedron(document)])
    document.add("nodes", name="juggler", children=[1, 2])
    document.add("nodes", name="left", mesh=0, translation=[1, 0, 0])
    document.add("nodes", name="right", mesh=0, matrix=[2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, -1, 0, 0, 1])
    mesh = still(document, glb).character.mesh
    assert [part.name for part in mesh.parts] == ["left", "right"]
    assert torch.equal(mesh.vertices[:4], torch.tensor(CORNERS) + torch.tensor([1.0, 0, 0]))
    assert torch.equal(mesh.vertices[4:], 2 * torch.tensor(CORNERS) + torch.tensor([-1.0, 0, 0]))


def test_quantised_positions_are_scaled_by_their_node(glb: Write) -> None:
    document = Document()
    document.json["extensionsRequired"] = ["KHR_mesh_quantization"]
    primitive = tetrahedron(document)
    whole = (np.array(CORNERS) * 32767).tolist()
    primitive["attributes"]["POSITION"] = document.accessor([[*row, 0] for row in whole], "i2", normalized=True)
    accessor = document.json["accessors"][primitive["attributes"]["POSITION"]]
    accessor["type"] = "VEC3"
    document.json["bufferViews"][accessor["bufferView"]]["byteStride"] = 8
    document.add("meshes", primitives=[primitive])
    document.add("nodes", mesh=0, scale=[3, 3, 3])
    assert torch.allclose(still(document, glb).character.mesh.vertices, 3.0 * torch.tensor(CORNERS))


def test_a_buffer_inside_or_beside_the_document_is_the_same(tmp_path: Path, glb: Write) -> None:
    document = rigged()
    expected = skinned_vertices(read(glb(document.glb()))[0])
    (tmp_path / "a.gltf").write_bytes(document.gltf())
    (tmp_path / "b.gltf").write_bytes(document.gltf("some%20data.bin"))
    (tmp_path / "some data.bin").write_bytes(document.binary)
    for name in ("a.gltf", "b.gltf"):
        assert torch.equal(skinned_vertices(read(tmp_path / name)[0]), expected)
    assert list(files_beside(tmp_path / "b.gltf")) == [tmp_path.resolve() / "some data.bin"]


def test_a_sword_follows_the_hand_that_carries_it(glb: Write) -> None:
    document = rigged()
    document.json["nodes"][1]["children"] = [4]
    document.add("nodes", name="sword", mesh=1, translation=[0, 1, 0])
    document.add("meshes", primitives=[tetrahedron(document)])
    wave, *_ = read(glb(document.glb()))
    sword = skinned_vertices(wave)[:, 4:]
    arm = wave.character.skeleton.index("arm")
    assert wave.character.skeleton.names == ("hips", "arm")
    assert wave.motion is not None
    hand = wave.motion.world()[1][:, arm]
    # Half a metre along the arm from the joint, in every frame: the holder halves everything.
    assert torch.allclose((sword[:, 0] - hand).norm(dim=-1), torch.tensor(0.5))


def test_one_animation_is_chosen_by_name(glb: Write) -> None:
    heard: list[str] = []
    path, ctx = glb(rigged().glb()), Context(report_warning=heard.append)
    assert read_gltf(path=path, animation="jump", ctx=ctx).name == "jump"
    assert not heard
    assert read_gltf(path=path, ctx=ctx).name == "wave"
    assert "jump, talk" in heard[0]
    with pytest.raises(ReadError, match=r"'run'.*wave, jump, talk"):
        read_gltf(path=path, animation="run", ctx=ctx)


def test_recorded_files_are_read_without_a_warning(data_folder: Path) -> None:
    files = sorted((data_folder / "glb").rglob("*.glb"))
    if not files:
        pytest.skip("no glb folder where MOTIONLOOM_DATA points")
    assert len(files) == 58
    # The conformance tests read all of them.
    for file in files[1::9]:
        assert all(take.fps in (24.0, 30.0) for take in read(file))


def test_faces_are_counter_clockwise(glb: Write) -> None:
    document = Document()
    document.add("meshes", primitives=[tetrahedron(document)])
    document.add("nodes", mesh=0, scale=[-1, 1, 1])
    mesh = still(document, glb).character.mesh
    assert torch.equal(mesh.faces.flip(-1).flatten(), torch.tensor(SIDES))
    a, b, c = mesh.vertices[mesh.faces].unbind(1)
    outward = (torch.linalg.cross(b - a, c - a) * (a + b + c)).sum(1)
    assert outward.max() > 0

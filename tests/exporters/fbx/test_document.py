"""What users complain about in exported FBX files, and what readers need, looked at in the records."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import synthetic
import torch
from binary_records import Document, Node, name_of, read
from dressed import dressed

from motionloom.core.data import Character, FaceMotion, Mesh, Motion, Skeleton, Skin, Take, bare_character, rest_pose
from motionloom.core.errors import ExportError
from motionloom.core.node import Context
from motionloom.exporters.fbx.nodes import export_fbx


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return written(tmp_path_factory.mktemp("fbx"), synthetic.take(61))


def written(folder: Path, *takes: Take, **options: Any) -> Document:
    return read(export_fbx(takes, path=folder / "take.fbx", backend="builtin", ctx=Context(), **options).path)


def settings(document: Document) -> dict[str, list[Any]]:
    return document.root.one("GlobalSettings").properties()


def curves(document: Document, owner: Node, kind: str) -> list[Node]:
    (node,) = (found for found in document.sources(owner, kind) if found.name == "AnimationCurveNode")
    by_number = {found.values[0]: found for found in document.objects("AnimationCurve")}
    return [by_number[c[1]] for c in document.connections() if c[0] == "OP" and c[2] == node.values[0]]


class TestComplaints:
    def test_1_the_scale_is_right_lengths_are_centimetres_and_the_factor_is_one(self, document: Document) -> None:
        assert settings(document)["UnitScaleFactor"] == [1.0]
        heights = document.objects("Geometry", "Mesh")[0].value("Vertices").reshape(-1, 3)[:, 1]
        assert np.ptp(heights) == pytest.approx(100 * synthetic.HEIGHT)

    def test_2_the_frame_rate_is_the_takes_and_no_frame_is_resampled(self, document: Document) -> None:
        assert settings(document)["TimeMode"] == [6]
        for curve in document.objects("AnimationCurve"):
            ticks = curve.value("KeyTime")
            assert len(ticks) in (2, 61)
            assert np.array_equal(ticks % (46186158000 // 30), np.zeros(len(ticks)))

    def test_3_shapes_keep_names_and_animation(self, document: Document) -> None:
        channels = document.objects("Deformer", "BlendShapeChannel")
        assert [name_of(channel) for channel in channels] == list(synthetic.SHAPES)
        face = synthetic.take(61).face
        for number, name in enumerate(face.names):
            (curve,) = curves(document, document.named("Deformer", name), "DeformPercent")
            assert curve.value("KeyValueFloat") == pytest.approx(100 * face.weights[:, number].numpy(), abs=1e-4)
        assert [channel.value("FullWeights").tolist() for channel in channels] == [[100.0]] * len(channels)

    def test_4_the_root_moves_along_the_takes_path(self, document: Document) -> None:
        path = synthetic.take(61).motion.root_translation.numpy()
        found = [curve.value("KeyValueFloat") for curve in curves(document, limb(document, "hips"), "Lcl Translation")]
        assert np.stack(found, -1) == pytest.approx(100 * path, abs=1e-4)

    def test_5_the_bind_pose_is_the_rest_pose_and_not_frame_one(self, document: Document) -> None:
        bones = synthetic.skeleton()
        places = 100 * rest_pose(bones)[1].numpy()
        matrices = {node.value("Node"): node.value("Matrix") for node in pose(document).all("PoseNode")}
        for name, place in zip(bones.names, places, strict=True):
            assert matrices[limb(document, name).values[0]][12:15] == pytest.approx(place, abs=1e-4)
            assert limb(document, name).properties()["Lcl Rotation"] == [0.0, 0.0, 0.0]
        for cluster in document.objects("Deformer", "Cluster"):
            link = cluster.value("TransformLink")
            assert link[12:15] == pytest.approx(places[bones.index(name_of(cluster))], abs=1e-4)
            inverse = cluster.value("Transform").reshape(4, 4) @ link.reshape(4, 4)
            assert inverse == pytest.approx(np.eye(4), abs=1e-9)

    def test_6_a_dense_take_shares_key_attributes_and_leaves_out_what_rests(self, document: Document) -> None:
        for curve in document.objects("AnimationCurve"):
            assert len(curve.value("KeyAttrFlags")) == 1
            assert curve.value("KeyAttrRefCount").tolist() == [len(curve.value("KeyTime"))]
        assert not document.sources(limb(document, "tail"), "Lcl Rotation")
        (held, *_) = curves(document, limb(document, "hand.R"), "Lcl Rotation")
        assert len(held.value("KeyTime")) == 2
        assert not document.sources(document.named("Deformer", "nothing"), "DeformPercent")

    def test_7_angles_do_not_flip(self, tmp_path: Path) -> None:
        take = spinning()
        document = written(tmp_path, take)
        for name in take.character.skeleton.names:
            for curve in curves(document, limb(document, name), "Lcl Rotation"):
                assert np.abs(np.diff(curve.value("KeyValueFloat"))).max(initial=0.0) < 15.0

    def test_8_y_is_up_and_z_is_forward(self, document: Document) -> None:
        found = settings(document)
        axes = {name: found[name][0] for name in ("UpAxis", "FrontAxis", "CoordAxis")}
        assert axes == {"UpAxis": 1, "FrontAxis": 2, "CoordAxis": 0}
        assert [found[f"{name}Sign"][0] for name in axes] == [1, 1, 1]

    def test_9_there_is_one_root_and_no_bone_that_the_skeleton_lacks(self, document: Document) -> None:
        assert sorted(map(name_of, document.objects("Model", "LimbNode"))) == sorted(synthetic.NAMES)
        assert len(document.objects("Model")) == len(synthetic.NAMES) + 1
        top = [c[1] for c in document.connections() if c[2] == 0]
        assert top == [limb(document, "hips").values[0], document.objects("Model", "Mesh")[0].values[0]]

    def test_11_a_body_without_face_keeps_its_shapes(self, tmp_path: Path) -> None:
        document = written(tmp_path, replace(synthetic.take(), face=None))
        assert len(document.objects("Geometry", "Shape")) == len(synthetic.SHAPES)


def limb(document: Document, name: str) -> Node:
    return document.named("Model", name)


def pose(document: Document) -> Node:
    (found,) = document.objects("Pose")
    return found


def spinning() -> Take:
    """Two joints turn twice about axes of their own, through every gimbal lock there is."""
    bones = Skeleton(
        ("root", "arm"),
        (-1, 0),
        torch.tensor([[0.0, 1.0, 0.0], [0.3, 0.0, 0.0]]),
        torch.tensor([[0.0, 0.0, 0.0, 1.0]] * 2),
    )
    half = torch.linspace(0, 2 * torch.pi, 241)
    zero = torch.zeros_like(half)
    turns = [
        torch.stack((zero, half.sin(), zero, half.cos()), -1),
        torch.stack((half.sin(), zero, zero, half.cos()), -1),
    ]
    motion = Motion(bones, torch.zeros(241, 3), torch.stack(turns, 1), 30.0)
    return Take("spin", bare_character("sticks", bones), motion)


def test_everything_that_autodesks_sdk_wants_is_there(document: Document) -> None:
    sections = [node.name for node in document.root.children]
    assert sections == [
        *("FBXHeaderExtension", "FileId", "CreationTime", "Creator", "GlobalSettings", "Documents", "References"),
        *("Definitions", "Objects", "Connections", "Takes"),
    ]
    assert all(model.properties()["DefaultAttributeIndex"] == [0] for model in document.objects("Model"))
    counts = {kind.values[0]: kind.value("Count") for kind in document.root.one("Definitions").all("ObjectType")}
    for kind in counts.keys() - {"GlobalSettings"}:
        assert counts[kind] == len(document.objects(kind))
    assert document.root.one("Definitions").value("Count") == sum(counts.values())


def test_numbers_of_objects_are_unique_and_connections_name_them(document: Document) -> None:
    numbers = [node.values[0] for node in document.root.one("Objects").children]
    assert len(set(numbers)) == len(numbers)
    assert {number for c in document.connections() for number in c[1:3]} <= {0, *numbers}


def test_the_stack_spans_the_take(document: Document) -> None:
    (stack,) = document.objects("AnimationStack")
    properties = stack.properties()
    assert (name_of(stack), properties["LocalStart"], properties["LocalStop"]) == ("wave", [0], [2 * 46186158000])


def test_a_mesh_split_along_a_seam_is_one_again(tmp_path: Path) -> None:
    take = synthetic.take()
    mesh, count = take.character.mesh, len(take.character.mesh.vertices)
    # Every vertex twice, with texture coordinates of its own, and every other face on the second ones.
    twice = Mesh(
        mesh.vertices.repeat(2, 1),
        torch.where((torch.arange(len(mesh.faces)) % 2 == 0)[:, None], mesh.faces, mesh.faces + count),
        uv=torch.cat((mesh.uv, mesh.uv + 0.5)),
    )
    rig, skin = take.character.face_rig, take.character.skin
    who = replace(
        take.character,
        mesh=twice,
        skin=Skin(skin.joint_indices.repeat(2, 1), skin.weights.repeat(2, 1)),
        face_rig=replace(rig, deltas=rig.deltas.repeat(1, 2, 1)),
    )
    (geometry,) = written(tmp_path, replace(take, character=who)).objects("Geometry", "Mesh")
    points, corners = geometry.value("Vertices").reshape(-1, 3), geometry.value("PolygonVertexIndex")
    corners = np.where(corners < 0, ~corners, corners)
    assert len(points) == count
    assert points[corners] == pytest.approx(100 * twice.vertices[twice.faces].reshape(-1, 3).numpy(), abs=1e-4)
    uv = geometry.one("LayerElementUV")
    found = uv.value("UV").reshape(-1, 2)[uv.value("UVIndex")]
    assert found * (1, -1) + (0, 1) == pytest.approx(twice.uv[twice.faces].reshape(-1, 2).numpy(), abs=1e-6)


def test_vertices_in_one_place_that_move_apart_stay_apart(tmp_path: Path) -> None:
    take = synthetic.take()
    vertices, deltas = take.character.mesh.vertices.clone(), take.character.face_rig.deltas.clone()
    vertices[1], deltas[:, 1] = vertices[0], deltas[:, 0]
    deltas[2, 1] += 0.01
    who = replace(
        take.character,
        mesh=replace(take.character.mesh, vertices=vertices),
        face_rig=replace(take.character.face_rig, deltas=deltas),
    )
    (geometry,) = written(tmp_path, replace(take, character=who)).objects("Geometry", "Mesh")
    assert len(geometry.value("Vertices")) == 3 * len(vertices)


def test_both_sides_of_a_sheet_stay_two_faces(tmp_path: Path) -> None:
    bones = synthetic.skeleton()
    corners = torch.tensor([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]).repeat(2, 1)
    sheet = Mesh(corners, torch.tensor([[0, 1, 2], [3, 5, 4]]))
    skin = Skin(torch.zeros(6, 1, dtype=torch.long), torch.ones(6, 1))
    who = Character("sheet", bones, sheet, skin)
    (geometry,) = written(tmp_path, Take("sheet", who)).objects("Geometry", "Mesh")
    assert len(geometry.value("Vertices")) == 18


def test_a_face_has_the_material_that_it_chose(tmp_path: Path) -> None:
    document = written(tmp_path, dressed(synthetic.take()))
    body, coat = document.objects("Geometry", "Mesh")
    assert body.one("LayerElementMaterial").value("MappingInformationType") == "ByPolygon"
    slots = body.one("LayerElementMaterial").value("Materials")
    assert np.array_equal(slots, np.arange(len(slots)) % 2)
    assert coat.one("LayerElementMaterial").value("MappingInformationType") == "AllSame"
    models = {name_of(model): model for model in document.objects("Model", "Mesh")}
    worn = {
        name: [name_of(source) for source in document.sources(model) if source.name == "Material"]
        for name, model in models.items()
    }
    assert worn == {"body": ["skin", "hair"], "coat": ["cloth"]}


def test_a_still_character_has_no_animation(tmp_path: Path) -> None:
    document = written(tmp_path, synthetic.still())
    assert not document.objects("AnimationStack") and document.objects("Geometry")


def test_a_bare_skeleton_is_skeleton_and_animation_only(tmp_path: Path) -> None:
    document = written(tmp_path, spinning())
    kinds = {node.name for node in document.root.one("Objects").children}
    assert kinds == {
        "Model",
        "NodeAttribute",
        "Pose",
        "AnimationStack",
        "AnimationLayer",
        "AnimationCurveNode",
        "AnimationCurve",
    }


def test_influences_can_be_limited(tmp_path: Path) -> None:
    document = written(tmp_path, synthetic.take(), influences=4)
    points = np.concatenate([cluster.value("Indexes") for cluster in document.objects("Deformer", "Cluster")])
    assert np.bincount(points).max() == 4


def test_takes_of_different_rates_are_refused(tmp_path: Path) -> None:
    first = synthetic.take(fps=30.0)
    other = replace(first, name="other", motion=replace(first.motion, fps=60.0), face=None)
    with pytest.raises(ExportError, match="'wave' has 30 frames a second, 'other' has 60"):
        written(tmp_path, first, other)


def test_a_name_that_would_break_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"take name 'wa\\x00ve' holds a character that FBX cannot; rename the take"):
        written(tmp_path, replace(synthetic.take(), name="wa\0ve"))


def test_numbers_that_are_not_finite_are_refused_with_joint_and_frame(tmp_path: Path) -> None:
    take = synthetic.take()
    path = take.motion.root_translation.clone()
    path[7, 1] = float("nan")
    with pytest.raises(ExportError, match="joint 'hips', frame 7: the translation of the root is nan"):
        written(tmp_path, replace(take, motion=replace(take.motion, root_translation=path)))
    assert not (tmp_path / "take.fbx").exists()


def test_a_shape_that_the_character_lacks_is_refused(tmp_path: Path) -> None:
    take = synthetic.take()
    stranger = FaceMotion(("earWiggle",), take.face.weights[:, :1], take.fps)
    with pytest.raises(ExportError, match="moves shape 'earWiggle', which the character does not have"):
        written(tmp_path, replace(take, face=stranger))


def test_names_in_other_alphabets_stay(tmp_path: Path) -> None:
    take = replace(synthetic.take(), name="走る")
    assert name_of(written(tmp_path, take).objects("AnimationStack")[0]) == "走る"

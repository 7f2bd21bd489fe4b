from pathlib import Path
from typing import Any

import pytest
import torch

from motionloom.core.data import ARKIT_SHAPES, forward_kinematics, linear_blend_skinning, rest_pose, skin_matrices
from motionloom.core.errors import DataError, NodeError
from motionloom.core.node import Context
from motionloom.core.testing import check_node
from motionloom.plugins.ict.character import Person, build_character
from motionloom.plugins.ict.eyes import eye_centre
from motionloom.plugins.ict.materials import MATERIALS
from motionloom.plugins.ict.model import IctModel
from motionloom.plugins.ict.nodes import rig_ict
from motionloom.plugins.ict.topology import RANGES, REGIONS

MEAN = torch.zeros(1)


def test_the_rig_keeps_the_node_contract(ict_file: Path) -> None:
    character = check_node(rig_ict, file=ict_file, region="narrow", identity_seed=3)
    assert len(character.mesh.vertices) == REGIONS["narrow"]
    assert character.face_rig.names == tuple(name for name in ARKIT_SHAPES if name != "tongueOut")
    assert character.mesh.parts == ()


def test_a_rig_of_the_published_shapes_keeps_the_node_contract(stand_in: Any, packed: Any) -> None:
    character = check_node(rig_ict, file=packed(stand_in), shapes="ict", eye_turn=0.0, identity=[0.5, -1.0])
    assert len(character.face_rig.names) == 53
    assert [part.name for part in character.mesh.parts][:3] == ["skin", "gums_and_tongue", "teeth"]
    expected = stand_in["neutral"] + 0.5 * stand_in["identity_deltas"][0] - stand_in["identity_deltas"][1]
    assert torch.allclose(character.mesh.vertices, torch.from_numpy(expected) / 100, atol=1e-6)
    assert torch.allclose(character.face_rig.deltas, torch.from_numpy(stand_in["expression_deltas"]) / 100)


def test_a_seed_is_the_same_person_every_time_and_another_one_another(stand_in: Any, packed: Any) -> None:
    path = packed(stand_in | {"identity_deltas": stand_in["identity_deltas"][:1].repeat(100, axis=0)})
    people = [
        rig_ict(file=path, identity_seed=seed, region="narrow", ctx=Context()).mesh.vertices for seed in (1, 1, 2)
    ]
    assert torch.equal(people[0], people[1])
    assert not torch.allclose(people[0], people[2])


def test_the_tongue_that_ict_lacks_is_reported_and_can_be_put_in(stand_in: Any, packed: Any) -> None:
    said: list[str] = []
    path = packed(stand_in)
    ctx = Context(report_warning=said.append)
    assert len(rig_ict(file=path, region="face", missing="zero", ctx=ctx).face_rig.names) == 52
    assert said == ["the rig lacks tongueOut: put in at rest"]


def test_one_of_file_and_folder_and_at_most_one_identity_are_asked_for(tmp_path: Path) -> None:
    both: dict[str, Any]
    for both in ({}, {"file": tmp_path / "kit.npz", "folder": tmp_path}):
        with pytest.raises(NodeError, match=r"needs file or folder, one of the two; ICT-FaceKit .MIT. is"):
            rig_ict(**both, ctx=Context())
    with pytest.raises(NodeError, match="identity or identity_seed, not both"):
        rig_ict(file=tmp_path, identity=[0.0], identity_seed=1, ctx=Context())


def test_a_kit_with_another_face_is_refused(stand_in: Any, packed: Any) -> None:
    path = packed(stand_in | {"neutral": stand_in["neutral"] / 10})
    with pytest.raises(DataError, match="no skin where ICT-FaceKit's has ears or neck"):
        rig_ict(file=path, ctx=Context())


@pytest.fixture(scope="module")
def mean(kit: IctModel) -> Any:
    """The mean face as a character."""
    return build_character(kit, Person("ict", MEAN, "all", 30.0))


def test_vertices_keep_their_order_and_parts_hold_what_they_are_called(mean: Any, kit: IctModel) -> None:
    assert torch.equal(mean.mesh.vertices, kit.neutral)
    assert len(mean.mesh.faces) == len(kit.faces)
    first = 0
    for part in mean.mesh.parts:
        if part.name in RANGES:
            assert (first, first + part.vertices) == (RANGES[part.name].start, RANGES[part.name].stop)
        first += part.vertices


def test_joints_stand_one_above_the_other_and_the_eyes_in_front(mean: Any) -> None:
    places = dict(zip(mean.skeleton.names, rest_pose(mean.skeleton)[1], strict=True))
    heights = [float(places[name][1]) for name in ("chest", "neck", "head", "leftEye")]
    assert heights == sorted(heights)
    assert float(places["leftEye"][0]) == pytest.approx(-float(places["rightEye"][0]), abs=1e-4)
    assert 0.055 < float(places["leftEye"][0] - places["rightEye"][0]) < 0.07
    assert float(places["leftEye"][2]) > float(places["head"][2]) + 0.05


def test_the_rest_pose_moves_nothing_and_the_head_takes_face_teeth_and_lashes_along(mean: Any) -> None:
    skeleton = mean.skeleton
    rotations = torch.tensor([0.0, 0.0, 0.0, 1.0]).repeat(5, 1)

    def posed() -> torch.Tensor:
        world = forward_kinematics(skeleton, skeleton.rest_translations[0], rotations)
        return linear_blend_skinning(mean.mesh.vertices, skin_matrices(skeleton, *world), mean.skin)

    assert torch.allclose(posed(), mean.mesh.vertices, atol=1e-6)
    rotations[2] = torch.tensor([0.0, 0.5, 0.0, 0.75**0.5])
    moved = (posed() - mean.mesh.vertices).norm(dim=-1)
    for name in ("teeth", "left_eyelashes", "left_eye"):
        assert float(moved[list(RANGES[name])].min()) > 0.005
    collar = mean.mesh.vertices[:, 1] < -0.16
    assert float(moved[collar].max()) < 1e-6


def test_an_eye_joint_turns_its_eyeball_about_itself(mean: Any, kit: IctModel) -> None:
    for eye, joint in (("left_eye", 3), ("right_eye", 4)):
        rows = list(RANGES[eye])
        assert (mean.skin.joint_indices[rows, 0] == joint).all()
        assert torch.equal(mean.skin.weights[rows, 0], torch.ones(len(rows)))
        radius = (kit.neutral[rows] - eye_centre(kit.neutral, eye)).norm(dim=-1)
        assert 0.012 < float(radius.min()) < float(radius.max()) < 0.017


def test_skin_weights_sum_to_one(mean: Any) -> None:
    assert torch.allclose(mean.skin.weights.sum(-1), torch.ones(len(mean.skin.weights)))
    assert (mean.skin.weights >= 0).all()


def test_eyes_look_where_their_shapes_say(mean: Any, kit: IctModel) -> None:
    names = mean.face_rig.names
    for shape, axis, sign in (
        ("eyeLookUp_L", 1, 1),
        ("eyeLookDown_L", 1, -1),
        ("eyeLookOut_L", 0, 1),
        ("eyeLookIn_R", 0, 1),
    ):
        rows = list(RANGES["left_eye" if shape.endswith("L") else "right_eye"])
        front = rows[int(kit.neutral[rows, 2].argmax())]
        assert sign * float(mean.face_rig.deltas[names.index(shape), front, axis]) > 0.005
    published = build_character(kit, Person("ict", MEAN, "all", 0.0)).face_rig
    assert torch.equal(published.deltas, kit.expressions)


def test_the_iris_is_seen_through_a_clear_cornea(mean: Any) -> None:
    used = {MATERIALS[index].name for index in mean.mesh.face_materials.unique().tolist()}
    assert used == {material.name for material in MATERIALS}
    front = torch.stack([mean.mesh.vertices[mean.mesh.faces[:, corner]] for corner in range(3)]).mean(0)
    iris = mean.mesh.face_materials == [material.name for material in MATERIALS].index("iris")
    # Iris muscles are a disc of about 6 mm radius in the middle of the eyeball.
    apart = front[iris & (front[:, 0] > 0), :2] - eye_centre(mean.mesh.vertices, "left_eye")[:2]
    assert 0.005 < float(apart.norm(dim=-1).max()) < 0.0085

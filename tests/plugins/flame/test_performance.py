"""FLAME parameters performed: as a moving surface, as a character's take, and in files."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import roma
import torch
from heads import head
from model_documents import model_arrays, random_model, save_archive
from skinning_oracle import posed_vertices
from torch import Tensor

from motionloom.core.data import FlameMotion, ParametricModel, skinned_vertices, vertex_normals
from motionloom.core.errors import DataError
from motionloom.core.node import Context
from motionloom.exporters.gltf.nodes import export_gltf
from motionloom.plugins.flame.joint_names import face_joints
from motionloom.plugins.flame.model_file import SMPLX, read_model
from motionloom.plugins.flame.nodes import flame_character, flame_take
from motionloom.plugins.flame.performance import FRAMES_AT_ONCE, perform_motion
from motionloom.plugins.flame.synthetic import flame_format_model
from motionloom.plugins.gltf.nodes import read_gltf


def random_motion(frames: int = 5, identities: int = 4, expressions: int = 6, seed: int = 0) -> FlameMotion:
    generator = torch.Generator().manual_seed(seed)

    def turns() -> Tensor:
        return roma.rotvec_to_unitquat(0.3 * torch.randn(frames, 3, generator=generator))

    return FlameMotion(
        shape=torch.randn(identities, generator=generator),
        expression=torch.randn(frames, expressions, generator=generator),
        neck=turns(), jaw=turns(), left_eye=turns(), right_eye=turns(), fps=30.0,
        root_rotation=turns(), root_translation=torch.randn(frames, 3, generator=generator),
    )  # fmt: skip


def test_every_frame_is_the_models_pose() -> None:
    model, motion = random_model(), random_motion(FRAMES_AT_ONCE + 3)
    sequence = perform_motion(model, motion)
    assert (len(sequence), sequence.fps) == (FRAMES_AT_ONCE + 3, 30.0)
    assert motion.root_rotation is not None
    assert motion.root_translation is not None
    for frame in (0, FRAMES_AT_ONCE, FRAMES_AT_ONCE + 2):
        turns = torch.stack(
            [turn[frame] for turn in (motion.root_rotation, motion.neck, motion.jaw, motion.left_eye, motion.right_eye)]
        )
        wanted, _ = posed_vertices(model, motion.shape, motion.expression[frame], roma.unitquat_to_rotmat(turns))
        wanted = wanted + motion.root_translation[frame].numpy()
        assert np.abs(sequence.positions[frame].numpy() - wanted).max() < 5e-6


def test_the_neutral_surface_is_the_identitys() -> None:
    model, motion = random_model(), random_motion()
    mesh = perform_motion(model, motion).mesh
    wanted = model.template + torch.einsum("b,bvc->vc", motion.shape, model.shape_basis)
    assert (mesh.vertices - wanted).abs().max() < 1e-6
    assert mesh.normals is not None
    assert torch.equal(mesh.normals, vertex_normals(mesh.vertices, mesh.faces))


def test_a_motion_with_fewer_coefficients_leaves_the_others_at_zero() -> None:
    model, motion = random_model(), random_motion()
    few = replace(motion, shape=motion.shape[:2], expression=motion.expression[:, :3])
    longer = replace(
        motion,
        shape=torch.cat((motion.shape[:2], torch.zeros(9))),
        expression=torch.cat((motion.expression[:, :3], torch.zeros(5, 20)), 1),
    )
    assert torch.allclose(perform_motion(model, few).positions, perform_motion(model, longer).positions, atol=1e-6)


def test_a_motion_with_more_coefficients_than_the_model_is_refused() -> None:
    with pytest.raises(DataError, match="the motion has 7 expression coefficients, the model 'random' has 6"):
        perform_motion(random_model(), random_motion(expressions=7))
    with pytest.raises(DataError, match="the motion has 5 identity coefficients, the model 'random' has 4"):
        perform_motion(random_model(), random_motion(identities=5))


def test_a_model_without_a_jaw_is_refused_by_name() -> None:
    model = replace(random_model(), joint_names=("root", "neck", "chin", "left_eye", "right_eye"))
    with pytest.raises(DataError, match="the model 'random' has no joint 'jaw'; its joints are root, neck, chin"):
        perform_motion(model, random_motion())


def test_smplx_performs_with_its_own_neck_jaw_and_eyes(tmp_path: Path) -> None:
    arrays = model_arrays(SMPLX, 80, shapes=20)
    model = read_model(save_archive(tmp_path / "SMPLX_NEUTRAL.npz", arrays), SMPLX, None, None, None)
    names = ("pelvis", "neck", "jaw", "left_eye_smplhf", "right_eye_smplhf")
    assert tuple(model.joint_names[joint] for joint in face_joints(model)) == names
    motion = random_motion()
    sequence = perform_motion(model, motion)
    turns = torch.eye(3).repeat(55, 1, 1)
    for name, turn in zip(names[1:], (motion.neck, motion.jaw, motion.left_eye, motion.right_eye), strict=True):
        turns[model.joint_names.index(name)] = roma.unitquat_to_rotmat(turn[2])
    assert motion.root_rotation is not None
    assert motion.root_translation is not None
    turns[0] = roma.unitquat_to_rotmat(motion.root_rotation[2])
    shape = torch.cat((motion.shape, torch.zeros(6)))
    expression = torch.cat((motion.expression[2], torch.zeros(4)))
    wanted, _ = posed_vertices(model, shape, expression, turns)
    assert np.abs(sequence.positions[2].numpy() - wanted - motion.root_translation[2].numpy()).max() < 5e-6


def still_joints(model: ParametricModel) -> ParametricModel:
    """The model without what expressions do to its joints."""
    joints = model.joint_regressor @ model.expression_basis
    assert joints.abs().max() > 1e-4
    # Directions that no regressor sees: project the regressor's part out of the basis.
    regressor = model.joint_regressor
    seen = torch.linalg.pinv(regressor) @ joints
    return replace(model, expression_basis=model.expression_basis - seen)


def test_a_take_plays_what_the_model_computes() -> None:
    model, motion = still_joints(random_model()), random_motion()
    take = flame_take(model, motion, name="talk")
    played = skinned_vertices(take)
    assert (played - perform_motion(model, motion).positions).abs().max() < 5e-6
    assert take.name == "talk"
    assert take.face is not None
    assert take.face.names[:6] == tuple(f"expression_{number:03d}" for number in range(1, 7))
    assert take.face.names[6 + 9 : 6 + 12] == ("pose_jaw_00", "pose_jaw_01", "pose_jaw_02")


def test_a_motion_of_few_coefficients_plays_too() -> None:
    model = still_joints(random_model())
    motion = random_motion(identities=2, expressions=3)
    assert (skinned_vertices(flame_take(model, motion)) - perform_motion(model, motion).positions).abs().max() < 5e-6


def test_a_heads_take_differs_from_the_model_by_no_more_than_its_joints_wander() -> None:
    model = flame_format_model(head(), [], 100, "jawOpen", torch.Generator().manual_seed(0))
    motion = random_motion(identities=0, expressions=len(model.expression_basis))
    take = flame_take(model, motion)
    assert (skinned_vertices(take) - perform_motion(model, motion).positions).abs().max() < 1e-4
    # Corrections that move nothing are no shapes.
    assert take.face is not None
    assert [name for name in take.face.names if name.startswith("pose")] == ["pose_jaw_12", "pose_jaw_21"]


def test_the_character_of_a_shape_has_its_joints_and_one_blend_shape_a_coefficient() -> None:
    model = random_model()
    character = flame_character(model, shape=(1.0, -0.5))
    shaped = model.template + model.shape_basis[0] - 0.5 * model.shape_basis[1]
    assert (character.mesh.vertices - shaped).abs().max() < 1e-6
    assert character.skeleton.names == model.joint_names
    assert (character.skeleton.rest_translations[0] - (model.joint_regressor @ shaped)[0]).abs().max() < 1e-6
    assert (character.skin.weights.sum(1) - 1).abs().max() < 1e-6
    assert character.face_rig is not None
    assert len(character.face_rig.names) == 6 + 36
    with pytest.raises(DataError, match="5 identity coefficients for a model that has 4"):
        flame_character(model, shape=(0.0,) * 5)


def test_a_take_survives_a_gltf_file(tmp_path: Path) -> None:
    model = flame_format_model(head(), [], 100, "jawOpen", torch.Generator().manual_seed(0))
    motion = random_motion(identities=0, expressions=len(model.expression_basis))
    take = flame_take(model, motion)
    path = export_gltf([take], path=tmp_path / "talk.glb").path
    back = read_gltf(path=path, ctx=Context())
    assert (skinned_vertices(back) - skinned_vertices(take)).abs().max() < 1e-4

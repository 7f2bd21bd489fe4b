from dataclasses import replace

import pydantic
import pytest
import torch

from motionloom.core.data import ARKIT_SHAPES, FaceMotion, FaceRig
from motionloom.core.errors import NodeError
from motionloom.core.node import Context, spec_of
from motionloom.core.testing import check_node, sample_character
from motionloom.plugins.face.nodes import face_arkit, face_mirror, face_rename, rig_arkit


def ict_motion() -> FaceMotion:
    weights = torch.rand(6, 3, generator=torch.Generator().manual_seed(3))
    return FaceMotion(("browInnerUp_L", "browInnerUp_R", "mouthSmile_L"), weights, 30.0)


def test_a_motion_in_arkit_s_names_keeps_the_node_contract() -> None:
    face = check_node(face_arkit, ict_motion(), missing="zero")
    assert face.names == ARKIT_SHAPES
    assert face.weights.shape == (6, 52)


def test_a_rig_in_arkit_s_names_keeps_the_node_contract() -> None:
    character = sample_character()
    rig = FaceRig(("browInnerUp_L", "browInnerUp_R", "scar"), torch.rand(3, len(character.mesh.vertices), 3))
    found = check_node(rig_arkit, replace(character, face_rig=rig))
    assert found.face_rig.names == ("browInnerUp", "scar")


def test_renaming_keeps_the_node_contract() -> None:
    face = FaceMotion(("cheekPuff", "jawOpen"), torch.rand(2, 2), 24.0)
    assert check_node(face_rename, face, to="ict").names == ("cheekPuff_L", "cheekPuff_R", "jawOpen")


def test_mirroring_keeps_the_node_contract() -> None:
    assert check_node(face_mirror, ict_motion()).names == ("browInnerUp_R", "browInnerUp_L", "mouthSmile_R")


def test_a_character_without_a_face_is_refused_by_name() -> None:
    character = replace(sample_character(), face_rig=None)
    with pytest.raises(NodeError, match=f"{character.name!r} has no face shapes; rig.transfer puts some on it"):
        rig_arkit(character, ctx=Context())


def test_a_convention_that_is_not_known_is_refused_before_anything_runs() -> None:
    with pytest.raises(pydantic.ValidationError):
        spec_of(face_arkit).parameter_names["convention"].adapter.validate_python("faceware")

from dataclasses import replace

import pytest
import roma
import torch
from faces import anny, seeded
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from motionloom.core.data import FlameMotion
from motionloom.core.errors import DataError
from motionloom.plugins.flame.skinning import pose_model
from motionloom.plugins.flame_arkit.identity import displacements, identity_of, moving_joints, pose_of


def random_motion(frames: int, expressions: int, seed: int) -> FlameMotion:
    rotations = roma.rotvec_to_unitquat(0.3 * torch.randn(4, frames, 3, generator=seeded(seed)))
    expression = torch.randn(frames, expressions, generator=seeded(seed + 1))
    return FlameMotion(torch.zeros(0), expression, *rotations, 30.0)


def skinned(motion: FlameMotion) -> Tensor:
    """The same face by the project's skinning of parametric models, with root and neck at rest."""
    rest = torch.tensor([0.0, 0.0, 0.0, 1.0]).expand_as(motion.jaw)
    rotations = torch.stack((rest, rest, motion.jaw, motion.left_eye, motion.right_eye), 1)
    return pose_model(anny().model, rotations, expression=motion.expression).vertices


@given(st.integers(0, 10_000), st.integers(1, 80))
@settings(max_examples=8)
def test_a_posed_face_is_where_skinning_has_it(seed: int, expressions: int) -> None:
    motion = random_motion(3, expressions, seed)
    identity = identity_of(anny().model, motion.shape)
    found = identity.neutral + displacements(identity, pose_of(motion, identity))
    torch.testing.assert_close(found, skinned(motion), atol=2e-6, rtol=0.0)


def test_the_neutral_is_that_of_the_identity() -> None:
    model = anny().model
    wider = replace(model, shape_basis=0.1 * model.template.unsqueeze(0))
    torch.testing.assert_close(identity_of(wider, torch.tensor([2.0])).neutral, 1.2 * model.template)
    torch.testing.assert_close(identity_of(wider, torch.zeros(0)).neutral, model.template)


def test_more_coefficients_than_the_model_has_are_refused() -> None:
    model = anny().model
    with pytest.raises(DataError, match="3 identity coefficients"):
        identity_of(model, torch.zeros(3))
    with pytest.raises(DataError, match="500 expression coefficients for a model that has"):
        pose_of(random_motion(1, 500, 0), identity_of(model, torch.zeros(0)))


@pytest.mark.parametrize(
    "names",
    [
        ("root", "neck", "jaw", "left_eye", "right_eye"),
        ("global", "neck", "Jaw", "left_eye_smplhf", "right_eye_smplhf"),
        ("a", "b", "c", "d", "e"),
    ],
)
def test_jaw_and_eyes_are_found_by_name_or_by_place(names: tuple[str, ...]) -> None:
    assert moving_joints(replace(anny().model, joint_names=names)) == (2, 3, 4)


def test_a_model_without_a_jaw_is_refused_by_name() -> None:
    chain = replace(anny().model, joint_names=("a", "b", "c", "left_eye", "right_eye"), parents=(-1, 0, 1, 2, 2))
    with pytest.raises(DataError, match=r"no joint that is the jaw.*left_eye"):
        moving_joints(chain)

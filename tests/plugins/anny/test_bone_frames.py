import math

import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
import roma
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from motionloom.core.data import quat_action
from motionloom.core.errors import DataError
from motionloom.plugins.anny.bone_frames import bone_frames

directions = arrays.arrays(np.float64, (3,), elements=st.floats(-1, 1, allow_subnormal=False))
angles = st.floats(-math.pi, math.pi)
ORIGIN = torch.zeros(1, 3, dtype=torch.float64)


def frame(direction: list[float], roll: float = 0.0) -> torch.Tensor:
    tails = torch.tensor([direction], dtype=torch.float64)
    return bone_frames(ORIGIN, tails, torch.tensor([roll], dtype=torch.float64))


def axis(frames: torch.Tensor, which: int) -> torch.Tensor:
    return quat_action(frames, torch.eye(3, dtype=torch.float64)[which])[0]


@given(directions, angles)
def test_the_y_axis_runs_along_the_bone_whatever_the_roll(direction: np.ndarray, roll: float) -> None:
    length = float(np.linalg.norm(direction))
    assume(length > 1e-3)
    rotation = frame(direction.tolist(), roll)
    assert rotation.norm() == pytest.approx(1.0)
    assert torch.allclose(axis(rotation, 1), torch.from_numpy(direction / length), atol=1e-9)


@given(directions, angles)
def test_a_roll_turns_the_x_axis_about_the_bone(direction: np.ndarray, roll: float) -> None:
    assume(float(np.linalg.norm(direction)) > 1e-3)
    unrolled, rolled = frame(direction.tolist()), frame(direction.tolist(), roll)
    turn = roma.rotvec_to_unitquat(axis(unrolled, 1) * roll)
    assert torch.allclose(quat_action(turn, axis(unrolled, 0)), axis(rolled, 0), atol=1e-9)


def test_a_bone_that_points_to_the_back_has_blenders_own_axes_stood_up() -> None:
    # Blender's +Y, which is the back of a figure that faces -Y there and +Z here.
    rotation = frame([0.0, 0.0, -1.0])
    assert torch.allclose(axis(rotation, 0), torch.tensor([1.0, 0.0, 0.0], dtype=torch.float64))
    assert torch.allclose(axis(rotation, 2), torch.tensor([0.0, 1.0, 0.0], dtype=torch.float64))


def test_a_bone_that_points_to_the_front_is_turned_half_about_x() -> None:
    rotation = frame([0.0, 0.0, 1.0])
    assert torch.allclose(axis(rotation, 0), torch.tensor([1.0, 0.0, 0.0], dtype=torch.float64))
    assert torch.allclose(axis(rotation, 1), torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64))


@pytest.mark.parametrize("aside", [1e-5, 1e-8, 1e-12])
def test_a_bone_almost_to_the_front_keeps_its_digits(aside: float) -> None:
    rotation = frame([aside, 0.0, 1.0])
    assert float(axis(rotation, 1)[0]) == pytest.approx(aside, rel=1e-4, abs=1e-15)


def test_a_bone_without_length_is_refused_by_number() -> None:
    heads = torch.tensor([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    with pytest.raises(DataError, match=r"^joint 1: .*no length"):
        bone_frames(heads, torch.tensor([[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]]), torch.zeros(2))

"""Euler angles are the rotations that they came from, and do not jump."""

import numpy as np
import pytest
import roma
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from motionloom.exporters.fbx.euler import euler_xyz


def back(angles: np.ndarray) -> torch.Tensor:
    """(J, 3, T) degrees to (J, T, 4)."""
    return roma.euler_to_unitquat("xyz", torch.from_numpy(angles).double().movedim(1, -1), degrees=True)


def far(one: torch.Tensor, other: torch.Tensor) -> float:
    """The largest angle between two rotations, radians."""
    return float(roma.unitquat_geodesic_distance(one, other).max())


def unit(values: torch.Tensor) -> torch.Tensor:
    return values / values.norm(dim=-1, keepdim=True)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**31))
def test_angles_give_back_the_rotations(seed: int) -> None:
    rotations = unit(torch.randn(5, 8, 4, generator=torch.Generator().manual_seed(seed), dtype=torch.float64))
    assert far(back(euler_xyz(rotations.numpy())), rotations) < 1e-7
    assert far(back(euler_xyz(rotations.float().numpy())), rotations) < 1e-5


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**31), st.floats(0.0, 1e-3))
def test_smooth_motion_near_gimbal_lock_is_still_the_same_rotation(seed: int, near: float) -> None:
    random = torch.Generator().manual_seed(seed)
    angles = torch.cumsum(0.05 * torch.randn(1, 200, 3, generator=random, dtype=torch.float64), 1)
    angles[..., 1] = torch.pi / 2 + near * torch.sin(torch.arange(200) / 9)
    rotations = roma.euler_to_unitquat("xyz", angles)
    assert far(back(euler_xyz(rotations.float().numpy())), rotations) < 1e-5


def test_turning_through_gimbal_lock_does_not_jump() -> None:
    turn = torch.linspace(0, 6 * torch.pi, 400, dtype=torch.float64)
    angles = torch.stack((torch.full_like(turn, 0.3), turn, torch.full_like(turn, -0.2)), -1)
    found = euler_xyz(roma.euler_to_unitquat("xyz", angles)[None].numpy())
    assert np.abs(np.diff(found, axis=-1)).max() < 3.0
    assert pytest.approx(np.degrees(angles.numpy()), abs=1e-6) == found[0].T


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_many_turns_about_an_axis_add_up(axis: int) -> None:
    angles = torch.zeros(1, 500, 3, dtype=torch.float64)
    angles[..., axis] = torch.linspace(0, 20 * torch.pi, 500)
    found = euler_xyz(roma.euler_to_unitquat("xyz", angles).float().numpy())
    assert found[0, axis, -1] == pytest.approx(3600, abs=0.01)


def test_the_sign_of_a_quaternion_does_not_matter() -> None:
    rotations = unit(torch.randn(3, 50, 4, generator=torch.Generator().manual_seed(1)))
    signs = torch.where(torch.arange(50) % 3 == 0, -1.0, 1.0)[:, None]
    steps = np.diff(euler_xyz((rotations * signs).numpy()) - euler_xyz(rotations.numpy()), axis=-1)
    assert np.abs(steps - 360 * np.rint(steps / 360)).max() < 1e-2


def test_no_rotation_is_no_angle() -> None:
    nothing = np.tile(np.float32([0, 0, 0, 1]), (2, 3, 1))
    assert np.abs(euler_xyz(nothing)).max() < 1e-5


@pytest.mark.parametrize("y", [-90.0, 90.0])
def test_a_whole_clip_in_gimbal_lock_is_held(y: float) -> None:
    angles = torch.tensor([[[30.0, y, 0.0]]], dtype=torch.float64).expand(1, 20, 3)
    rotations = roma.euler_to_unitquat("xyz", angles, degrees=True)
    found = euler_xyz(rotations.numpy())
    assert far(back(found), rotations) < 1e-6
    assert np.abs(np.diff(found, axis=-1)).max() < 1e-3

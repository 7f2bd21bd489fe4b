"""Angles move on smoothly and mean the same rotations."""

import numpy as np
import pytest
import roma
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from random_motions import degrees_between, random_rotations

from motionloom.exporters.bvh.euler import continuous_euler

ORDERS = ["XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX"]


def steps(angles: np.ndarray) -> float:
    """The largest change of an angle from one frame to the next."""
    return float(np.abs(np.diff(angles, axis=0)).max())


@given(seed=st.integers(0, 2**32), order=st.sampled_from(ORDERS), frames=st.integers(1, 30))
@settings(max_examples=2 * settings.default.max_examples, deadline=None)
def test_angles_mean_the_rotations_that_they_came_from(seed: int, order: str, frames: int) -> None:
    rotations = random_rotations(np.random.default_rng(seed), frames, 3).double()
    angles = torch.from_numpy(continuous_euler(rotations, order))
    assert degrees_between(roma.euler_to_unitquat(order, angles, degrees=True), rotations) < 1e-5


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_steady_turn_through_full_circles_never_jumps(order: str, axis: int) -> None:
    turned = torch.zeros(400, 1, 3, dtype=torch.float64)
    turned[:, 0, axis] = torch.linspace(0, 6 * torch.pi, 400, dtype=torch.float64)
    angles = continuous_euler(roma.rotvec_to_unitquat(turned), order)
    assert steps(angles) < 3.0
    assert abs(angles[-1, 0, order.index("XYZ"[axis])] - 1080) < 1e-6


@pytest.mark.parametrize("order", ORDERS)
@given(amplitudes=st.tuples(*[st.floats(-400, 400)] * 3), phases=st.tuples(*[st.floats(0, 6)] * 3))
@settings(max_examples=40, deadline=None)
def test_curves_come_back_up_to_the_choice_of_the_first_frame(
    order: str, amplitudes: tuple[float, ...], phases: tuple[float, ...]
) -> None:
    time = torch.linspace(0, 1, 400, dtype=torch.float64)
    curves = torch.stack([a * torch.sin(5 * time + p) for a, p in zip(amplitudes, phases, strict=True)], -1)
    # The second angle stays clear of +-90 degrees, where neighbours on a curve need not be neighbours in angles.
    curves[:, 1] = curves[:, 1] / 400 * 80
    rotations = roma.euler_to_unitquat(order, curves.unsqueeze(1), degrees=True)
    angles = torch.from_numpy(continuous_euler(rotations, order))[:, 0]
    moved = (angles - curves) - (angles - curves)[0]
    assert float(moved.abs().max()) < 1e-6


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("second", [90.0, -90.0])
def test_the_third_angle_stays_what_it_was_while_locked(order: str, second: float) -> None:
    given_angles = torch.tensor([[10.0, 0.95 * second, 40.0], [10.0, second, 40.0], [10.0, second, 40.0]])
    rotations = roma.euler_to_unitquat(order, given_angles.double().unsqueeze(1), degrees=True)
    angles = continuous_euler(rotations, order)[:, 0]
    assert np.abs(angles - given_angles.numpy()).max() < 1e-4

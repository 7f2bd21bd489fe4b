import roma
import torch
from hypothesis import given
from hypothesis import strategies as st

from motionloom.plugins.evaluation.metrics import (
    end_effector_velocity,
    jerk,
    mse_h2,
    mse_lc_h2,
    penetration,
    rotation_error,
    slide,
)

offsets = st.tuples(*[st.floats(-3, 3, width=32)] * 3)


def places(frames: int = 5, joints: int = 4) -> torch.Tensor:
    return torch.randn(frames, joints, 3, generator=torch.Generator().manual_seed(1))


def test_an_offset_of_a_tenth_of_the_height_along_one_axis_is_a_third_of_a_hundredth() -> None:
    moved = places() + torch.tensor([0.17, 0.0, 0.0])
    assert torch.allclose(mse_h2(moved, places(), 1.7), torch.full((5, 4), 0.01 / 3), rtol=1e-4)


@given(offsets)
def test_errors_relative_to_the_root_do_not_see_where_the_body_is(by: tuple[float, float, float]) -> None:
    assert float(mse_lc_h2(places() + torch.tensor(by), places(), 1.0).max()) < 1e-10


def test_a_foot_on_the_floor_that_moves_slides_by_all_of_its_way() -> None:
    feet = torch.tensor([[[0.0, 0.0, 0.0]], [[0.03, 0.0, 0.04]], [[0.03, 0.0, 0.04]]])
    assert torch.allclose(slide(feet), torch.tensor([[5.0], [0.0]]))


def test_a_foot_slides_less_the_higher_it_is_and_not_at_all_three_centimetres_up() -> None:
    heights = torch.tensor([-0.02, 0.0, 0.015, 0.03, 0.5])
    feet = torch.zeros(2, 5, 3)
    feet[:, :, 1] = heights
    feet[1, :, 0] = 0.01
    assert torch.allclose(slide(feet)[0], torch.tensor([1.0, 1.0, 2 - 2**0.5, 0.0, 0.0]), atol=1e-5)


def test_the_floor_may_be_elsewhere() -> None:
    feet = torch.zeros(2, 1, 3)
    feet[1, 0, 2] = 0.01
    assert float(slide(feet, floor=-1.0)) == 0.0
    assert torch.allclose(penetration(feet, floor=0.02), torch.full((2, 1), -2.0))


def test_a_foot_penetrates_only_below_the_floor() -> None:
    feet = torch.tensor([[[0.0, 0.3, 0.0], [0.0, -0.01, 0.0]]])
    assert torch.allclose(penetration(feet), torch.tensor([[0.0, -1.0]]))


def test_the_jerk_of_a_cubic_path_is_its_third_derivative() -> None:
    times = torch.arange(12, dtype=torch.float64) / 30
    path = torch.stack((500.0 * times**3, torch.zeros(12), torch.zeros(12)), dim=-1)
    assert torch.allclose(jerk(path.unsqueeze(1), 30.0), torch.full((9, 1), 3.0, dtype=torch.float64))


def test_a_clip_of_three_frames_has_no_jerk() -> None:
    assert jerk(places(3), 30.0).shape == (0, 4)


def test_velocities_are_told_in_heights_a_second() -> None:
    path = torch.zeros(3, 1, 3)
    path[:, 0, 0] = torch.tensor([0.0, 0.1, 0.2])
    expected = torch.full((2, 1), (0.1 * 30 / 2.0) ** 2 / 3)
    assert torch.allclose(end_effector_velocity(path, torch.zeros(3, 1, 3), 2.0, 30.0), expected)


@given(st.floats(0, 180), st.sampled_from([0, 1, 2]), st.booleans())
def test_a_rotation_error_is_the_angle_whatever_the_sign_of_the_quaternion(
    degrees: float, axis: int, flipped: bool
) -> None:
    vector = torch.zeros(3, dtype=torch.float64)
    vector[axis] = degrees * torch.pi / 180
    turn = roma.rotvec_to_unitquat(vector)
    base = roma.rotvec_to_unitquat(torch.tensor([0.3, -0.7, 1.1], dtype=torch.float64))
    turned = roma.quat_product(base, turn) * (-1 if flipped else 1)
    assert abs(float(rotation_error(turned, base)) - degrees) < 1e-5

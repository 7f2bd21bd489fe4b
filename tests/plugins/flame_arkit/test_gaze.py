import pytest
import roma
import torch
from faces import anny
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from motionloom.plugins.flame_arkit.gaze import LOOKS, Gaze, eye_rotations, look_weights, measured_gaze
from motionloom.plugins.flame_arkit.identity import identity_of

THIRTY = Gaze(torch.full((8,), 30.0), (False,) * 8)


@given(st.lists(st.floats(0.0, 1.0, width=32), min_size=4, max_size=4), st.booleans(), st.booleans())
def test_weights_come_back_from_the_rotations_that_they_make(sizes: list[float], outwards: bool, up: bool) -> None:
    weights = torch.zeros(1, 8)
    for eye in range(2):
        weights[0, 4 * eye + int(outwards)] = sizes[2 * eye]
        weights[0, 4 * eye + 2 + int(up)] = sizes[2 * eye + 1]
    torch.testing.assert_close(look_weights(THIRTY, *eye_rotations(THIRTY, weights)), weights, atol=1e-5, rtol=0.0)


@pytest.mark.parametrize(
    ("axis", "on"),
    [
        ((0.0, 1.0, 0.0), ("eyeLookOutLeft", "eyeLookInRight")),
        ((0.0, -1.0, 0.0), ("eyeLookInLeft", "eyeLookOutRight")),
        ((-1.0, 0.0, 0.0), ("eyeLookUpLeft", "eyeLookUpRight")),
        ((1.0, 0.0, 0.0), ("eyeLookDownLeft", "eyeLookDownRight")),
    ],
)
def test_each_way_has_its_shape_and_fifteen_degrees_are_half_of_it(
    axis: tuple[float, float, float], on: tuple[str, ...]
) -> None:
    eye = roma.rotvec_to_unitquat(torch.deg2rad(torch.tensor(15.0)) * torch.tensor([axis]))
    weights = look_weights(THIRTY, eye, eye)[0]
    expected = torch.tensor([0.5 if name in on else 0.0 for name in LOOKS])
    torch.testing.assert_close(weights, expected, atol=1e-5, rtol=0.0)


def turned(degrees: float) -> dict[str, Tensor]:
    """Shapes that turn the eyeballs of the default character by so many degrees."""
    face = identity_of(anny().model, torch.zeros(0))
    turn = roma.rotvec_to_rotmat(torch.deg2rad(torch.tensor([0.0, degrees, 0.0])))
    shapes = {}
    for name in LOOKS:
        joint = 1 if name.endswith("Left") else 2
        arms = face.neutral - face.centres[joint]
        shapes[name] = (arms @ turn.T - arms) * (face.weights[:, joint:] > 0.5)[:, :1]
    return shapes


def test_the_turn_of_the_rigs_own_eyeballs_counts() -> None:
    gaze = measured_gaze(identity_of(anny().model, torch.zeros(0)), turned(22.0))
    torch.testing.assert_close(gaze.degrees, torch.full((8,), 22.0), atol=0.01, rtol=0.0)
    assert all(gaze.measured)


def test_eyeballs_that_the_shapes_leave_alone_turn_by_convention() -> None:
    still = {name: torch.zeros_like(shape) for name, shape in turned(0.0).items()}
    gaze = measured_gaze(identity_of(anny().model, torch.zeros(0)), still, 25.0)
    assert gaze.degrees.tolist() == [25.0] * 8 and not any(gaze.measured)

"""Points, rotations and faces of other programs' spaces arrive in ours as the same things, and go back."""

import pytest
import roma
import torch
from hypothesis import given
from hypothesis import strategies as st

from motionloom.core.data import METRES_PER_UNIT, SPACES, Space, quat_action
from motionloom.core.errors import DataError

AXES = ("+x", "-x", "+y", "-y", "+z", "-z")
EVERY_SPACE = [
    Space(METRES_PER_UNIT["cm"], up, forward, right_handed)
    for up in AXES
    for forward in AXES
    if up[1] != forward[1]
    for right_handed in (True, False)
]

spaces = st.sampled_from([*EVERY_SPACE, *SPACES.values()])
seeds = st.integers(0, 2**32)


def points(seed: int) -> torch.Tensor:
    return torch.randn(7, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def rotations(seed: int) -> torch.Tensor:
    drawn = torch.randn(7, 4, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return torch.nn.functional.normalize(drawn, dim=-1)


# What one unit up, forward and to the character's left is in each space, from its program's manual.
IN_THEIR_AXES: dict[str, tuple[list[int], list[int], list[int]]] = {
    "motionloom": ([0, 1, 0], [0, 0, 1], [1, 0, 0]),
    "gltf": ([0, 1, 0], [0, 0, 1], [1, 0, 0]),
    "unity": ([0, 1, 0], [0, 0, 1], [-1, 0, 0]),
    "maya": ([0, 1, 0], [0, 0, 1], [1, 0, 0]),
    "motionbuilder": ([0, 1, 0], [0, 0, 1], [1, 0, 0]),
    "houdini": ([0, 1, 0], [0, 0, 1], [1, 0, 0]),
    "blender": ([0, 0, 1], [0, -1, 0], [1, 0, 0]),
    "3ds_max": ([0, 0, 1], [0, -1, 0], [1, 0, 0]),
    "amass": ([0, 0, 1], [0, -1, 0], [1, 0, 0]),
    "unreal": ([0, 0, 1], [1, 0, 0], [0, -1, 0]),
}

UNITS = {"maya": 0.01, "motionbuilder": 0.01, "unreal": 0.01, "3ds_max": 0.0254}


@pytest.mark.parametrize("name", SPACES)
def test_one_unit_up_forward_and_left_is_so_in_ours(name: str) -> None:
    ours = SPACES[name].points_to_ours(torch.tensor(IN_THEIR_AXES[name], dtype=torch.float64))
    up, forward, left = torch.eye(3, dtype=torch.float64)[[1, 2, 0]] * UNITS.get(name, 1.0)
    assert torch.allclose(ours, torch.stack((up, forward, left)), atol=1e-15)


def test_every_space_of_the_table_is_tested() -> None:
    assert set(IN_THEIR_AXES) == set(SPACES)


@pytest.mark.parametrize(
    ("unit", "metres"),
    [("m", 1), ("dm", 0.1), ("cm", 0.01), ("mm", 0.001), ("inch", 0.0254), ("foot", 0.3048), ("yard", 0.9144)],
)
def test_a_unit_is_so_many_metres(unit: str, metres: float) -> None:
    assert METRES_PER_UNIT[unit] == metres
    length = Space(METRES_PER_UNIT[unit]).points_to_ours(torch.tensor([0.0, 2.0, 0.0], dtype=torch.float64))
    assert length[1].item() == pytest.approx(2 * metres)


def test_twelve_inches_are_a_foot_and_three_feet_a_yard() -> None:
    assert METRES_PER_UNIT["inch"] * 12 == pytest.approx(METRES_PER_UNIT["foot"])
    assert METRES_PER_UNIT["foot"] * 3 == pytest.approx(METRES_PER_UNIT["yard"])
    assert METRES_PER_UNIT["cmu"] * 0.45 == pytest.approx(METRES_PER_UNIT["inch"])


@pytest.mark.parametrize("space", EVERY_SPACE, ids=str)
def test_a_space_is_mirrored_if_and_only_if_it_is_left_handed(space: Space) -> None:
    basis = space.to_ours
    assert torch.equal(basis.abs().sum(0), torch.ones(3, dtype=torch.float64))
    assert torch.equal(basis @ basis.mT, torch.eye(3, dtype=torch.float64))
    assert torch.linalg.det(basis).item() == pytest.approx(1.0 if space.right_handed else -1.0)


@pytest.mark.parametrize("space", EVERY_SPACE, ids=str)
def test_up_and_forward_are_the_axes_that_were_named(space: Space) -> None:
    named = torch.zeros(2, 3, dtype=torch.float64)
    for row, axis in enumerate((space.up, space.forward)):
        named[row, "xyz".index(axis[1])] = 1 if axis[0] == "+" else -1
    expected = torch.tensor([[0.0, 1, 0], [0, 0, 1]], dtype=torch.float64) * 0.01
    assert torch.allclose(space.points_to_ours(named), expected)


@given(spaces, seeds)
def test_points_come_back_as_they_were(space: Space, seed: int) -> None:
    theirs = points(seed)
    assert torch.allclose(space.points_from_ours(space.points_to_ours(theirs)), theirs, atol=1e-12)


@given(spaces, seeds)
def test_rotations_come_back_as_they_were(space: Space, seed: int) -> None:
    theirs = rotations(seed)
    assert torch.equal(space.rotations_from_ours(space.rotations_to_ours(theirs)), theirs)


@given(spaces, seeds)
def test_a_rotation_turns_our_points_as_it_turned_theirs(space: Space, seed: int) -> None:
    turn, point = rotations(seed), points(seed + 1)
    theirs = space.points_to_ours(quat_action(turn, point))
    ours = quat_action(space.rotations_to_ours(turn), space.points_to_ours(point))
    assert torch.allclose(ours, theirs, atol=1e-12)


@given(spaces, seeds)
def test_a_rotation_is_conjugated_by_the_basis(space: Space, seed: int) -> None:
    turn, basis = rotations(seed), space.to_ours
    found = roma.unitquat_to_rotmat(space.rotations_to_ours(turn))
    assert torch.allclose(found, basis @ roma.unitquat_to_rotmat(turn) @ basis.mT, atol=1e-12)


@given(spaces, seeds)
def test_a_face_looks_the_way_it_looked(space: Space, seed: int) -> None:
    """Left-handed programs wind clockwise, so that the cross product points outside in every space."""
    corners = points(seed)[:3]
    a, b, c = corners
    outside = torch.linalg.cross(b - a, c - a)
    a, b, c = space.points_to_ours(corners)[space.faces_to_ours(torch.tensor([[0, 1, 2]]))[0]]
    ours = torch.linalg.cross(b - a, c - a)
    assert torch.allclose(ours, space.points_to_ours(outside) * space.metres_per_unit, atol=1e-12)


@given(spaces)
def test_faces_come_back_as_they_were(space: Space) -> None:
    faces = torch.tensor([[0, 1, 2], [2, 1, 3]])
    assert torch.equal(space.faces_to_ours(space.faces_to_ours(faces)), faces)


def test_single_precision_stays_single() -> None:
    space = SPACES["unreal"]
    assert space.points_to_ours(torch.ones(2, 3)).dtype == torch.float32
    assert space.rotations_from_ours(torch.ones(2, 4)).dtype == torch.float32


@pytest.mark.parametrize("unit", [0.0, -1.0, float("inf"), float("nan")])
def test_a_unit_that_makes_no_sense_is_refused(unit: float) -> None:
    with pytest.raises(DataError, match="metres makes no sense; give one above zero"):
        Space(unit)


@pytest.mark.parametrize(("up", "forward"), [("+y", "+y"), ("+y", "-y"), ("-z", "+z")])
def test_up_and_forward_on_one_axis_are_refused(up: str, forward: str) -> None:
    with pytest.raises(DataError, match="choose two axes"):
        Space(up=up, forward=forward)

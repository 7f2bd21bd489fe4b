"""The annotations of `core.data` are checked while these tests run, so that all of them test the shapes as well."""

import jaxtyping
import pytest
import torch

from motionloom.core.data import Mesh, quat_action, unroll, vertex_normals
from motionloom.core.testing import sample_motion


def test_a_function_is_held_to_its_argument_shapes() -> None:
    with pytest.raises(jaxtyping.TypeCheckError, match="rotations"):
        unroll(torch.zeros(5, 3))


def test_dimensions_of_one_name_must_agree_between_arguments() -> None:
    with pytest.raises(jaxtyping.TypeCheckError):
        quat_action(torch.zeros(5, 4), torch.zeros(4, 3))


def test_a_function_is_held_to_its_types() -> None:
    with pytest.raises(jaxtyping.TypeCheckError, match="faces"):
        vertex_normals(torch.zeros(3, 3), torch.zeros(1, 3))


def test_a_dataclass_is_held_to_its_types() -> None:
    with pytest.raises(jaxtyping.TypeCheckError, match="vertices"):
        Mesh(torch.zeros(3, 3, dtype=torch.long), torch.tensor([[0, 1, 2]]))


def test_an_integer_frame_rate_is_a_frame_rate() -> None:
    assert sample_motion(2, 30).fps == 30

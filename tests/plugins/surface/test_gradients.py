import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given
from shapes import grid, joined, sphere
from torch import Tensor

from motionloom.core.data import vertex_normals
from motionloom.plugins.surface.gradients import gradients, tangent_frames


def gradient_in_space(vertices: Tensor, faces: Tensor, values: Tensor) -> Tensor:
    frames = tangent_frames(vertex_normals(vertices, faces))
    found = gradients(vertices, faces, frames)
    along = torch.zeros(len(vertices), 2, dtype=vertices.dtype)
    entries = torch.stack((found.along_x, found.along_y), dim=-1) * values[found.columns].unsqueeze(-1)
    along.index_add_(0, found.rows, entries)
    return (along.unsqueeze(1) @ frames).squeeze(1)


@given(st.lists(st.floats(-1, 1), min_size=3, max_size=3).filter(lambda v: sum(x * x for x in v) > 1e-3))
def test_a_tangent_frame_is_right_handed_and_square_to_its_normal(direction: list[float]) -> None:
    normal = torch.tensor([direction], dtype=torch.float64)
    normal = normal / normal.norm()
    (x, y), z = tangent_frames(normal)[0], normal[0]
    assert torch.allclose(torch.linalg.cross(x, y), z, atol=1e-12)
    assert abs(float(x @ y)) < 1e-12


def test_the_gradient_of_a_linear_function_on_a_sheet_is_its_slope() -> None:
    vertices, faces = grid(5, 6, step=0.01)
    values = 2 * vertices[:, 0] - 7 * vertices[:, 1] + 1
    found = gradient_in_space(vertices.double(), faces, values.double())
    assert torch.allclose(found, torch.tensor([2.0, -7, 0]).double().expand_as(found), rtol=1e-3, atol=1e-3)


def test_the_gradient_of_height_on_a_sphere_is_up_along_the_surface() -> None:
    vertices, faces = sphere(40)
    exact = vertices.double()
    normals = vertex_normals(exact, faces)
    up = torch.tensor([0.0, 1, 0]).double()
    expected = up - normals * normals[:, 1:2]
    assert (gradient_in_space(exact, faces, exact[:, 1]) - expected).norm(dim=-1).median() < 0.01


def test_constants_have_no_gradient() -> None:
    vertices, faces = sphere(10)
    assert gradient_in_space(vertices.double(), faces, torch.ones(len(vertices)).double()).abs().max() < 1e-9


def test_a_vertex_without_a_face_has_an_empty_row() -> None:
    vertices, faces = joined(grid(2, 2), (torch.ones(1, 3), torch.zeros(0, 3, dtype=torch.long)))
    found = gradients(vertices, faces, tangent_frames(vertex_normals(vertices, faces)))
    assert len(vertices) - 1 not in found.rows and len(vertices) - 1 not in found.columns


@pytest.mark.parametrize("same", [[[0.0, 0, 0]] * 3, [[0.0, 0, 0], [1, 0, 0], [2, 0, 0]]])
def test_triangles_without_area_give_finite_gradients(same: list[list[float]]) -> None:
    vertices, faces = torch.tensor(same), torch.tensor([[0, 1, 2]])
    found = gradients(vertices, faces, tangent_frames(vertex_normals(vertices, faces)))
    assert found.along_x.isfinite().all() and found.along_y.isfinite().all()

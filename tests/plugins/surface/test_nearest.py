from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
import trimesh
from hypothesis import given, settings
from shapes import grid, ict_neutral, joined, sphere
from torch import Tensor

from motionloom.core.errors import DataError
from motionloom.plugins.surface import nearest
from motionloom.plugins.surface.nearest import ClosestPointTree, normal_agreement
from motionloom.plugins.surface.point_triangle import closest_on_triangles


def by_trimesh(vertices: Tensor, faces: Tensor, points: Tensor) -> tuple[Tensor, Tensor]:
    mesh = trimesh.Trimesh(vertices.double().numpy(), faces.numpy(), process=False)
    positions, distances, _ = trimesh.proximity.closest_point_naive(mesh, points.double().numpy())
    return torch.from_numpy(positions), torch.from_numpy(distances)


def random_points(count: int, size: float, seed: int = 0) -> Tensor:
    return size * torch.randn(count, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("size", [0.3, 1.0, 20.0])
def test_closest_points_agree_with_trimesh(size: float) -> None:
    vertices, faces = joined(sphere(12), grid(3, 3, step=2.0), sphere(6, radius=0.1))
    points = random_points(100, size)
    found = ClosestPointTree(vertices, faces).query(points)
    positions, distances = by_trimesh(vertices, faces, points)
    assert torch.allclose(found.squared_distances.sqrt(), distances, atol=1e-6)
    clear = (found.positions - positions).norm(dim=-1) > 1e-6
    # Where two places are equally close, either will do.
    assert torch.allclose((found.positions - points)[clear].norm(dim=-1), distances[clear], atol=1e-6)
    assert clear.float().mean() < 0.1


def test_closest_points_on_a_real_face_agree_with_trimesh(ict_file: Path) -> None:
    mesh = ict_neutral(ict_file)
    faces = mesh.faces[(mesh.faces < 6706).all(dim=1)]
    points = mesh.vertices[:6706:500].double() + random_points(14, 0.02)
    found = ClosestPointTree(mesh.vertices, faces).query(points)
    _, distances = by_trimesh(mesh.vertices, faces, points)
    assert torch.allclose(found.squared_distances.sqrt(), distances, atol=1e-6)


def test_a_large_triangle_far_from_its_centre_is_found() -> None:
    large = torch.tensor([[0.0, 0, 0], [1000, 0, 0], [0, 1000, 0]])
    small = torch.tensor([[5.0, 5, 1], [5.1, 5, 1], [5, 5.1, 1]])
    tree = ClosestPointTree(*joined((large, torch.tensor([[0, 1, 2]])), (small, torch.tensor([[0, 1, 2]]))))
    found = tree.query(torch.tensor([[5.0, 5.0, 0.1], [5.0, 5.0, 0.9]]))
    assert found.faces.tolist() == [0, 1]


def test_weights_of_corners_make_the_closest_point() -> None:
    vertices, faces = sphere(10)
    found = ClosestPointTree(vertices, faces).query(random_points(50, 2.0))
    made = (vertices.double()[faces[found.faces]] * found.barycentrics.unsqueeze(-1)).sum(1)
    assert torch.allclose(made, found.positions, atol=1e-6)
    assert (found.barycentrics >= 0).all()
    assert torch.allclose(found.barycentrics.sum(-1), torch.ones(50, dtype=torch.float64))


def test_small_chunks_give_the_same_as_large_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    vertices, faces = sphere(12)
    points = random_points(60, 1.0)
    expected = ClosestPointTree(vertices, faces).query(points)
    monkeypatch.setattr(nearest, "AT_ONCE", 7)
    found = ClosestPointTree(vertices, faces).query(points)
    assert torch.equal(found.faces, expected.faces) and torch.equal(found.positions, expected.positions)


def test_a_vertex_of_the_mesh_is_its_own_closest_point() -> None:
    vertices, faces = sphere(10)
    found = ClosestPointTree(vertices, faces).query(vertices)
    assert found.squared_distances.max() < 1e-12 and found.positions.dtype == torch.float32


def test_no_points_have_no_closest_ones() -> None:
    assert len(ClosestPointTree(*sphere(6)).query(torch.zeros(0, 3)).faces) == 0


def test_a_mesh_without_faces_is_refused() -> None:
    with pytest.raises(DataError, match="without faces"):
        ClosestPointTree(torch.zeros(3, 3), torch.zeros(0, 3, dtype=torch.long))


def test_a_normal_agrees_in_front_of_a_surface_and_disagrees_behind_it() -> None:
    vertices, faces = grid(2, 2)
    found = ClosestPointTree(vertices, faces).query(torch.tensor([[0.5, 0.5, 1.0], [0.5, 0.5, -1.0]]))
    towards_eye = torch.tensor([[0.0, 0, 1], [0, 0, -1]])
    assert normal_agreement(found, vertices, faces, towards_eye).tolist() == [1.0, -1.0]


COORDINATE = st.floats(-2, 2).map(lambda value: round(value, 2))
TRIANGLE = st.lists(COORDINATE, min_size=9, max_size=9).map(lambda v: np.array(v).reshape(3, 3))
POINT = st.lists(COORDINATE, min_size=3, max_size=3).map(np.array)


@settings(max_examples=60)
@given(TRIANGLE, POINT)
def test_no_point_of_a_triangle_is_closer_than_the_closest(corners: np.ndarray, point: np.ndarray) -> None:
    squared, weights = closest_on_triangles(point[None], corners[None])
    assert np.isclose(((weights @ corners - point) ** 2).sum(), squared[0], atol=1e-9)
    steps = np.linspace(0, 1, 21)
    shares = np.array([(a, b, 1 - a - b) for a in steps for b in steps if a + b <= 1])
    assert squared[0] <= ((shares @ corners - point) ** 2).sum(axis=1).min() + 1e-9

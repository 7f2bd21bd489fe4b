import hypothesis.strategies as st
import pytest
import roma
import torch
from hypothesis import given, settings
from shapes import grid, joined, sphere

from motionloom.core.errors import DataError
from motionloom.plugins.surface.resample import sample_surface
from motionloom.plugins.surface.similarity import Similarity, fit_similarity, fit_to_planes
from motionloom.plugins.surface.turns import turns


def test_points_fall_by_area_and_lie_on_their_faces() -> None:
    vertices, faces = joined(grid(2, 2, step=1.0), grid(2, 2, step=3.0))
    drawn = sample_surface(vertices, faces, 1000, torch.Generator().manual_seed(1))
    assert abs(int((drawn.faces >= 8).sum()) - 900) <= 1
    made = (vertices[faces[drawn.faces]] * drawn.barycentrics.unsqueeze(-1)).sum(1)
    assert torch.allclose(made, drawn.positions) and (drawn.barycentrics >= 0).all()


def test_the_same_seed_draws_the_same_points() -> None:
    first, second = (sample_surface(*sphere(6), 50, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first.positions, second.positions)


def test_a_surface_without_area_has_no_points() -> None:
    with pytest.raises(DataError, match="without area"):
        sample_surface(torch.zeros(3, 3), torch.tensor([[0, 1, 2]]), 5, torch.Generator())


def random_similarity(seed: int) -> Similarity:
    generator = torch.Generator().manual_seed(seed)
    rotation = roma.random_rotmat(1, dtype=torch.float64, generator=generator)[0]
    numbers = torch.rand(4, dtype=torch.float64, generator=generator)
    return Similarity(rotation, 10 ** (4 * numbers[0] - 2), 10 * numbers[1:] - 5)


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_a_similarity_is_found_from_what_it_did(seed: int) -> None:
    there = random_similarity(seed)
    points = torch.randn(12, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(seed + 1))
    moved = there.points(points)
    found = fit_similarity(points, moved, torch.ones(12).double())
    assert torch.allclose(found.points(points), moved, rtol=1e-8, atol=1e-8)
    assert torch.allclose(found.inverse().points(moved), points, atol=1e-6)
    assert torch.linalg.det(found.rotation) > 0


def test_points_without_weight_do_not_count() -> None:
    there, points = random_similarity(5), torch.randn(10, 3, dtype=torch.float64)
    moved, weights = there.points(points), torch.ones(10).double()
    moved[0], weights[0] = 100.0, 0.0
    assert torch.allclose(fit_similarity(points, moved, weights).rotation, there.rotation)


def test_a_mirror_image_is_fitted_without_reflection() -> None:
    points = torch.randn(20, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    found = fit_similarity(points, points * torch.tensor([-1.0, 1, 1]).double(), torch.ones(20).double())
    assert torch.allclose(torch.linalg.det(found.rotation), torch.tensor(1.0).double())


def test_one_similarity_after_another_is_both() -> None:
    one, two = random_similarity(1), random_similarity(2)
    points = torch.randn(4, 3, dtype=torch.float64)
    assert torch.allclose(two.after(one).points(points), two.points(one.points(points)))


def test_sliding_steps_bring_points_onto_the_planes_that_they_belong_to() -> None:
    vertices, _ = sphere(12)
    normals = vertices.double()
    stretched = normals * torch.tensor([1.0, 0.7, 1.3]).double()
    normals = normals / torch.tensor([1.0, 0.7, 1.3]).double()
    normals = normals / normals.norm(dim=-1, keepdim=True)
    turn = roma.rotvec_to_rotmat(torch.tensor([0.1, -0.05, 0.08]).double())
    there = Similarity(turn, torch.tensor(1.1).double(), torch.tensor([0.1, 0.0, -0.1]).double())
    points = there.points(stretched)
    for _ in range(6):
        points = fit_to_planes(points, stretched, normals, torch.ones(len(points)).double()).points(points)
    assert torch.allclose(points, stretched, atol=1e-6)


def test_the_turns_are_a_group_of_sixty_and_leave_no_orientation_far() -> None:
    found = turns()
    assert found.shape == (60, 3, 3) and torch.equal(found[0], torch.eye(3).double())
    products = found[7] @ found
    assert torch.cdist(products.flatten(1), found.flatten(1)).min(dim=1).values.max() < 1e-6
    some = roma.random_rotmat(500, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    traces = torch.einsum("aij,bij->ab", some, found).amax(dim=1)
    assert torch.rad2deg(torch.acos(((traces - 1) / 2).clamp(-1, 1))).max() < 45

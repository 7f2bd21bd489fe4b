import math

import pytest
import torch
from shapes import grid, joined, sphere

from motionloom.plugins.surface.geodesics import geodesic_distances


def test_distances_on_a_sheet_are_straight_to_a_few_per_cent_and_never_shorter() -> None:
    vertices, faces = grid(20, 20, step=0.05)
    found, _ = geodesic_distances(vertices, faces, torch.tensor([0]))
    straight = vertices.norm(dim=-1)
    assert (found >= straight - 1e-6).all()
    assert (found <= 1.09 * straight + 1e-6).all()


def test_the_far_pole_of_a_sphere_is_half_way_round() -> None:
    vertices, faces = sphere(40)
    top, bottom = len(vertices) - 2, len(vertices) - 1
    found, _ = geodesic_distances(vertices, faces, torch.tensor([top]))
    assert float(found[bottom]) == pytest.approx(math.pi, rel=0.01)


def test_every_vertex_belongs_to_its_nearest_source() -> None:
    vertices, faces = grid(4, 10)
    found, owners = geodesic_distances(vertices, faces, torch.tensor([10, 0]))
    assert (owners[vertices[:, 0] > 5.5] == 0).all() and (owners[vertices[:, 0] < 4.5] == 1).all()
    assert found[0] == 0 and found[10] == 0


def test_no_way_leads_to_another_piece() -> None:
    vertices, faces = joined(grid(2, 2), grid(2, 2))
    found, owners = geodesic_distances(vertices, faces, torch.tensor([0]))
    assert found[9:].isinf().all() and (owners[9:] == -1).all() and found[:9].isfinite().all()


def test_the_way_round_a_hole_is_longer_than_through_it() -> None:
    vertices, faces = grid(10, 10)
    middle = vertices[faces].mean(1)
    wall = (middle[:, 0] > 4) & (middle[:, 0] < 6) & (middle[:, 1] < 8)
    start, end = 0, 10
    through, _ = geodesic_distances(vertices, faces, torch.tensor([start]))
    around, _ = geodesic_distances(vertices, faces[~wall], torch.tensor([start]))
    assert float(through[end]) == pytest.approx(10) and around[end] > 16


def test_vertices_in_one_place_are_no_way_apart() -> None:
    vertices = torch.tensor([[0.0, 0, 0], [0, 0, 0], [1, 0, 0]])
    found, _ = geodesic_distances(vertices, torch.tensor([[0, 1, 2]]), torch.tensor([0]))
    assert torch.allclose(found, torch.tensor([0.0, 0, 1]), atol=1e-6)

"""The same surface as other triangles."""

import pytest
import torch
from bulge import patch

from motionloom.plugins.nfs.training.topologies import as_it_is, retriangulated


@pytest.fixture(scope="module")
def old():
    mesh = patch(41)
    return mesh.vertices * 10, mesh.faces


@pytest.fixture(scope="module")
def new(old):
    return retriangulated(*old, 300, torch.Generator().manual_seed(3))


def area(vertices, faces):
    a, b, c = vertices[faces.T]
    return torch.linalg.cross(b - a, c - a) / 2


def edges(faces):
    sides = torch.stack((faces, faces.roll(-1, 1)), -1).reshape(-1, 2)
    return torch.unique(sides.sort(-1).values, dim=0, return_counts=True)


def test_the_surface_stays_the_surface(old, new):
    before, after = area(*old), area(new.of(old[0]), new.faces)
    assert after.norm(dim=-1).sum() == pytest.approx(float(before.norm(dim=-1).sum()), rel=0.03)
    # The vector area tells which way round the triangles are, and that none lies double.
    assert torch.allclose(after.sum(0), before.sum(0), rtol=0.05, atol=0.02)


def test_it_has_about_as_many_vertices_as_were_wanted_and_uses_all(new):
    assert 285 <= len(new.ends) <= 300
    assert torch.equal(new.faces.unique(), torch.arange(len(new.ends)))


def test_no_edge_has_more_than_two_triangles_and_no_hole_opens(new):
    sides, times = edges(new.faces)
    assert times.max() == 2
    assert len(new.ends) - len(sides) + len(new.faces) == 1


def test_another_seed_gives_other_triangles_and_the_same_seed_the_same(old, new):
    again = retriangulated(*old, 300, torch.Generator().manual_seed(3))
    other = retriangulated(*old, 300, torch.Generator().manual_seed(4))
    assert torch.equal(again.faces, new.faces)
    assert not torch.equal(other.ends[:50], new.ends[:50])


def test_values_are_means_of_the_two_ends(old, new):
    values = torch.randn(2, len(old[0]), 4, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(new.of(values)[1, 5], values[1, new.ends[5]].mean(0))


def test_a_mesh_as_it_is_keeps_everything(old):
    same = as_it_is(old[1])
    assert torch.equal(same.of(old[0]), old[0])
    assert torch.equal(same.faces, old[1])

"""Faces that no person has."""

import torch

from motionloom.plugins.nfs.training.warps import random_deformation


def drawn(seed):
    points = torch.randn(200, 3, generator=torch.Generator().manual_seed(0))
    return points, random_deformation(points, torch.Generator().manual_seed(seed))


def test_offsets_are_carried_to_where_the_deformed_surface_is():
    points, deformation = drawn(1)
    offsets = torch.randn(2, 200, 3) * 1e-2
    ends = torch.stack([deformation.moved(points + each) for each in offsets])
    carried = deformation.carried(points, offsets)
    assert (ends - deformation.moved(points) - carried).abs().max() < 0.02 * offsets.abs().max()


def test_a_face_far_from_every_push_is_only_stretched_turned_and_shifted():
    _, deformation = drawn(2)
    far = torch.full((1, 3), 100.0)
    assert torch.allclose(deformation.moved(far), far @ deformation.linear.T + deformation.shift)


def test_the_same_seed_gives_the_same_deformation_and_another_another():
    points, first = drawn(3)
    assert torch.equal(first.moved(points), drawn(3)[1].moved(points))
    assert not torch.allclose(first.moved(points), drawn(4)[1].moved(points))

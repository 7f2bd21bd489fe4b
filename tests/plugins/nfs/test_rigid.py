"""Rigid motions between points."""

import roma
import torch
from hypothesis import given
from hypothesis import strategies as st

from motionloom.plugins.nfs.rigid import RigidMotion, rigid_motion


@given(st.integers(0, 2**32))
def test_a_rigid_motion_is_found_and_undone(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    points = torch.randn(20, 3, generator=generator)
    true = RigidMotion(
        roma.rotvec_to_rotmat(torch.randn(4, 3, generator=generator)), torch.randn(4, 3, generator=generator)
    )
    found = rigid_motion(points, true.applied(points), torch.rand(1, 20, generator=generator) + 0.1)
    assert torch.allclose(found.rotation, true.rotation, atol=1e-4)
    assert torch.allclose(found.undone(true.applied(points)), points.expand(4, -1, -1), atol=1e-4)


def test_size_is_no_part_of_it() -> None:
    torch.manual_seed(0)
    points = torch.randn(20, 3)
    found = rigid_motion(points, 2 * points.unsqueeze(0), torch.ones(1, 20))
    assert torch.allclose(found.applied(points).std(1), points.std(0))


def test_points_of_weight_zero_do_not_count() -> None:
    torch.manual_seed(0)
    points = torch.randn(20, 3)
    moved = points.clone()
    moved[0] += 5.0
    weights = torch.ones(1, 20)
    weights[0, 0] = 0.0
    found = rigid_motion(points, moved.unsqueeze(0), weights)
    assert torch.allclose(found.rotation[0], torch.eye(3), atol=1e-5)

"""Weights and turns of the head from frames, told apart."""

from dataclasses import replace

import pytest
import roma
import torch
from standing_patch import as_subject

from motionloom.core.data import MeshSequence
from motionloom.core.errors import DataError
from motionloom.plugins.nfs.inverse_rigging import inverse_rigged
from motionloom.plugins.nfs.performed import Performance, posed
from motionloom.plugins.surface.similarity import Similarity


@pytest.fixture
def subject(model, mesh, operators):
    return as_subject(model, mesh, operators)


def shapes_of(subject):
    """What the network makes of one-hot codes, metres, on the mesh."""
    moved = subject.prepared.face.basis[..., :53].permute(2, 0, 1) / 10
    return torch.stack([subject.head.placed.offsets(one) for one in moved])


def performed(subject, weights):
    return Performance(posed(subject.mesh, shapes_of(subject), weights, 30.0))


def rigged(subject, performance, head_moves=True, bounded=True, smooth=0.0):
    return inverse_rigged(subject, performance, head_moves=head_moves, bounded=bounded, smooth=smooth)


def off(subject, found, weights):
    """Root mean square distance of what weights do, over that of the neutral face."""
    shapes = shapes_of(subject).flatten(1)
    return float(((found - weights) @ shapes).norm() / (weights @ shapes).norm())


@pytest.fixture
def weights():
    torch.manual_seed(3)
    return torch.rand(10, 53) * (torch.rand(10, 53) < 0.1)


@pytest.mark.parametrize("bounded", [True, False])
def test_what_was_decoded_is_found_again(subject, weights, bounded):
    found = rigged(subject, performed(subject, weights), head_moves=False, bounded=bounded)
    assert found.head is None
    assert off(subject, found.weights, weights) < 0.1


def test_bounded_weights_stay_within_bounds(subject, weights):
    found = rigged(subject, performed(subject, 2 * weights), head_moves=False)
    assert found.weights.min() >= 0.0 and found.weights.max() <= 1.0


def test_a_head_that_turns_has_the_same_expressions(subject, weights):
    still = performed(subject, weights)
    turns = roma.rotvec_to_rotmat(torch.linspace(-0.5, 0.5, 10).unsqueeze(-1) * torch.tensor([0.3, 0.8, 0.2]))
    shifts = torch.linspace(0, 2.0, 10)[:, None, None] * torch.tensor([1.0, 0.2, 0.5])
    frames = still.source.positions @ turns.mT + shifts
    moving = rigged(subject, Performance(replace(still.source, positions=frames)))
    assert torch.allclose(moving.weights, rigged(subject, still).weights, atol=2e-3)
    turned = roma.rotmat_to_unitquat(turns)
    found = moving.head * (moving.head * turned).sum(-1, keepdim=True).sign()
    quiet = rigged(subject, still).head
    assert quiet is None or torch.rad2deg(2 * quiet[:, :3].norm(dim=-1)).max() < 5.0
    assert torch.rad2deg(roma.unitquat_geodesic_distance(found, turned)).max() < 5.0


def test_turns_are_about_the_axes_of_the_mesh(model, mesh, operators):
    tilt = roma.rotvec_to_rotmat(torch.tensor([0.0, 0.0, 1.2]))
    subject = as_subject(model, mesh, operators, Similarity(tilt, torch.tensor(3.0), torch.tensor([1.0, 2.0, 3.0])))
    turn = roma.rotvec_to_rotmat(torch.tensor([[0.0, 0.0, 0.0], [0.4, 0.0, 0.0]]))
    sequence = MeshSequence(subject.mesh, subject.mesh.vertices @ turn.mT, 30.0)
    found = rigged(subject, Performance(sequence))
    assert torch.allclose(roma.unitquat_to_rotmat(found.head), turn, atol=1e-3)


def test_frames_of_a_long_sequence_do_not_know_of_each_other(subject, weights):
    many = weights.repeat(20, 1)
    found = rigged(subject, performed(subject, many))
    assert torch.allclose(found.weights[:10], found.weights[-10:], atol=1e-4)


def test_smoothing_calms_noise_and_keeps_what_is_still(subject, weights):
    torch.manual_seed(0)
    sequence = performed(subject, weights[:1].expand(60, -1)).source
    noisy = replace(sequence, positions=sequence.positions + torch.randn(sequence.positions.shape) * 5e-4)
    rough, calm = (rigged(subject, Performance(noisy), head_moves=False, smooth=one).weights for one in (0.0, 0.1))
    assert calm.diff(dim=0).std() < 0.3 * rough.diff(dim=0).std()
    same = rigged(subject, Performance(sequence), head_moves=False, smooth=0.1).weights
    assert torch.allclose(same, rigged(subject, Performance(sequence), head_moves=False).weights, atol=1e-5)


def test_a_frame_that_is_not_finite_is_refused_by_number(subject, weights):
    sequence = performed(subject, weights.repeat(8, 1)).source
    sequence.positions[70, 4, 1] = torch.nan
    with pytest.raises(DataError, match=r"frame 70: .*vertex 4"):
        rigged(subject, Performance(sequence))

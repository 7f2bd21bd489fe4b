"""The losses."""

from dataclasses import fields, replace

import pytest
import torch
from made_up import head

from motionloom.plugins.nfs.network import CODE, Face
from motionloom.plugins.nfs.training.loss_weights import LossWeights
from motionloom.plugins.nfs.training.losses import Batch, losses


@pytest.fixture
def batch(surface, mesh):
    weights = torch.rand(6, 53, generator=torch.Generator().manual_seed(1))
    return Batch(head(surface, mesh.faces), weights, torch.arange(40), 2, from_truth=True)


@pytest.fixture
def perfect(batch):
    """The face that a network without fault would give."""
    shapes = batch.head.expressions.flatten(1)
    padded = torch.zeros(CODE, shapes.shape[1])
    padded[:53] = shapes
    measure = torch.linalg.pinv(shapes.double()).float().unflatten(0, (-1, 3))
    return Face(
        identity=torch.nn.functional.pad(batch.head.identity, (0, 28)),
        segments=torch.nn.functional.one_hot(batch.head.segments, 20) * 50.0,
        measure=torch.nn.functional.pad(measure, (0, CODE - 53)),
        basis=padded.T.unflatten(0, (-1, 3)).contiguous(),
    )


@pytest.mark.parametrize("from_truth", [True, False])
def test_a_network_without_fault_has_no_loss(perfect, batch, from_truth):
    found = losses(perfect, replace(batch, from_truth=from_truth))
    for term in fields(found):
        assert getattr(found, term.name) < 1e-5, term.name


def test_normals_and_jacobians_notice_what_the_vertices_do(perfect, batch):
    bent = replace(perfect, basis=perfect.basis * 1.1)
    found = losses(bent, batch)
    assert min(found.vertex, found.normal, found.jacobian, found.reconstruction) > 1e-6
    assert max(found.projection, found.expression) < 1e-5


def test_a_small_expression_counts_as_a_large_one_does(perfect, batch):
    wrong = perfect.basis.clone()
    wrong[..., 3] *= 0.5
    small = replace(batch, head=replace(batch.head, expressions=batch.head.expressions.clone()))
    small.head.expressions[3] *= 0.1
    tiny = wrong.clone()
    tiny[..., 3] *= 0.1
    before, after = losses(replace(perfect, basis=wrong), batch), losses(replace(perfect, basis=tiny), small)
    assert float(before.shapes) == pytest.approx(0.25 / 53, rel=1e-3)
    assert float(after.shapes) == pytest.approx(float(before.shapes), rel=1e-3)


def test_the_decoder_does_not_learn_to_make_up_for_the_encoder(perfect, batch):
    basis = perfect.basis.clone().requires_grad_()
    found = losses(replace(perfect, basis=basis, measure=perfect.measure * 0.5), replace(batch, from_truth=False))
    assert found.vertex > 1e-5
    assert torch.autograd.grad(found.vertex, basis)[0].abs().max() < 1e-6


def test_a_shift_of_the_whole_face_bends_nothing(perfect, batch):
    shifted = replace(perfect, basis=perfect.basis + 0.01)
    found = losses(shifted, batch)
    assert found.vertex > 1e-3
    assert max(found.normal, found.jacobian) < 1e-5


def test_the_two_blend_shape_losses_are_two_terms_that_reach_different_parts(perfect, batch):
    basis, measure = perfect.basis.clone().requires_grad_(), perfect.measure.clone().requires_grad_()
    found = losses(replace(perfect, basis=basis * 1.1, measure=measure * 1.1), batch)
    to_basis, to_measure = torch.autograd.grad(
        found.reconstruction, [basis, measure], retain_graph=True, allow_unused=True
    )
    assert to_basis.abs().max() > 0
    assert to_measure is None
    to_basis, to_measure = torch.autograd.grad(found.projection, [basis, measure], allow_unused=True)
    assert to_basis is None
    assert to_measure.abs().max() > 0


def test_nobodys_head_has_no_identity_and_codes_that_stay_between_nothing_and_all(perfect, batch):
    strange = replace(batch, head=replace(batch.head, identity=None))
    found = losses(replace(perfect, identity=torch.ones(CODE)), strange)
    assert found.identity == 0
    assert losses(replace(perfect, measure=perfect.measure * 3), strange).range > 0.01


def test_a_term_without_weight_is_left_out(perfect, batch):
    found = replace(losses(perfect, batch), projection=torch.tensor(torch.nan))
    assert found.total(replace(LossWeights(), projection=0.0)).isfinite()
    assert found.total(LossWeights()).isnan()

"""Scores of a network on unseen people."""

import pytest
import torch
from made_up import head

from motionloom.plugins.nfs.segments import SEGMENTS
from motionloom.plugins.nfs.training.heat_map import heat_map
from motionloom.plugins.nfs.training.losses import blended
from motionloom.plugins.nfs.training.measure import score, scores
from motionloom.plugins.nfs.training.report import page


@pytest.fixture
def somebody(surface, mesh):
    return head(surface, mesh.faces)


def test_a_network_that_moves_nothing_errs_as_the_neutral_face_does(model, somebody):
    model.shape_scale.fill_(1e-9)
    torch.nn.init.zeros_(model.expression.last.weight)
    torch.nn.init.zeros_(model.expression.last.bias)
    weights = torch.rand(5, 53)
    found = score(model, somebody, weights)
    truth = float(blended(somebody, weights).square().mean()) * 1e4
    for error in (found.neutral, found.retargeting, found.rigging, found.decoding):
        assert error == pytest.approx(truth, rel=1e-4)
    assert found.weights == pytest.approx(float(weights.square().mean().sqrt()), rel=1e-4)


def test_regions_weighted_by_their_vertices_make_the_whole(model, somebody):
    found = score(model, somebody, torch.rand(3, 53))
    counts = somebody.segments.bincount(minlength=20)
    kept = counts > 0
    whole = (found.segments[kept] * counts[kept]).sum() / counts.sum()
    assert float(whole) == pytest.approx(found.retargeting_refined, rel=1e-3)


def test_the_page_has_every_sampler_and_every_region(model, somebody):
    text = page(scores(model, [somebody, somebody]))
    assert "2 unseen identities" in text
    for name in ("one-hot", "all 53 at U(0,1)", *SEGMENTS):
        assert f"| {name} |" in text


def test_the_heat_map_shows_truth_result_and_error(model, somebody):
    assert heat_map(model, somebody).size == (6 * 300, 3 * 300)

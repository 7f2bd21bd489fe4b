"""Expression weights that are trained on and measured with."""

import pytest
import torch

from motionloom.plugins.nfs.training.expressions import SAMPLERS, mixture, sampled


def drawn(sampler, seed=0):
    return sampled(sampler, 500, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_weights_are_between_nothing_and_all_and_follow_the_seed(sampler):
    weights = drawn(sampler)
    assert weights.shape == (500, 53)
    assert weights.min() >= 0
    assert weights.max() <= 1
    assert torch.equal(weights, drawn(sampler))
    assert not torch.equal(weights, drawn(sampler, 1))


def test_one_hot_is_one_expression_at_one_and_every_expression_has_its_turn():
    weights = drawn("one_hot")
    assert torch.equal(weights.sum(-1), torch.ones(500))
    assert (weights.sum(0) > 0).all()


def test_few_is_one_to_five_expressions():
    active = (drawn("few") > 0).sum(-1)
    assert active.min() == 1
    assert active.max() == 5


def test_all_is_every_expression():
    assert (drawn("all") > 0).all()


def test_a_mixture_has_a_third_of_each():
    active = (mixture(31, torch.Generator().manual_seed(0)) > 0).sum(-1)
    assert ((active[:11] == 1).all(), (active[11:21] <= 5).all(), (active[21:] == 53).all()) == (True, True, True)

"""The optimiser is Adam with clipped gradients, beside a running average of the weights."""

import pytest
import torch

from motionloom.plugins.training.optimiser import EPSILON, fresh_moments, learning_rate, stepped


def test_steps_are_those_of_torchs_adam() -> None:
    torch.manual_seed(0)
    ours, theirs = torch.randn(5, 3), torch.nn.Parameter(torch.zeros(5, 3))
    theirs.data.copy_(ours)
    reference = torch.optim.Adam([theirs], lr=0.01, betas=(0.9, 0.99), eps=EPSILON)
    moments = fresh_moments([ours])
    for _ in range(20):
        gradient = 0.01 * torch.randn(5, 3)
        theirs.grad = gradient.clone()
        reference.step()
        moments = stepped([ours], [gradient], moments, rate=0.01, clip=1e9, average=0.9)
    assert torch.allclose(ours, theirs.data, atol=1e-6)
    assert moments.steps == 20


def test_a_gradient_that_is_too_long_is_shortened_as_a_whole() -> None:
    parts = [torch.zeros(2), torch.zeros(1)]
    moments = stepped(
        parts, [torch.tensor([3.0, 0.0]), torch.tensor([4.0])], fresh_moments(parts), rate=0.0, clip=1.0, average=0.9
    )
    assert torch.allclose(moments.first[0], torch.tensor([0.06, 0.0]))
    assert torch.allclose(moments.first[1], torch.tensor([0.08]))


def test_the_average_forgets_where_it_began() -> None:
    part = torch.full((1,), 100.0)
    moments = fresh_moments([part])
    for _ in range(400):
        part.fill_(1.0)
        moments = stepped([part], [torch.zeros(1)], moments, rate=0.01, clip=1.0, average=0.9)
    assert moments.average[0].item() == pytest.approx(1.0, abs=1e-3)


def test_the_rate_climbs_and_then_falls_to_a_hundredth() -> None:
    rates = [learning_rate(step, 1000, 0.5, warm_up=100) for step in range(1001)]
    assert rates[:100] == sorted(rates[:100])
    assert max(rates) == pytest.approx(0.5)
    assert rates[100:] == sorted(rates[100:], reverse=True)
    assert rates[-1] == pytest.approx(0.005)

"""Adam and a running average of the weights, as plain tensors that a checkpoint can hold."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from math import cos, pi
from typing import TypeVar

import torch
from torch import Tensor, nn

FIRST_DECAY, SECOND_DECAY, EPSILON = 0.9, 0.99, 1e-8
"""Of the moments (Kingma and Ba 2015, algorithm 1). The second forgets sooner than their 0.999: batches differ much."""

Network = TypeVar("Network", bound=nn.Module)


@dataclass(frozen=True)
class Moments:
    """The state of Adam.

    Args:
        first: running mean of each parameter's gradient.
        second: running mean of its square.
        average: running average of each parameter.
        steps: taken so far.
    """

    first: tuple[Tensor, ...]
    second: tuple[Tensor, ...]
    average: tuple[Tensor, ...]
    steps: int


def fresh_moments(parameters: Sequence[Tensor]) -> Moments:
    """The state before the first step."""
    return Moments(
        first=tuple(torch.zeros_like(part) for part in parameters),
        second=tuple(torch.zeros_like(part) for part in parameters),
        average=tuple(part.detach().clone() for part in parameters),
        steps=0,
    )


@torch.no_grad()
def stepped(
    parameters: Sequence[Tensor],
    gradients: Sequence[Tensor],
    moments: Moments,
    rate: float,
    clip: float,
    average: float,
) -> Moments:
    """Move the parameters, in place, and give the state after it; the tensors of the state before are reused.

    Args:
        parameters: of the network.
        gradients: one a parameter.
        moments: before the step.
        rate: learning rate.
        clip: largest norm of all gradients together.
        average: weight of the old value in the running average.
    """
    norm = torch.stack([part.norm() for part in gradients]).norm()
    scale = (clip / norm.clamp_min(1e-12)).clamp_max(1.0)
    count = moments.steps + 1
    # Early on the average would remember the random weights of the start.
    keep = min(average, count / (count + 10.0))
    for part, gradient, first, second, mean in zip(
        parameters, gradients, moments.first, moments.second, moments.average, strict=True
    ):
        gradient = gradient * scale
        first.lerp_(gradient, 1.0 - FIRST_DECAY)
        second.lerp_(gradient.square(), 1.0 - SECOND_DECAY)
        unbiased = second / (1.0 - SECOND_DECAY**count)
        part.sub_(rate / (1.0 - FIRST_DECAY**count) * first / (unbiased.sqrt() + EPSILON))
        mean.lerp_(part, 1.0 - keep)
    return Moments(moments.first, moments.second, moments.average, count)


def learning_rate(step: int, steps: int, highest: float, warm_up: int) -> float:
    """The learning rate of a step: a straight line up, then half a cosine down to a hundredth.

    Args:
        step: counted from 0.
        steps: of the whole run.
        highest: rate after the warm-up.
        warm_up: steps.
    """
    if step < warm_up:
        return highest * (step + 1) / warm_up
    done = (step - warm_up) / max(1, steps - warm_up)
    return highest * (0.01 + 0.99 * (1.0 + cos(pi * min(done, 1.0))) / 2.0)


def averaged(network: Network, moments: Moments) -> Network:
    """A copy of a network with the running average of its weights, ready to be used.

    Args:
        network: that is trained.
        moments: of its `parameters()`.
    """
    copy = deepcopy(network).eval()
    with torch.no_grad():
        for parameter, average in zip(copy.parameters(), moments.average, strict=True):
            parameter.copy_(average)
    return copy

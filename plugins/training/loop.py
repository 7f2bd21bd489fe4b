"""Steps taken one after the other: from losses and gradients to new weights."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from torch import Tensor

from motionloom.plugins.training.history import Told
from motionloom.plugins.training.optimiser import Moments, learning_rate, stepped
from motionloom.plugins.training.schedule import Schedule


@dataclass(frozen=True)
class Outcome:
    """What a step's batch gave.

    Args:
        gradients: of the total loss, one a parameter.
        terms: the losses by name, `total` among them.
    """

    gradients: tuple[Tensor, ...]
    terms: dict[str, float]


def optimised(
    parameters: Sequence[Tensor],
    moments: Moments,
    schedule: Schedule,
    outcome: Callable[[int], Outcome],
    advanced: Callable[[int], None],
) -> Iterator[tuple[Moments, Told]]:
    """Take the steps that are left; gives the state at every checkpoint, and what happened on the way.

    Args:
        parameters: of the network; moved in place.
        moments: at the start, fresh or from a checkpoint.
        schedule: how many steps, how long they are, and how often there is a checkpoint.
        outcome: makes the batch of a step, counted from 0, and its gradients.
        advanced: called after every step with how many are taken.

    Yields:
        The moments to save, and what to tell; its scores are empty.
    """
    sums, begun, first = dict[str, float](), time.monotonic(), moments.steps
    for step in range(first, schedule.steps):
        found = outcome(step)
        rate = learning_rate(step, schedule.steps, schedule.learning_rate, schedule.warm_up)
        moments = stepped(parameters, found.gradients, moments, rate, schedule.clip, schedule.average)
        sums = {name: sums.get(name, 0.0) + value for name, value in found.terms.items()}
        advanced(moments.steps)
        if moments.steps % schedule.checkpoint_every == 0 or moments.steps == schedule.steps:
            means = {name: value / (moments.steps - first) for name, value in sums.items()}
            yield moments, Told(moments.steps, means, time.monotonic() - begun, {})
            sums, begun, first = {}, time.monotonic(), moments.steps

"""Steps are taken until the schedule ends, and what is told is the mean since the last checkpoint."""

import pytest
import torch
from torch import Tensor

from motionloom.plugins.training.history import Told
from motionloom.plugins.training.loop import Outcome, optimised
from motionloom.plugins.training.optimiser import Moments, fresh_moments
from motionloom.plugins.training.schedule import Schedule

SCHEDULE = Schedule(steps=10, checkpoint_every=4, learning_rate=0.1, warm_up=1)


def uphill(step: int) -> Outcome:
    """A gradient that never changes, and a loss that counts the steps."""
    return Outcome((torch.ones(2),), {"total": float(step)})


def run(part: Tensor, moments: Moments, schedule: Schedule = SCHEDULE) -> tuple[list[Told], list[int]]:
    advanced: list[int] = []
    return [told for _, told in optimised([part], moments, schedule, uphill, advanced.append)], advanced


def test_losses_are_means_since_the_last_checkpoint() -> None:
    part = torch.zeros(2)
    told, advanced = run(part, fresh_moments([part]))
    assert [(one.step, one.losses["total"]) for one in told] == [(4, 1.5), (8, 5.5), (10, 8.5)]
    assert advanced == list(range(1, 11))
    assert bool((part < -0.1).all())


def test_a_run_that_goes_on_ends_where_a_whole_one_does() -> None:
    whole, cut = torch.zeros(2), torch.zeros(2)
    run(whole, fresh_moments([whole]))
    moments, _ = next(optimised([cut], fresh_moments([cut]), SCHEDULE, uphill, lambda step: None))
    told, advanced = run(cut, moments)
    assert torch.equal(cut, whole)
    assert advanced == [5, 6, 7, 8, 9, 10]
    assert told[0].losses["total"] == pytest.approx(5.5)


def test_a_run_that_is_done_takes_no_step() -> None:
    part = torch.zeros(2)
    done = Moments((part,), (part,), (part,), steps=10)
    assert run(part, done) == ([], [])

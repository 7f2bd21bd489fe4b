"""People of the default character to train on."""

from dataclasses import astuple

import pytest
import torch

from motionloom.plugins.evaluation.truth.people import PEOPLE
from motionloom.plugins.nfs.training.phenotypes import APART, SHAPING, WATCHED, distance, drawn_phenotypes


def traits(people):
    return torch.tensor([astuple(person) for person in people])


def test_nobody_is_like_somebody_who_is_watched_or_measured():
    drawn, others = traits(drawn_phenotypes(40, 0)), traits((*WATCHED, *PEOPLE.values()))
    assert torch.cdist(drawn[:, :SHAPING], others[:, :SHAPING]).min() >= APART
    assert len({*WATCHED, *PEOPLE.values()}) == 12


@pytest.mark.parametrize("person", PEOPLE.values(), ids=PEOPLE)
def test_somebody_who_is_measured_is_at_no_distance(person):
    assert distance(person) == 0


def test_people_are_spread_over_the_whole_range_of_every_trait():
    drawn = traits(drawn_phenotypes(32, 0))
    assert drawn.amin(0).max() < 0.1
    assert drawn.amax(0).min() > 0.9
    assert ((drawn.mean(0) - 0.5).abs() < 0.1).all()
    assert (drawn[:, 1] < 1 / 3).sum() >= 8


def test_the_same_seed_draws_the_same_people_and_another_others():
    assert drawn_phenotypes(5, 0) == drawn_phenotypes(8, 0)[:5]
    assert drawn_phenotypes(5, 0) != drawn_phenotypes(5, 1)

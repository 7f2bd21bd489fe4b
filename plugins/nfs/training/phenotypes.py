"""People of the default character to train on, none of them like those that are measured."""

from dataclasses import astuple
from typing import Final

import torch
from torch import Tensor
from torch.quasirandom import SobolEngine

from motionloom.plugins.anny.phenotype import Phenotype
from motionloom.plugins.evaluation.truth.people import PEOPLE

WATCHED: Final = (
    Phenotype(gender=0.6, age=0.8, muscle=0.35, weight=0.35, height=0.5, proportions=0.5),
    Phenotype(gender=0.4, age=0.1, muscle=0.5, weight=0.7, height=0.5, proportions=0.5),
)
"""An adult and a toddler that a run is watched with."""

SHAPING: Final = 4
"""Traits, the first of a `Phenotype`, that shape a head: gender, age, muscle and weight; the others hardly do."""

APART: Final = 0.3
"""Least distance in these from everybody who is watched or measured; each runs from 0 to 1."""


def drawn_phenotypes(count: int, seed: int) -> tuple[Phenotype, ...]:
    """People over the whole range of every trait, evenly spread (Sobol 1967, scrambled).

    Whoever is nearer than `APART` to one of `WATCHED`, or to the people of the benchmarks, is left out.

    Args:
        count: how many.
        seed: scrambles the sequence.
    """
    engine, found = SobolEngine(len(astuple(WATCHED[0])), scramble=True, seed=seed), list[Phenotype]()
    while len(found) < count:
        (traits,) = engine.draw(1).tolist()
        person = Phenotype(*traits)
        if distance(person) >= APART:
            found.append(person)
    return tuple(found)


def distance(person: Phenotype) -> float:
    """How far somebody is from the nearest of those who are watched or measured, in the traits that shape a head."""
    others = torch.stack([_shaping(other) for other in (*WATCHED, *PEOPLE.values())])
    return float((others - _shaping(person)).norm(dim=-1).min())


def _shaping(person: Phenotype) -> Tensor:
    return torch.tensor(astuple(person)[:SHAPING])

"""Pairs of the same performance on two skeletons: what SAME is trained on, and what it is measured on."""

from dataclasses import dataclass
from functools import cached_property

import torch

from motionloom.plugins.same.skeleton_graph import GraphMotion
from motionloom.plugins.same.training.corpus import Corpus
from motionloom.plugins.same.training.creatures import creature_windows
from motionloom.plugins.same.training.masks import masked, random_keep
from motionloom.plugins.same.training.performer import Performer, perform
from motionloom.plugins.same.training.random_skeletons import random_humanoid
from motionloom.plugins.same.training.rest_variation import random_rest
from motionloom.plugins.same.training.windows import ClipBank, bank_of, random_performance

CREATURE_SHARE = 0.08
SAME_SKELETON_SHARE = 0.15
RIG_SHARE = 0.3
OTHER_REST_SHARE = 0.2
MASKED_SHARE = 0.3
"""How often pairs are of creatures, on one skeleton, and skeletons are rigs, not in T-pose, or lack a limb."""


@dataclass(frozen=True)
class Pair:
    """The same performance twice.

    Args:
        source: (*batch, F) frames on one skeleton.
        target: (*batch, F) frames on another: the truth.
    """

    source: GraphMotion
    target: GraphMotion


@dataclass(frozen=True)
class PairSampler:
    """Draws training pairs.

    Args:
        corpus: to train on: `load_corpus(...).split(held_out=False)`.
    """

    corpus: Corpus

    @cached_property
    def _bank(self) -> ClipBank:
        return bank_of(self.corpus.clips)

    @cached_property
    def _rigs(self) -> tuple[Performer, ...]:
        return tuple(self.corpus.rigs.values())

    def sample(self, generator: torch.Generator, windows: int, frames: int) -> Pair:
        """One source skeleton and one target skeleton, and the same windows on both.

        Args:
            generator: what all randomness comes from.
            windows: W, from random clips.
            frames: F, consecutive, at thirty frames a second.
        """
        if self.corpus.creatures and _chance(CREATURE_SHARE, generator):
            pair = Pair(*creature_windows(self.corpus.creatures, generator, windows, frames))
        else:
            performance = random_performance(self._bank, generator, windows, frames)
            source = self._performer(generator)
            target = source if _chance(SAME_SKELETON_SHARE, generator) else self._performer(generator)
            done = perform(source, performance)
            pair = Pair(done, done if target is source else perform(target, performance))
        return Pair(_perhaps_masked(pair.source, generator), _perhaps_masked(pair.target, generator))

    def _performer(self, generator: torch.Generator) -> Performer:
        if self._rigs and _chance(RIG_SHARE, generator):
            performer = self._rigs[int(torch.randint(len(self._rigs), (), generator=generator))]
        else:
            performer = random_humanoid(generator)
        return random_rest(performer, generator) if _chance(OTHER_REST_SHARE, generator) else performer


def _chance(probability: float, generator: torch.Generator) -> bool:
    return float(torch.rand((), generator=generator)) < probability


def _perhaps_masked(motion: GraphMotion, generator: torch.Generator) -> GraphMotion:
    return masked(motion, *random_keep(motion.graph, generator)) if _chance(MASKED_SHARE, generator) else motion

"""The fixed pairs of the evaluation: clips, people and skeletons that training never sees."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from motionloom.plugins.same.skeleton_graph import GraphMotion
from motionloom.plugins.same.training.canonical import world_turns
from motionloom.plugins.same.training.clip import Clip
from motionloom.plugins.same.training.corpus import Corpus
from motionloom.plugins.same.training.creatures import on_bones, with_random_bones
from motionloom.plugins.same.training.pairs import Pair
from motionloom.plugins.same.training.performer import Performance, Performer, perform
from motionloom.plugins.same.training.random_skeletons import random_humanoid

FIRST_SEED = 4_000_000
"""Of the random skeletons that are kept for the evaluation."""

RANDOM_SKELETONS = 8

SHORTEST = 8
"""Frames under which a clip says nothing about motion."""


@dataclass(frozen=True)
class HeldOutPair:
    """One pair of the evaluation.

    Args:
        name: `clip: source skeleton -> target skeleton`.
        pair: (T,) frames on both, at thirty frames a second.
        human: whether people perform, or a creature.
    """

    name: str
    pair: Pair
    human: bool = True


def held_out_pairs(corpus: Corpus, frames: int = 120, pairs_per_clip: int = 3) -> tuple[HeldOutPair, ...]:
    """The same pairs every time: every held-out clip between held-out skeletons, each skeleton about as often.

    Args:
        corpus: whole, from `load_corpus`.
        frames: of each pair at most, from the middle of the clip.
        pairs_per_clip: how many pairs of skeletons give each clip.
    """
    kept = corpus.split(held_out=True)
    clips = [clip for clip in kept.clips if len(clip) >= SHORTEST]
    skeletons = _skeletons(kept)
    chosen = _skeleton_pairs(len(skeletons), len(clips) * pairs_per_clip)
    humans = [
        _pair(clip, frames, skeletons[source], skeletons[target])
        for clip, (source, target) in zip([clip for clip in clips for _ in range(pairs_per_clip)], chosen, strict=False)
    ]
    return (*humans, *_creatures(kept, frames))


def _skeletons(kept: Corpus) -> list[tuple[str, Performer]]:
    seeds = range(FIRST_SEED, FIRST_SEED + RANDOM_SKELETONS)
    drawn = [random_humanoid(torch.Generator().manual_seed(seed)) for seed in seeds]
    return [*((f"random {number}", one) for number, one in enumerate(drawn, start=1)), *kept.rigs.items()]


def _skeleton_pairs(skeletons: int, count: int) -> Sequence[tuple[int, int]]:
    """Shuffled once, so that every skeleton is source and target about as often."""
    generator = torch.Generator().manual_seed(FIRST_SEED)
    pairs: list[tuple[int, int]] = []
    while len(pairs) < count:
        order = torch.randperm(skeletons, generator=generator).tolist()
        pairs += zip(order, [*order[1:], order[0]], strict=True)
    return pairs


def _pair(clip: Clip, frames: int, source: tuple[str, Performer], target: tuple[str, Performer]) -> HeldOutPair:
    performance = _middle(clip, frames)
    pair = Pair(perform(source[1], performance), perform(target[1], performance))
    return HeldOutPair(f"{clip.name}: {source[0]} -> {target[0]}", pair)


def _middle(clip: Clip, frames: int) -> Performance:
    start = max(len(clip) - frames, 0) // 2
    part = slice(start, start + frames)
    return Performance(clip.root[part], world_turns(clip.rotations[part]), clip.lowest[part].amin().clamp(min=0.0))


def _creatures(kept: Corpus, frames: int) -> Iterator[HeldOutPair]:
    for number, clip in enumerate(kept.creatures):
        motion = GraphMotion(clip.motion.graph, clip.motion.root[:frames], clip.motion.rotations[:frames])
        other = with_random_bones(motion.graph, torch.Generator().manual_seed(FIRST_SEED + number))
        yield HeldOutPair(f"{clip.name}: {clip.subject} -> itself", Pair(motion, motion), human=False)
        moved = Pair(motion, on_bones(motion, other))
        yield HeldOutPair(f"{clip.name}: {clip.subject} -> other bones", moved, human=False)

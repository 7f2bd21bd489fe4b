"""How well the network clones expressions of people it has not seen, by the protocol of the paper's tables."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.plugins.nfs.fit import fitted
from motionloom.plugins.nfs.network import EXPRESSIONS, SEGMENTS, Nfs, displaced, measured
from motionloom.plugins.nfs.training.expressions import SAMPLERS, Sampler, sampled
from motionloom.plugins.nfs.training.heads import Head
from motionloom.plugins.nfs.training.losses import blended

UNIT = 1e4
"""Errors are told in 1e-4 dm^2, as the tables of Cha et al. are (they print mm)."""

FRAMES, SEED = 64, 7
"""Frames of each sampler on each head, and what they are drawn with."""


@dataclass(frozen=True)
class Score:
    """Mean squared errors over frames, vertices and coordinates, in 1e-4 dm^2.

    Args:
        retargeting: the head's expressions encoded and decoded onto its own neutral face (table 2).
        retargeting_refined: the same with `fitted` codes.
        rigging: ICT's shapes at the encoded weights (table 3).
        rigging_refined: at the fitted weights.
        decoding: true weights decoded.
        neutral: the neutral face given for every expression.
        weights: root mean squared error of the encoded weights, of one.
        weights_refined: of the fitted weights.
        segments: (20,) `retargeting_refined` by region; not a number where a region has no vertex.
    """

    retargeting: float
    retargeting_refined: float
    rigging: float
    rigging_refined: float
    decoding: float
    neutral: float
    weights: float
    weights_refined: float
    segments: Float[Tensor, "20"]


@torch.no_grad()
def score(model: Nfs, head: Head, weights: Float[Tensor, "frames 53"]) -> Score:
    """The errors on one head.

    Args:
        model: the network.
        head: somebody unseen.
        weights: true expression weights.
    """
    face, truth = model(head.surface), blended(head, weights)
    codes = measured(face.measure, truth)
    refined = fitted(face.basis, head.surface.operators.mass, codes, truth)
    own = displaced(face.basis, refined) - truth
    return Score(
        retargeting=_error(displaced(face.basis, codes) - truth),
        retargeting_refined=_error(own),
        rigging=_error(blended(head, codes[:, :EXPRESSIONS] - weights)),
        rigging_refined=_error(blended(head, refined[:, :EXPRESSIONS] - weights)),
        decoding=_error(displaced(face.basis[..., :EXPRESSIONS], weights) - truth),
        neutral=_error(truth),
        weights=_deviation(codes, weights),
        weights_refined=_deviation(refined, weights),
        segments=_by_segment(own, head),
    )


def scores(model: Nfs, heads: Sequence[Head]) -> dict[Sampler, list[Score]]:
    """The errors on some heads, by sampler; every head has expressions of its own.

    Args:
        model: the network.
        heads: people unseen.
    """
    found: dict[Sampler, list[Score]] = {}
    for sampler in SAMPLERS:
        generator = torch.Generator().manual_seed(SEED)
        found[sampler] = [score(model, head, sampled(sampler, FRAMES, generator)) for head in heads]
    return found


def mean(found: Sequence[Score], name: str) -> float:
    """The mean of one error over heads."""
    return sum(float(getattr(one, name)) for one in found) / len(found)


def _error(differences: Float[Tensor, "frames vertices 3"]) -> float:
    return float(differences.square().mean()) * UNIT


def _deviation(codes: Float[Tensor, "frames 128"], weights: Float[Tensor, "frames 53"]) -> float:
    return float((codes[:, :EXPRESSIONS] - weights).square().mean().sqrt())


def _by_segment(differences: Float[Tensor, "frames vertices 3"], head: Head) -> Float[Tensor, "20"]:
    each = differences.square().mean((0, 2)) * UNIT
    return torch.stack([each[head.segments == number].mean() for number in range(SEGMENTS)])

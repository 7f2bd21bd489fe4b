"""One step's losses and gradients, pair by pair, each in a thread of its own."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.plugins.same.features import pose_features, pose_targets, skeleton_features
from motionloom.plugins.same.network import Same
from motionloom.plugins.same.skeleton_graph import GraphMotion
from motionloom.plugins.same.training.losses import WINDOW_RATE, Losses, LossWeights, losses
from motionloom.plugins.same.tree import forest

LEAST_SPREAD = 0.1
"""Variance that embeddings are held to have at least when they are compared: windows that hardly move would
otherwise count for more than all others together."""


@dataclass(frozen=True)
class Example:
    """A pair as the network reads it; the first frame of each window has given its velocity and is gone.

    Args:
        source: what is embedded.
        target: the same performance on the skeleton that is decoded onto.
    """

    source: GraphMotion
    target: GraphMotion

    def to(self, device: torch.device) -> "Example":
        """The same on a device."""
        return Example(*(_on(motion, device) for motion in (self.source, self.target)))


def _on(motion: GraphMotion, device: torch.device) -> GraphMotion:
    from motionloom.core.data import to_device

    return to_device(motion, device)


@dataclass(frozen=True)
class Outcome:
    """What a pair, or the mean of several, gave.

    Args:
        gradients: of the total loss, one a parameter.
        terms: the losses by name.
    """

    gradients: tuple[Tensor, ...]
    terms: dict[str, float]


def outcome_of_step(
    model: Same, examples: Sequence[Example], weights: LossWeights, agreements: Sequence[bool], executor: Executor
) -> Outcome:
    """The mean outcome of several pairs.

    Args:
        model: that is trained.
        examples: the pairs.
        weights: of the losses.
        agreements: for which pairs the truth is embedded too.
        executor: threads; the outcome does not depend on how many.
    """
    count = len(examples)
    outcomes = list(executor.map(_outcome, [model] * count, examples, [weights] * count, agreements))
    gradients = tuple(torch.stack(parts).mean(0) for parts in zip(*(o.gradients for o in outcomes), strict=True))
    return Outcome(gradients, {name: sum(o.terms[name] for o in outcomes) / count for name in outcomes[0].terms})


def _outcome(model: Same, example: Example, weights: LossWeights, agree: bool) -> Outcome:
    found = example_losses(model, example, agree)
    total = found.total(weights)
    gradients = torch.autograd.grad(total, list(model.parameters()))
    terms = {field.name: getattr(found, field.name).item() for field in fields(found)}
    return Outcome(gradients, {**terms, "total": total.item()})


def example_losses(model: Same, example: Example, agree: bool) -> Losses:
    """The losses of one pair.

    Args:
        model: encoder and decoder.
        example: windows of (W, F + 1) frames.
        agree: whether the truth is embedded too, to be compared.
    """
    graph = example.target.graph
    truth = pose_targets(example.target, WINDOW_RATE)[:, :, 1:]
    features = pose_features(example.target, WINDOW_RATE)[:, :, 1:]
    embedding = embedded(model, example.source)
    agreement = embedding.new_zeros(())
    if agree:
        other = _encoded(model, features, example.target)
        spread = embedding.detach().flatten(0, -2).var(0).mean().clamp_min(LEAST_SPREAD)
        agreement = (embedding - other).square().mean() / spread
    tree = forest([graph.parents])
    outputs = model.decode(embedding, skeleton_features(graph), tree).unflatten(1, truth.shape[1:3])
    return losses(outputs, truth, features[..., 6:9], graph, model.output_deviation, agreement)


def embedded(model: Same, motion: GraphMotion) -> Float[Tensor, "1 frames embedding"]:
    """The embedding of windows, one after the other."""
    return _encoded(model, pose_features(motion, WINDOW_RATE)[:, :, 1:], motion)


def _encoded(model: Same, features: Tensor, motion: GraphMotion) -> Tensor:
    return model.encode(skeleton_features(motion.graph), features.flatten(1, 2), forest([motion.graph.parents]))

"""One step's losses and gradients, pair by pair, each in a thread of its own."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import fields

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.plugins.same.features import pose_features, pose_targets, skeleton_features
from motionloom.plugins.same.network import Same
from motionloom.plugins.same.skeleton_graph import SkeletonGraph
from motionloom.plugins.same.training.config import Recipe
from motionloom.plugins.same.training.losses import WINDOW_RATE, Losses, losses
from motionloom.plugins.same.training.pairs import Pair
from motionloom.plugins.same.tree import forest
from motionloom.plugins.training.loop import Outcome

LEAST_SPREAD = 0.1
"""Variance that embeddings are held to have at least when they are compared: windows that hardly move would
otherwise count for more than all others together."""


def outcome_of_step(model: Same, pairs: Sequence[Pair], recipe: Recipe, step: int, executor: Executor) -> Outcome:
    """The mean outcome of several pairs.

    Args:
        model: that is trained.
        pairs: windows of (W, F + 1) frames on two skeletons, on the device of the model.
        recipe: of the run.
        step: counted from 0, which says for which pairs the truth is embedded too.
        executor: threads; the outcome does not depend on how many.
    """
    count = len(pairs)
    agreements = [number % recipe.agreement_every == 0 for number in range(step * count, (step + 1) * count)]
    outcomes = list(executor.map(_outcome, [model] * count, pairs, [recipe] * count, agreements))
    gradients = tuple(torch.stack(parts).mean(0) for parts in zip(*(o.gradients for o in outcomes), strict=True))
    return Outcome(gradients, {name: sum(o.terms[name] for o in outcomes) / count for name in outcomes[0].terms})


def _outcome(model: Same, pair: Pair, recipe: Recipe, agree: bool) -> Outcome:
    mixed = recipe.mixed_precision and pair.source.root.device.type == "cuda"
    found = pair_losses(model, pair, agree, mixed)
    total = found.total(recipe.weights)
    gradients = torch.autograd.grad(total, list(model.parameters()))
    terms = {field.name: getattr(found, field.name).item() for field in fields(found)}
    return Outcome(gradients, {**terms, "total": total.item()})


def pair_losses(model: Same, pair: Pair, agree: bool, mixed: bool = False) -> Losses:
    """The losses of one pair.

    Args:
        model: encoder and decoder.
        pair: windows of (W, F + 1) frames; the first frame of each gives the second its velocity, and is gone then.
        agree: whether the truth is embedded too, to be compared.
        mixed: whether the network's products of matrices are in bfloat16; losses are in float32 all the same.
    """
    graph = pair.target.graph
    truth = pose_targets(pair.target, WINDOW_RATE)[:, :, 1:]
    given, wanted = (pose_features(motion, WINDOW_RATE)[:, :, 1:] for motion in (pair.source, pair.target))
    # Autocast holds for the thread that enters it, and each pair has its own.
    with torch.autocast(truth.device.type, torch.bfloat16, enabled=mixed):
        embedding = _embedded(model, given, pair.source.graph)
        other = _embedded(model, wanted, graph).float() if agree else None
        outputs = model.decode(embedding, skeleton_features(graph), forest([graph.parents])).float()
    agreement = outputs.new_zeros(()) if other is None else _disagreement(embedding.float(), other)
    outputs = outputs.unflatten(1, truth.shape[1:3])
    return losses(outputs, truth, wanted[..., 6:9], graph, model.output_deviation, agreement)


def _embedded(
    model: Same, features: Float[Tensor, "nodes windows frames 26"], graph: SkeletonGraph
) -> Float[Tensor, "1 poses embedding"]:
    """The embedding of windows, one after the other."""
    return model.encode(skeleton_features(graph), features.flatten(1, 2), forest([graph.parents]))


def _disagreement(embedding: Float[Tensor, "1 poses embedding"], other: Float[Tensor, "1 poses embedding"]) -> Tensor:
    spread = embedding.detach().flatten(0, -2).var(0).mean().clamp_min(LEAST_SPREAD)
    return (embedding - other).square().mean() / spread

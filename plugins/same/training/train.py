"""The training run: pairs drawn, steps taken, scores kept, weights written."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors.torch import save_file

from motionloom.plugins.same.features import ROOT_MOTION, pose_features, pose_targets, skeleton_features
from motionloom.plugins.same.network import Same
from motionloom.plugins.same.stored import state_of
from motionloom.plugins.same.training.checkpoint import averaged, load_checkpoint, save_checkpoint
from motionloom.plugins.same.training.config import Recipe
from motionloom.plugins.same.training.corpus import Corpus
from motionloom.plugins.same.training.held_out import held_out_pairs
from motionloom.plugins.same.training.losses import WINDOW_RATE
from motionloom.plugins.same.training.measure import median_and_mean, score
from motionloom.plugins.same.training.optimiser import Moments, fresh_moments, learning_rate, stepped
from motionloom.plugins.same.training.pairs import PairSampler
from motionloom.plugins.same.training.step import Example, outcome_of_step

CHECKPOINT, HISTORY, WEIGHTS = "checkpoint.safetensors", "history.jsonl", "same.safetensors"
"""What a run leaves in its folder."""


@dataclass(frozen=True)
class Told:
    """What a run tells whoever watches it.

    Args:
        step: steps taken.
        losses: mean terms since the last time.
        scores: on the held-out pairs; empty between two looks at them.
        seconds: since the last time.
    """

    step: int
    losses: dict[str, float]
    scores: dict[str, float]
    seconds: float


def train(
    recipe: Recipe, corpus: Corpus, folder: Path, device: torch.device, threads: int, tell: Callable[[Told], None]
) -> Path:
    """Train, or go on training, and write the weights.

    Args:
        recipe: of the run.
        corpus: whole; held-out clips and skeletons are only looked at.
        folder: for checkpoint, history and weights; a checkpoint in it is taken up.
        device: to train on.
        threads: pairs that are worked on at once, on a CPU.
        tell: called at every checkpoint and every look at the held-out pairs.

    Returns:
        The file with the running average of the weights.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sampler = PairSampler(corpus.split(held_out=False))
    model, moments, generator = _begun(recipe, sampler, folder, device)
    with ThreadPoolExecutor(threads) as executor:
        for state, told in _steps(recipe, sampler, model, moments, generator, executor, device):
            if told.step % recipe.evaluate_every == 0 or told.step == recipe.steps:
                told = replace(told, scores=_scores(averaged(model, state), corpus))
            moments = state
            save_checkpoint(folder / CHECKPOINT, model, moments, generator, recipe)
            _append(folder / HISTORY, told)
            tell(told)
    save_file(state_of(averaged(model, moments)), folder / WEIGHTS, {"steps": str(moments.steps)})
    return folder / WEIGHTS


def _begun(
    recipe: Recipe, sampler: PairSampler, folder: Path, device: torch.device
) -> tuple[Same, Moments, torch.Generator]:
    if (folder / CHECKPOINT).is_file():
        return load_checkpoint(folder / CHECKPOINT, recipe, device)
    torch.manual_seed(recipe.seed)
    generator = torch.Generator().manual_seed(recipe.seed)
    model = Same(recipe.size)
    _measure_statistics(model, recipe, sampler, generator)
    model = model.to(device)
    return model, fresh_moments(list(model.parameters())), generator


@torch.no_grad()
def _measure_statistics(model: Same, recipe: Recipe, sampler: PairSampler, generator: torch.Generator) -> None:
    """Means and deviations of all that goes into the network and comes out of it; contacts stay as they are."""
    inputs, outputs = [], []
    for _ in range(recipe.statistics_pairs):
        pair = sampler.sample(generator, recipe.windows, recipe.frames + 1)
        pose = pose_features(pair.source, WINDOW_RATE)[:, :, 1:].flatten(1, 2)
        skeleton = skeleton_features(pair.source.graph).unsqueeze(1).expand(-1, pose.shape[1], -1)
        inputs.append(torch.cat((skeleton, pose), -1).flatten(0, 1))
        outputs.append(pose_targets(pair.target, WINDOW_RATE)[:, :, 1:].flatten(0, 2))
    values, targets = torch.cat(inputs), torch.cat(outputs)[:, : ROOT_MOTION + 6]
    model.input_mean.copy_(values.mean(0))
    model.input_deviation.copy_(values.std(0).clamp_min(1e-3))
    model.output_mean[: ROOT_MOTION + 6] = targets.mean(0)
    model.output_deviation[: ROOT_MOTION + 6] = targets.std(0).clamp_min(1e-3)


def _steps(
    recipe: Recipe,
    sampler: PairSampler,
    model: Same,
    moments: Moments,
    generator: torch.Generator,
    executor: ThreadPoolExecutor,
    device: torch.device,
) -> Iterator[tuple[Moments, Told]]:
    """The state at every checkpoint, and what happened on the way."""
    parameters, sums, begun = list(model.parameters()), dict[str, float](), time.monotonic()
    first = moments.steps
    for step in range(first, recipe.steps):
        examples = [_example(sampler, recipe, generator, device) for _ in range(recipe.pairs)]
        numbers = range(step * recipe.pairs, (step + 1) * recipe.pairs)
        agreements = [number % recipe.agreement_every == 0 for number in numbers]
        outcome = outcome_of_step(model, examples, recipe.weights, agreements, executor)
        rate = learning_rate(step, recipe.steps, recipe.learning_rate, recipe.warm_up)
        moments = stepped(parameters, outcome.gradients, moments, rate, recipe.clip, recipe.average)
        sums = {name: sums.get(name, 0.0) + value for name, value in outcome.terms.items()}
        if moments.steps % recipe.checkpoint_every == 0 or moments.steps == recipe.steps:
            count = moments.steps - first
            means = {name: value / count for name, value in sums.items()}
            yield moments, Told(moments.steps, means, {}, time.monotonic() - begun)
            sums, begun, first = {}, time.monotonic(), moments.steps


def _example(sampler: PairSampler, recipe: Recipe, generator: torch.Generator, device: torch.device) -> Example:
    pair = sampler.sample(generator, recipe.windows, recipe.frames + 1)
    return Example(pair.source, pair.target).to(device)


def _scores(model: Same, corpus: Corpus) -> dict[str, float]:
    """Of humans, and as `creature_...` of creatures."""
    pairs = held_out_pairs(corpus)
    model = model.cpu()
    humans = median_and_mean([score(model, held.pair) for held in pairs if held.human])
    creatures = median_and_mean([score(model, held.pair) for held in pairs if not held.human])
    return {**humans, **{f"creature_{name}": value for name, value in creatures.items()}}


def _append(path: Path, told: Told) -> None:
    with path.open("a", encoding="utf-8") as file:
        line = {"step": told.step, "seconds": round(told.seconds, 3), "losses": told.losses, "scores": told.scores}
        file.write(json.dumps(line) + "\n")

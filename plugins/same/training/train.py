"""The training run: pairs drawn, steps taken, scores kept, weights written."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import save_file

from motionloom.core.data import to_device
from motionloom.plugins.same.features import ROOT_MOTION, pose_features, pose_targets, skeleton_features
from motionloom.plugins.same.network import Same
from motionloom.plugins.same.stored import SAMPLES, model_of, state_of
from motionloom.plugins.same.training.config import Recipe
from motionloom.plugins.same.training.corpus import Corpus
from motionloom.plugins.same.training.held_out import held_out_pairs
from motionloom.plugins.same.training.losses import WINDOW_RATE
from motionloom.plugins.same.training.measure import median_and_mean, score
from motionloom.plugins.same.training.pairs import PairSampler
from motionloom.plugins.same.training.samples import sample_codes
from motionloom.plugins.same.training.step import outcome_of_step
from motionloom.plugins.training.checkpoint import CHECKPOINT, load_checkpoint, save_checkpoint
from motionloom.plugins.training.history import HISTORY, append
from motionloom.plugins.training.loop import Outcome, optimised
from motionloom.plugins.training.optimiser import Moments, averaged, fresh_moments
from motionloom.plugins.training.watch import Watch

WEIGHTS = "same.safetensors"
"""What a run is for, in its folder."""


def train(recipe: Recipe, corpus: Corpus, folder: Path, device: torch.device, threads: int, watch: Watch) -> Path:
    """Train, or go on training, and write the weights.

    Args:
        recipe: of the run.
        corpus: whole; held-out clips and skeletons are only looked at.
        folder: for checkpoint, history and weights; a checkpoint in it is taken up.
        device: to train on.
        threads: pairs that are worked on at once, on a CPU.
        watch: whom it is reported to.

    Returns:
        The file with the running average of the weights.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sampler = PairSampler(corpus.split(held_out=False))
    model, moments, generator = _begun(recipe, sampler, folder, device)
    with ThreadPoolExecutor(threads) as executor:

        def outcome(step: int) -> Outcome:
            pairs = [sampler.sample(generator, recipe.windows, recipe.frames + 1) for _ in range(recipe.pairs)]
            return outcome_of_step(model, to_device(pairs, device), recipe, step, executor)

        for state, told in optimised(list(model.parameters()), moments, recipe, outcome, watch.advanced):
            if told.step % recipe.evaluate_every == 0 or told.step == recipe.steps:
                told = replace(told, scores=_scores(averaged(model, state).cpu(), corpus, sampler))
            moments = state
            save_checkpoint(folder / CHECKPOINT, state_of(model), moments, generator, recipe)
            append(folder / HISTORY, told)
            watch.told(told)
    final = averaged(model, moments).cpu()
    weights = {**state_of(final), SAMPLES: sample_codes(final, sampler)}
    save_file(weights, folder / WEIGHTS, {"steps": str(moments.steps)})
    return folder / WEIGHTS


def _begun(
    recipe: Recipe, sampler: PairSampler, folder: Path, device: torch.device
) -> tuple[Same, Moments, torch.Generator]:
    if (folder / CHECKPOINT).is_file():
        found = load_checkpoint(folder / CHECKPOINT, recipe, device)
        return model_of(found.state).train(), found.moments, found.generator
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


def _scores(model: Same, corpus: Corpus, sampler: PairSampler) -> dict[str, float]:
    """Of humans, and as `creature_...` of creatures."""
    pairs, samples = held_out_pairs(corpus), sample_codes(model, sampler)
    humans = median_and_mean([score(model, samples, held.pair) for held in pairs if held.human])
    creatures = median_and_mean([score(model, samples, held.pair) for held in pairs if not held.human])
    return {**humans, **{f"creature_{name}": value for name, value in creatures.items()}}

"""The training run: expressions drawn, steps taken, scores kept, weights written."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path

import torch
from torch import Tensor

from motionloom.core.data import to_device
from motionloom.plugins.nfs.network import EXPRESSIONS, Nfs
from motionloom.plugins.nfs.stored import model_of, save_weights, state_of
from motionloom.plugins.nfs.training.config import Recipe
from motionloom.plugins.nfs.training.expressions import mixture
from motionloom.plugins.nfs.training.families import topologies
from motionloom.plugins.nfs.training.heads import Head, made, plans, whole_head
from motionloom.plugins.nfs.training.losses import Batch, losses
from motionloom.plugins.nfs.training.made_heads import made_heads
from motionloom.plugins.nfs.training.measure import Score, mean, scores
from motionloom.plugins.nfs.training.people import People
from motionloom.plugins.training.checkpoint import CHECKPOINT, load_checkpoint, save_checkpoint
from motionloom.plugins.training.history import HISTORY, append
from motionloom.plugins.training.loop import Outcome, optimised
from motionloom.plugins.training.optimiser import Moments, averaged, fresh_moments
from motionloom.plugins.training.watch import Watch

WEIGHTS = "nfs.safetensors"
"""What a run is for, in its folder."""

MOVED = 1e-4
"""Decimetres: vertices that an expression moves by less say nothing about its size."""


def train(recipe: Recipe, people: People, folder: Path, device: torch.device, watch: Watch) -> Path:
    """Train, or go on training, and write the weights.

    Args:
        recipe: of the run.
        people: ICT-FaceKit; those kept for the end are not looked at.
        folder: for checkpoint, history and weights; a checkpoint in it is taken up.
        device: to train on.
        watch: whom it is reported to.

    Returns:
        The file with the running average of the weights, in half precision.
    """
    folder.mkdir(parents=True, exist_ok=True)
    model, moments, generator = _begun(recipe, people, folder, device)
    heads = to_device(heads_of(recipe, people, folder), device)
    made_up = made_heads(recipe, people, folder)
    others = to_device(made_up.trained, device)
    unseen = {"": [whole_head(person, people, recipe.size.eigenpairs) for person in people.watched]}
    unseen |= {"made_": made_up.watched} if made_up.watched else {}

    def outcome(step: int) -> Outcome:
        chosen = others if others and float(torch.rand((), generator=generator)) < recipe.made_share else heads
        return _outcome(model, _batch(chosen, recipe, step, generator), recipe)

    for state, told in optimised(list(model.parameters()), moments, recipe, outcome, watch.advanced):
        if told.step % recipe.evaluate_every == 0 or told.step == recipe.steps:
            told = replace(told, scores=_scores(averaged(model, state).cpu(), unseen))
        moments = state
        save_checkpoint(folder / CHECKPOINT, state_of(model), moments, generator, recipe)
        append(folder / HISTORY, told)
        watch.told(told)
    save_weights(averaged(model, moments).cpu(), folder / WEIGHTS, moments.steps)
    return folder / WEIGHTS


def _begun(recipe: Recipe, people: People, folder: Path, device: torch.device) -> tuple[Nfs, Moments, torch.Generator]:
    if (folder / CHECKPOINT).is_file():
        found = load_checkpoint(folder / CHECKPOINT, recipe, device)
        return model_of(found.state).train(), found.moments, found.generator
    torch.manual_seed(recipe.seed)
    model = Nfs(recipe.size)
    model.shape_scale[:EXPRESSIONS] = _sizes(people.expressions)
    model = model.to(device)
    return model, fresh_moments(list(model.parameters())), torch.Generator().manual_seed(recipe.seed)


def _sizes(expressions: Tensor) -> Tensor:
    """Root mean square of what each expression moves the vertices by which it moves, decimetres."""
    lengths = expressions.square().sum(-1)
    moving = lengths > MOVED**2
    return ((lengths * moving).sum(-1) / moving.sum(-1).clamp_min(1)).sqrt().clamp_min(MOVED)


def heads_of(recipe: Recipe, people: People, folder: Path) -> list[Head]:
    """All heads of ICT-FaceKit's of a run; minutes the first time, for their operators.

    Args:
        recipe: of the run.
        people: ICT-FaceKit.
        folder: of the run.
    """
    families = topologies(people, recipe, folder)
    return [made(plan, people, families, recipe.size.eigenpairs) for plan in plans(people, recipe)]


def _batch(heads: Sequence[Head], recipe: Recipe, step: int, generator: torch.Generator) -> Batch:
    head = heads[int(torch.randint(len(heads), (), generator=generator))]
    if bool(torch.rand((), generator=generator) < 0.5):
        head = replace(head, surface=replace(head.surface, picture=head.fine_picture))
    weights = mixture(recipe.frames, generator)[torch.randperm(recipe.frames, generator=generator)]
    faces = torch.randint(len(head.faces), (recipe.shaped_faces,), generator=generator)
    device = head.surface.vertices.device
    early = step < recipe.truth_first * recipe.steps
    return Batch(head, weights.to(device), faces.to(device), recipe.shaped_frames, early)


def _outcome(model: Nfs, batch: Batch, recipe: Recipe) -> Outcome:
    found = losses(model(batch.head.surface), batch)
    total = found.total(recipe.weights)
    gradients = torch.autograd.grad(total, list(model.parameters()), allow_unused=True)
    given = tuple(
        torch.zeros_like(parameter) if gradient is None else gradient
        for parameter, gradient in zip(model.parameters(), gradients, strict=True)
    )
    terms = {field.name: getattr(found, field.name).item() for field in fields(found)}
    return Outcome(given, {**terms, "total": total.item()})


def _scores(model: Nfs, unseen: Mapping[str, Sequence[Head]]) -> dict[str, float]:
    """All but the regions', of each kind of heads under its prefix."""
    names = [field.name for field in fields(Score) if field.name != "segments"]
    return {
        f"{kind}{name}_{sampler}": mean(each, name)
        for kind, heads in unseen.items()
        for sampler, each in scores(model, heads).items()
        for name in names
    }

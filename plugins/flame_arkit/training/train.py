"""A training run: rigs, steps, checkpoints, scores."""

from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from motionloom.core.data import Character
from motionloom.plugins.flame_arkit.network import Problem, Unrolled, leaky, state_of
from motionloom.plugins.flame_arkit.training.faces import Batch, draw_faces
from motionloom.plugins.flame_arkit.training.recipe import Recipe
from motionloom.plugins.flame_arkit.training.rigs import Bank, Face, bank_of, face_of, plain_bank
from motionloom.plugins.training.checkpoint import CHECKPOINT, load_checkpoint, save_checkpoint
from motionloom.plugins.training.history import HISTORY, append
from motionloom.plugins.training.loop import Outcome, optimised
from motionloom.plugins.training.optimiser import Moments, averaged, fresh_moments
from motionloom.plugins.training.watch import Watch

WEIGHTS = "flame_arkit.safetensors"
"""The name of what a run gives, in its folder."""

HELD_OUT = 2000
"""Faces of each plain rig that scores are taken on; their seed is another than the run's."""


def train(recipe: Recipe, characters: list[Character], folder: Path, device: torch.device, watch: Watch) -> Path:
    """Train, or go on where a run in the folder stopped.

    Args:
        recipe: of the run.
        characters: with ARKit's shapes, to vary.
        folder: of the run; made if it is not there.
        device: to train on.
        watch: whom to tell.

    Returns:
        The file of the weights.
    """
    folder.mkdir(parents=True, exist_ok=True)
    faces = [face_of(character) for character in characters]
    bank = bank_of(faces, recipe.rigs, torch.Generator().manual_seed(recipe.seed))
    held = {character.name: _held_out(face, recipe.seed) for character, face in zip(characters, faces, strict=True)}
    network, begun, generator = _begun(recipe, folder, device)
    parameters: list[Tensor] = list(network.parameters())

    def outcome(step: int) -> Outcome:
        return _outcome(network, parameters, _drawn(recipe, bank, generator), device)

    for moments, told in optimised(parameters, begun, recipe, outcome, watch.advanced):
        if told.step % recipe.evaluate_every == 0 or told.step == recipe.steps:
            ready = averaged(network, moments)
            told = replace(told, scores={f"mae_{name}": mean_error(ready, batch) for name, batch in held.items()})
        save_checkpoint(folder / CHECKPOINT, network.state_dict(), moments, generator, recipe)
        append(folder / HISTORY, told)
        watch.told(told)
        save_file(state_of(averaged(network, moments)), folder / WEIGHTS, {"steps": str(moments.steps)})
    return folder / WEIGHTS


def _begun(recipe: Recipe, folder: Path, device: torch.device) -> tuple[Unrolled, Moments, torch.Generator]:
    torch.manual_seed(recipe.seed)
    network = Unrolled(recipe.size).to(device)
    if (folder / CHECKPOINT).is_file():
        found = load_checkpoint(folder / CHECKPOINT, recipe, device)
        network.load_state_dict(found.state)
        return network, found.moments, found.generator
    return network, fresh_moments(list(network.parameters())), torch.Generator().manual_seed(recipe.seed + 1)


def _drawn(recipe: Recipe, bank: Bank, generator: torch.Generator) -> Batch:
    rigs = torch.randint(len(bank.grams), (recipe.rigs_a_step,), generator=generator)
    return draw_faces(bank.at(rigs), recipe.frames, recipe.noisy, recipe.shrunk, generator)


def _held_out(face: Face, seed: int) -> Batch:
    generator = torch.Generator().manual_seed(seed + 2)
    return draw_faces(plain_bank(face, generator), HELD_OUT, 0.5, 0.5, generator)


def _outcome(network: Unrolled, parameters: list[Tensor], batch: Batch, device: torch.device) -> Outcome:
    problem = Problem(batch.problem.gram.to(device), batch.problem.seen.to(device))
    terms = losses(network, problem, batch.truth.to(device))
    gradients = torch.autograd.grad(terms["total"], parameters)
    return Outcome(gradients, {name: float(term.detach()) for name, term in terms.items()})


def losses(network: Unrolled, problem: Problem, truth: Tensor) -> dict[str, Tensor]:
    """How far the weights are off, and how far the face is, in sizes of a typical shape."""
    energies = problem.gram.diagonal(dim1=-2, dim2=-1)
    present = (energies > 0).unsqueeze(-2)
    apart = (leaky(network(problem)) - truth) * present
    typical = energies.mean(-1, keepdim=True)
    face = (((apart @ problem.gram) * apart).sum(-1) / typical).clamp_min(1e-8).sqrt().mean()
    weight = apart.abs().mean()
    return {"weight": weight, "face": face, "total": weight + face}


@torch.no_grad()
def mean_error(network: Unrolled, batch: Batch) -> float:
    """Mean absolute error of the weights, cut off at 0 and 1, of the shapes that the rig has."""
    network = network.cpu()
    present = batch.problem.gram[0].diagonal() > 0
    found = network(batch.problem).clamp(0.0, 1.0)
    return float((found - batch.truth)[..., present].abs().mean())

"""Random faces on varied rigs: what the network is shown, and what it should answer."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.plugins.flame_arkit.network import FITTED, Problem
from motionloom.plugins.flame_arkit.random_weights import random_weights
from motionloom.plugins.flame_arkit.training.rigs import Bank

WEAKEST, STRONGEST = 2e-5, 3e-4
"""Metres, root mean square over the face, of displacements that no shape makes."""

FINEST, COARSEST = 2e-6, 2e-5
"""Metres; the ridge of models that faces have gone through."""

MANY = 0.3
"""Share of the faces with up to twice `USUAL` shapes, each weaker."""

USUAL = 8
"""Shapes of most faces, at most."""

VARIANCE = 0.03
"""Of a weight over faces: what the ridge of a model holds against its error."""


@dataclass(frozen=True)
class Batch:
    """Faces on rigs.

    Args:
        problem: what is seen.
        truth: (N, T, S) weights; of absent shapes 0.
    """

    problem: Problem
    truth: Float[Tensor, "rigs frames shapes"]


def draw_faces(bank: Bank, frames: int, noisy: float, shrunk: float, generator: torch.Generator) -> Batch:
    """Random weights on every rig of a bank, and what they look like.

    Args:
        bank: of rigs.
        frames: faces a rig.
        noisy: share of the faces with displacements that no shape makes.
        shrunk: share of the faces that a ridge regression has weakened.
        generator: what all randomness comes from.
    """
    rigs = len(bank.grams)
    present = bank.grams.diagonal(dim1=-2, dim2=-1) > 0
    truth = _weights(rigs * frames, generator).unflatten(0, (rigs, frames)) * present.unsqueeze(1)
    shown = torch.where(_chosen(truth, shrunk, generator), _weakened(bank.grams, truth, generator), truth)
    amounts = _between(WEAKEST, STRONGEST, (rigs, frames, 1), generator)
    noise = torch.randn(rigs, frames, bank.fields.shape[1], generator=generator) @ bank.fields
    noise = amounts * noise / bank.fields.shape[1] ** 0.5
    seen = shown @ bank.grams + torch.where(_chosen(truth, noisy, generator), noise, 0.0)
    return Batch(Problem(bank.grams, seen), truth)


def _weights(faces: int, generator: torch.Generator) -> Float[Tensor, "faces shapes"]:
    few = random_weights(FITTED, faces, generator, 1, USUAL)
    many = random_weights(FITTED, faces, generator, USUAL, 2 * USUAL) * torch.rand(faces, 1, generator=generator)
    return torch.where(torch.rand(faces, 1, generator=generator) < MANY, many, few)


def _weakened(
    grams: Float[Tensor, "rigs shapes shapes"], weights: Float[Tensor, "rigs frames shapes"], generator: torch.Generator
) -> Float[Tensor, "rigs frames shapes"]:
    """What is left of weights after a ridge regression onto the principal directions of such faces."""
    energies, directions = torch.linalg.eigh(grams.double())
    ridge = _between(FINEST, COARSEST, (len(grams), 1), generator) ** 2
    kept = (VARIANCE * energies / (VARIANCE * energies + ridge)).to(weights).unsqueeze(-2)
    return ((weights @ directions.to(weights)) * kept) @ directions.to(weights).mT


def _chosen(weights: Float[Tensor, "rigs frames shapes"], share: float, generator: torch.Generator) -> Tensor:
    return torch.rand(*weights.shape[:2], 1, generator=generator) < share


def _between(low: float, high: float, size: tuple[int, ...], generator: torch.Generator) -> Tensor:
    return low * (high / low) ** torch.rand(size, generator=generator)

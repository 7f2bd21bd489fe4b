"""Expression weights to train on and to measure with."""

from typing import Final, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.plugins.nfs.network import EXPRESSIONS

Sampler = Literal["one_hot", "few", "all"]

SAMPLERS: Final[tuple[Sampler, ...]] = ("one_hot", "few", "all")
"""One expression at one; one to five at U(0, 1); all 53 at U(0, 1)."""

FEW = 5
"""Expressions at once, at most, of the sampler `few`."""


def sampled(sampler: Sampler, frames: int, generator: torch.Generator) -> Float[Tensor, "frames 53"]:
    """Weights of some frames.

    Args:
        sampler: how they are drawn.
        frames: how many.
        generator: draws them.
    """
    if sampler == "all":
        return torch.rand(frames, EXPRESSIONS, generator=generator)
    places = torch.rand(frames, EXPRESSIONS, generator=generator).argsort(-1)
    if sampler == "one_hot":
        return (places == 0).float()
    active = torch.randint(1, FEW + 1, (frames, 1), generator=generator)
    return (places < active) * torch.rand(frames, EXPRESSIONS, generator=generator)


def mixture(frames: int, generator: torch.Generator) -> Float[Tensor, "frames 53"]:
    """A third of the frames of each sampler, as nearly as can be.

    Args:
        frames: how many.
        generator: draws them.
    """
    counts = [frames // 3 + (place < frames % 3) for place in range(len(SAMPLERS))]
    return torch.cat([sampled(name, count, generator) for name, count in zip(SAMPLERS, counts, strict=True)])

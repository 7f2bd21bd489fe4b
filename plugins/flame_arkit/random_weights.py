"""Random ARKit weights that a face could show."""

import torch
from jaxtyping import Float
from torch import Tensor

APART: tuple[tuple[str, str], ...] = (
    ("jawLeft", "jawRight"),
    ("mouthLeft", "mouthRight"),
    *((f"eyeLookIn{side}", f"eyeLookOut{side}") for side in ("Left", "Right")),
    *((f"eyeLookUp{side}", f"eyeLookDown{side}") for side in ("Left", "Right")),
)
"""Shapes that are two ways of one thing: an eye that looks up does not look down."""


def random_weights(
    names: tuple[str, ...], frames: int, generator: torch.Generator, fewest: int = 1, most: int = 8
) -> Float[Tensor, "frames shapes"]:
    """Some shapes a frame, each from 0 to 1, all equally likely; of two ways of one thing the stronger stays.

    Args:
        names: of the shapes.
        frames: how many.
        generator: on the CPU.
        fewest: shapes that are on in a frame.
        most: shapes that are on in a frame; fewer where two of `APART` meet.
    """
    shapes = len(names)
    weights = torch.rand(frames, shapes, generator=generator)
    counts = torch.randint(min(fewest, shapes), min(most, shapes) + 1, (frames, 1), generator=generator)
    order = torch.rand(frames, shapes, generator=generator).argsort(1).argsort(1)
    return without_contradictions(names, weights.masked_fill(order >= counts, 0.0))


def without_contradictions(
    names: tuple[str, ...], weights: Float[Tensor, "frames shapes"]
) -> Float[Tensor, "frames shapes"]:
    """The same weights, with the weaker of every two of `APART` at 0."""
    kept = weights.clone()
    for one, other in APART:
        if one in names and other in names:
            pair = [names.index(one), names.index(other)]
            strong = weights[:, pair] >= weights[:, pair].amax(1, keepdim=True)
            kept[:, pair] = weights[:, pair] * strong
    return kept

"""Smooth curves through a few keys, as an animator draws them."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

Key = tuple[float, float]
"""When, and the value there."""


@dataclass(frozen=True)
class KeyedCurve:
    """A cubic curve that passes through its keys, and never beyond two neighbours between them.

    Fritsch and Butland 1984, "A method for constructing local monotone piecewise cubic
    interpolants": slopes are weighted harmonic means, zero at a turning point.

    Args:
        keys: in order of time, at least two.
        period: after how long the curve repeats; None where it stays at its first and last value.
    """

    keys: Sequence[Key]
    period: float | None = None

    def __call__(self, times: Float[Tensor, "samples"]) -> Float[Tensor, "samples"]:
        """The values at some times."""
        at, values = self._padded(times)
        times = at[0] + (times - at[0]).remainder(self.period) if self.period else times.clamp(at[0], at[-1])
        slopes = _slopes(at, values)
        right = torch.searchsorted(at, times, right=True).clamp(1, len(at) - 1)
        left = right - 1
        width = at[right] - at[left]
        s = (times - at[left]) / width
        return (
            (2 * s**3 - 3 * s**2 + 1) * values[left]
            + (s**3 - 2 * s**2 + s) * width * slopes[left]
            + (3 * s**2 - 2 * s**3) * values[right]
            + (s**3 - s**2) * width * slopes[right]
        )

    def _padded(self, like: Tensor) -> tuple[Tensor, Tensor]:
        """The keys, with two of the neighbouring periods at either end where the curve repeats."""
        keys = list(self.keys)
        if self.period is not None:
            before = [(at - self.period, value) for at, value in keys[-2:]]
            keys = before + keys + [(at + self.period, value) for at, value in self.keys[:2]]
        at, values = torch.tensor(keys, dtype=like.dtype, device=like.device).unbind(-1)
        return at.contiguous(), values.contiguous()


def _slopes(at: Float[Tensor, "keys"], values: Float[Tensor, "keys"]) -> Float[Tensor, "keys"]:
    steps = at.diff()
    rises = values.diff() / steps
    before, after = rises[:-1], rises[1:]
    weight = (steps[:-1] + 2 * steps[1:]) / (3 * (steps[:-1] + steps[1:]))
    mean = before * after / (weight * after + (1 - weight) * before)
    inner = torch.where(before * after > 0, mean, torch.zeros_like(mean))
    flat = values.new_zeros(1)
    return torch.cat((flat, inner, flat))

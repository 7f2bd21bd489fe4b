"""Random numbers by the handful: one call of the generator for many small decisions."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import torch

HANDFUL = 256

Ending: TypeAlias = Literal["bone", "point", "none"]


@dataclass(frozen=True)
class Split:
    """Whether and where a second joint lies on a bone.

    Args:
        kind: it is one bone, or two in a row, or has a twist joint beside it.
        share: of the length at which the second joint is.
    """

    kind: Literal["none", "in a row", "beside"]
    share: float


class Draws:
    """Draws from a generator.

    Args:
        generator: what all randomness comes from.
    """

    def __init__(self, generator: torch.Generator) -> None:
        self._generator = generator
        self._left: list[float] = []

    def between(self, low: float, high: float) -> float:
        """A number, all equally likely."""
        if not self._left:
            self._left = torch.rand(HANDFUL, generator=self._generator).tolist()
        return low + (high - low) * self._left.pop()

    def chance(self, probability: float) -> bool:
        """True as often as `probability` says."""
        return self.between(0.0, 1.0) < probability

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return min(int(self.between(low, high + 1)), high)

    def ending(self) -> Ending:
        """What is known of where outermost bones end: mostly where, at times one point with the joint, or nothing."""
        share = self.between(0.0, 1.0)
        return "point" if share < 0.05 else "none" if share < 0.1 else "bone"

    def split(self) -> Split:
        """Mostly none; each other kind for one bone in twenty."""
        chance, share = self.between(0.0, 1.0), self.between(0.25, 0.75)
        return Split("in a row" if chance < 0.1 else "beside" if chance < 0.15 else "none", share)

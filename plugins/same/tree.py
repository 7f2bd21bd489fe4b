"""The edges of one skeleton graph, or of several side by side, as indices for batched arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import torch
from jaxtyping import Int
from torch import Tensor


@dataclass(frozen=True)
class Tree:
    """Nodes with at most one parent each; several skeletons make a forest.

    Args:
        parents: index of each node's parent, parents first; -1 for the root of each skeleton.
        sizes: how many nodes each skeleton has, in order.
    """

    parents: tuple[int, ...]
    sizes: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.parents)

    def below(self, device: torch.device) -> Int[Tensor, "edges"]:
        """The nodes that have a parent."""
        nodes = [node for node, parent in enumerate(self.parents) if parent >= 0]
        return torch.tensor(nodes, dtype=torch.long, device=device)

    def above(self, device: torch.device) -> Int[Tensor, "edges"]:
        """Their parents, in the same order."""
        return torch.tensor([parent for parent in self.parents if parent >= 0], dtype=torch.long, device=device)

    def skeleton_of(self, device: torch.device) -> Int[Tensor, "nodes"]:
        """Which skeleton each node belongs to."""
        counts = torch.tensor(self.sizes, device=device)
        return torch.repeat_interleave(torch.arange(len(self.sizes), device=device), counts)


def forest(skeletons: Sequence[tuple[int, ...]]) -> Tree:
    """Several skeletons side by side.

    Args:
        skeletons: the parents of each one's nodes, as a `SkeletonGraph` has them.
    """
    starts = accumulate((len(parents) for parents in skeletons), initial=0)
    shifted = [
        parent + start if parent >= 0 else -1
        for parents, start in zip(skeletons, starts, strict=False)
        for parent in parents
    ]
    return Tree(tuple(shifted), tuple(len(parents) for parents in skeletons))

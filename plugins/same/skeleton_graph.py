"""What SAME sees of a skeleton and of its motion: nodes for joints and for the ends of bones."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from motionloom.plugins.same.graph_kinematics import graph_world


@dataclass(frozen=True)
class SkeletonGraph:
    """A skeleton in a rest pose in which no node is rotated: Y up, facing +Z, arms out where it is known how.

    Args:
        parents: index of each node's parent, parents first; -1 for the root at index 0.
        offsets: (N, 3) from the parent to the node in the rest pose, metres; zero for the root.
        ends: (N,) true for the ends of bones, which turn nothing.
    """

    parents: tuple[int, ...]
    offsets: Float[Tensor, "nodes 3"]
    ends: Bool[Tensor, "nodes"]

    def __len__(self) -> int:
        return len(self.parents)

    @cached_property
    def rest_positions(self) -> Float[Tensor, "nodes 3"]:
        """Where the nodes are in the rest pose: over the root's place on the floor, the lowest node at y = 0."""
        placed = [self.offsets.new_zeros(3)]
        for node, parent in enumerate(self.parents[1:], start=1):
            placed.append(placed[parent] + self.offsets[node])
        positions = torch.stack(placed)
        return positions - positions.new_tensor([0.0, 1.0, 0.0]) * positions[:, 1].min()

    @property
    def root_height(self) -> float:
        """Height of the root over the lowest node in the rest pose, metres: what paths over the floor scale with."""
        return float(self.rest_positions[0, 1])


WINDOW = 2048
"""Frames of a long motion that are worked on at once."""


@dataclass(frozen=True)
class GraphMotion:
    """A skeleton graph that moves.

    Args:
        graph: what moves.
        root: (*batch, 3) position of the root, metres, over a floor at y = 0.
        rotations: (*batch, N, 4) of each node against its parent, counted from the rest pose; xyzw.
            The root's is its turn in the world, an end's is the identity.
    """

    graph: SkeletonGraph
    root: Float[Tensor, "*batch 3"]
    rotations: Float[Tensor, "*batch nodes 4"]

    def world(self) -> tuple[Float[Tensor, "*batch nodes 4"], Float[Tensor, "*batch nodes 3"]]:
        """World rotations (xyzw) and positions (metres) of every node."""
        return graph_world(self.graph.parents, self.graph.offsets, self.root, self.rotations)

    def windows(self) -> Iterator["GraphMotion"]:
        """The motion of (T,) frames in parts of bounded length."""
        for root, rotations in zip(self.root.split(WINDOW), self.rotations.split(WINDOW), strict=True):
            yield GraphMotion(self.graph, root, rotations)

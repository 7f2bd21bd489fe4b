"""A performer in the making."""

from dataclasses import dataclass, field
from typing import TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.plugins.same.skeleton_graph import SkeletonGraph
from motionloom.plugins.same.training.performer import Performer

Drive: TypeAlias = tuple[int, int, float]
"""Lower and upper canonical joint, and the fraction between them."""

NO_TURN = (0.0, 0.0, 0.0, 1.0)


@dataclass
class Draft:
    """A performer in the making: nodes are added parents first.

    Args:
        parents: of each node so far.
        offsets: from the parent in the T-pose, metres.
        drives: lower and upper canonical joint and the fraction between them.
        ends: whether a node is the end of a bone.
    """

    parents: list[int] = field(default_factory=list)
    offsets: list[tuple[float, ...]] = field(default_factory=list)
    drives: list[Drive] = field(default_factory=list)
    ends: list[bool] = field(default_factory=list)

    def add(self, parent: int, offset: tuple[float, ...], drive: Drive | None, end: bool = False) -> int:
        """Add a node; without a drive of its own it turns as its parent does. Returns its index."""
        self.parents.append(parent)
        self.offsets.append(offset)
        self.drives.append(self.drives[parent] if drive is None else drive)
        self.ends.append(end)
        return len(self.parents) - 1

    def below(self, tops: list[int]) -> list[int]:
        """The nodes that hang on some of `tops`."""
        found = set(tops)
        for node, parent in enumerate(self.parents):
            if parent in found:
                found.add(node)
        return sorted(found - set(tops))

    def finished(self, hip_center: Float[Tensor, "3"], knees: list[int]) -> Performer:
        """The performer, in the T-pose.

        Args:
            hip_center: from the root to the middle between the hip joints, metres.
            knees: the nodes at which the shins begin.
        """
        graph = SkeletonGraph(tuple(self.parents), torch.tensor(self.offsets), torch.tensor(self.ends))
        lower, upper, fraction = zip(*self.drives, strict=True)
        feet = self.below(knees) or knees
        rest = graph.rest_positions
        height = float(rest[0, 1] + hip_center[1] - rest[feet, 1].min())
        turns = torch.tensor(NO_TURN).repeat(len(graph), 1)
        joints = torch.tensor(lower), torch.tensor(upper), torch.tensor(fraction)
        return Performer(graph, *joints, turns, hip_center, height, tuple(feet))

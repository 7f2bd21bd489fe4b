"""Heights and lengths of a rest pose, measured once."""

from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Skeleton, rest_pose

UP = 1


@dataclass(frozen=True)
class StandingBody:
    """A skeleton with its rest positions.

    Args:
        skeleton: whose joints.
        positions: (J, 3) world positions, float64, metres.
        height: of the highest joint over the lowest, metres, above zero.
    """

    skeleton: Skeleton
    positions: Float[Tensor, "joints 3"]
    height: float

    @cached_property
    def heights(self) -> tuple[float, ...]:
        """Height of each joint over the lowest one, as a share of the body's height."""
        above = self.positions[:, UP] - self.positions[:, UP].min()
        return tuple((above / self.height).tolist())

    @cached_property
    def lowest(self) -> tuple[float, ...]:
        """How far down each joint and what hangs on it reaches."""
        lowest = list(self.heights)
        for joint in range(len(lowest) - 1, 0, -1):
            parent = self.skeleton.parents[joint]
            lowest[parent] = min(lowest[parent], lowest[joint])
        return tuple(lowest)

    @cached_property
    def depths(self) -> tuple[float, ...]:
        """Metres along the bones from the root to each joint."""
        bones = (self.positions - self.positions[[max(parent, 0) for parent in self.skeleton.parents]]).norm(dim=-1)
        depths = [0.0]
        for joint, bone in enumerate(bones.tolist()[1:], start=1):
            depths.append(depths[self.skeleton.parents[joint]] + bone)
        return tuple(depths)

    def length(self, path: tuple[int, ...]) -> float:
        """Metres along a path of joints that hang on each other."""
        return self.depths[path[-1]] - self.depths[path[0]]

    def distance(self, a: int, b: int) -> float:
        """Metres from joint to joint."""
        return float((self.positions[a] - self.positions[b]).norm())

    @cached_property
    def farthest(self) -> tuple[int, ...]:
        """For each joint the one that is farthest from it along the bones that hang on it."""
        farthest = list(range(len(self.skeleton)))
        for joint in range(len(farthest) - 1, 0, -1):
            parent = self.skeleton.parents[joint]
            farthest[parent] = max(farthest[parent], farthest[joint], key=lambda end: (self.depths[end], -end))
        return tuple(farthest)

    def reach(self, start: int) -> float:
        """Metres along the bones from a joint to the end that is farthest from it."""
        return self.depths[self.farthest[start]] - self.depths[start]

    def longest_path(self, start: int) -> tuple[int, ...]:
        """The path from a joint to the end that is farthest from it along the bones."""
        path = [self.farthest[start]]
        while path[-1] != start:
            path.append(self.skeleton.parents[path[-1]])
        return tuple(reversed(path))


def measure_body(skeleton: Skeleton) -> StandingBody | None:
    """Measure a rest pose; None where it has no height.

    Args:
        skeleton: in a rest pose with Y up.
    """
    positions = rest_pose(skeleton)[1].double().cpu()
    if not bool(torch.isfinite(positions).all()):
        return None
    height = float(positions[:, UP].max() - positions[:, UP].min())
    return StandingBody(skeleton, positions, height) if height > 0.0 else None

"""The joint hierarchy of a character, in its rest pose."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data.shapes import check_shape
from motionloom.core.errors import DataError


def _no_tips() -> Tensor:
    return torch.zeros(0, 3)


@dataclass(frozen=True)
class Skeleton:
    """Joints in topological order (parents first), one root at index 0, with a rest pose.

    Args:
        names: one unique name a joint.
        parents: index of each joint's parent; -1 for the root.
        rest_translations: (J, 3) local translation in the rest pose, metres.
        rest_rotations: (J, 4) local rotation in the rest pose, unit quaternions xyzw.
        tip_joints: the joints whose bone ends in a tip (BVH calls it an end site), if known.
        tip_offsets: (E, 3) where those bones end, in the frame of their joint, metres.

    Raises:
        DataError: names repeat, the order is not topological or the shapes disagree.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    rest_translations: Float[Tensor, "joints 3"]
    rest_rotations: Float[Tensor, "joints 4"]
    tip_joints: tuple[int, ...] = ()
    tip_offsets: Float[Tensor, "tips 3"] = field(default_factory=_no_tips)

    def __post_init__(self) -> None:
        check_hierarchy(self.names, self.parents)
        check_shape("rest_translations", self.rest_translations, joints=len(self.names), xyz=3)
        check_shape("rest_rotations", self.rest_rotations, joints=len(self.names), xyzw=4)
        check_shape("tip_offsets", self.tip_offsets, tips=len(self.tip_joints), xyz=3)
        _check_tips(self.tip_joints, len(self.names))

    def __len__(self) -> int:
        return len(self.names)

    def index(self, name: str) -> int:
        """Index of the joint called `name`.

        Raises:
            DataError: there is no such joint.
        """
        try:
            return self.names.index(name)
        except ValueError:
            raise DataError(f"there is no joint {name!r}", remedy=f"joints: {', '.join(self.names)}") from None

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """The children of every joint, in order."""
        found: list[list[int]] = [[] for _ in self.names]
        for joint, parent in enumerate(self.parents[1:], start=1):
            found[parent].append(joint)
        return tuple(tuple(joints) for joints in found)

    @cached_property
    def levels(self) -> tuple[tuple[int, ...], ...]:
        """The joints grouped by depth: the root, its children, their children and so on."""
        depth = [0] * len(self.names)
        for joint, parent in enumerate(self.parents[1:], start=1):
            depth[joint] = depth[parent] + 1
        groups: list[list[int]] = [[] for _ in range(max(depth) + 1)]
        for joint, level in enumerate(depth):
            groups[level].append(joint)
        return tuple(tuple(group) for group in groups)

    def with_rest(self, translations: Tensor, rotations: Tensor) -> "Skeleton":
        """The same hierarchy in another rest pose."""
        return replace(self, rest_translations=translations, rest_rotations=rotations)


def check_hierarchy(names: Sequence[str], parents: Sequence[int]) -> None:
    """Refuse joints that are no tree with parents first and one root at index 0, or that share a name.

    Raises:
        DataError: with the joint.
    """
    if not names:
        raise DataError("a skeleton needs at least one joint")
    if len(names) != len(parents):
        raise DataError(f"{len(names)} joint names but {len(parents)} parents")
    seen: set[str] = set()
    for joint, (name, parent) in enumerate(zip(names, parents, strict=True)):
        if name in seen:
            raise DataError(f"two joints are called {name!r}", where=f"joint {joint}", remedy="rename one of them")
        if (parent == -1) != (joint == 0) or not -1 <= parent < joint:
            raise DataError(
                f"parent index {parent} is not that of an earlier joint",
                where=f"joint {joint} ({name})",
                remedy="order joints parents first, with one root at index 0",
            )
        seen.add(name)


def _check_tips(tip_joints: Sequence[int], joints: int) -> None:
    for tip, joint in enumerate(tip_joints):
        if not 0 <= joint < joints:
            raise DataError(f"it names joint {joint}, the skeleton has {joints}", where=f"tip {tip}")

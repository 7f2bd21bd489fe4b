"""Paths in the joint hierarchy."""

from collections.abc import Iterable

from motionloom.core.data import Skeleton


def path_from_root(skeleton: Skeleton, joint: int) -> tuple[int, ...]:
    """The root, the joints below it and so on, down to `joint`."""
    path = [joint]
    while skeleton.parents[path[-1]] >= 0:
        path.append(skeleton.parents[path[-1]])
    return tuple(reversed(path))


def path_between(skeleton: Skeleton, above: int, below: int) -> tuple[int, ...]:
    """The joints from `above` down to `below`, both included; none where `below` is elsewhere."""
    path = path_from_root(skeleton, below)
    return path[path.index(above) :] if above in path else ()


def is_above(skeleton: Skeleton, above: int, below: int) -> bool:
    """Whether `below` hangs on `above`, directly or not."""
    return above != below and above in path_from_root(skeleton, below)


def meeting_joint(skeleton: Skeleton, joints: Iterable[int]) -> int:
    """The deepest joint that all of `joints` hang on, or are."""
    paths = [path_from_root(skeleton, joint) for joint in joints]
    met = skeleton.parents.index(-1)
    for level in zip(*paths, strict=False):
        if len(set(level)) > 1:
            break
        met = level[0]
    return met


def subtree(skeleton: Skeleton, joint: int) -> tuple[int, ...]:
    """`joint` and everything that hangs on it, parents first."""
    inside = {joint}
    for candidate in range(joint + 1, len(skeleton)):
        if skeleton.parents[candidate] in inside:
            inside.add(candidate)
    return tuple(sorted(inside))


def in_line(skeleton: Skeleton, joints: Iterable[int]) -> tuple[int, ...]:
    """Those of `joints` that hang on each other, from the one nearest to the root on."""
    line: list[int] = []
    for joint in sorted(joints, key=lambda joint: len(path_from_root(skeleton, joint))):
        if not line or is_above(skeleton, line[-1], joint):
            line.append(joint)
    return tuple(line)

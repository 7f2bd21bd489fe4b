"""Which joints are each other's mirror images, by name and by where they rest."""

import re
from collections.abc import Callable, Iterable

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Skeleton, rest_pose

OPPOSITE = {"l": "r", "L": "R", "left": "right", "Left": "Right", "LEFT": "RIGHT"}
OPPOSITE |= {right: left for left, right in OPPOSITE.items()}

SIDE_WORDS = tuple(
    re.compile(pattern)
    for pattern in (
        r"left|right|Left|Right|LEFT|RIGHT",
        r"(?<![A-Za-z])[LRlr](?![A-Za-z])",
        r"^[LR](?=[A-Z][a-z])|(?<=[a-z0-9])[LR]$",
        r"^[lr](?=[a-z])",
    )
)
"""How names carry their side: `LeftArm`, `arm_l` or `arm.L`, `LThumb` or `armL`, Acclaim's `lfemur`."""

MOST_APART = 0.1
"""Share of the body's size that a joint may be off its counterpart's mirror image to be found by place."""


def mirrored_name(name: str, names: Iterable[str]) -> str | None:
    """The name of the joint on the other side; None where the skeleton has none."""
    known = set(names)
    for words in SIDE_WORDS:
        other = words.sub(lambda match: OPPOSITE[match.group()], name)
        if other != name and other in known:
            return other
    return None


def has_side(name: str) -> bool:
    """Whether a name names a side as a word of its own."""
    return any(words.search(name) for words in SIDE_WORDS[:2])


def counterparts(skeleton: Skeleton) -> tuple[int | None, ...]:
    """For each joint the one on the other side, or itself in the middle.

    None for a joint that has a side but no counterpart, like a sword, and for all that hang on it.
    Joints are matched downwards from the root: names decide, and where they say nothing, places do.
    """
    positions = rest_pose(skeleton)[1].double().cpu()
    size = float((positions - positions.mean(0)).norm(dim=-1).max())
    centres = _subtree_centres(skeleton, positions)
    found: list[int | None] = [None] * len(skeleton)
    found[0] = 0
    across = side_axis(skeleton, positions)

    def distance(joint: int, other: int) -> float:
        offset = centres[joint] - positions[0]
        image = offset - 2 * across * (across @ offset)
        return float((centres[other] - positions[0] - image).norm()) / max(size, 1e-9)

    for joint in range(len(skeleton)):
        partner = found[joint]
        if partner is not None:
            _match_children(skeleton, joint, partner, found, distance)
    return tuple(found)


def _subtree_centres(skeleton: Skeleton, positions: Float[Tensor, "joints 3"]) -> Float[Tensor, "joints 3"]:
    """The mean place of each joint and all that hangs on it: both legs may start in the middle of the body."""
    sums, counts = positions.clone(), torch.ones(len(skeleton), 1, dtype=positions.dtype)
    for joint in range(len(skeleton) - 1, 0, -1):
        sums[skeleton.parents[joint]] += sums[joint]
        counts[skeleton.parents[joint]] += counts[joint]
    return sums / counts


def _match_children(
    skeleton: Skeleton, joint: int, partner: int, found: list[int | None], distance: Callable[[int, int], float]
) -> None:
    below = skeleton.children[joint]
    free = [child for child in skeleton.children[partner] if found[child] is None]
    for child in below:
        if found[child] is not None:
            continue
        other = _counterpart(skeleton, child, free, distance)
        if other is None and joint == partner and not has_side(skeleton.names[child]):
            other = child
        if other is not None:
            found[child], found[other] = other, child
            free = [candidate for candidate in free if found[candidate] is None]


def _counterpart(skeleton: Skeleton, child: int, free: list[int], distance: Callable[[int, int], float]) -> int | None:
    name = skeleton.names[child]
    named = mirrored_name(name, (skeleton.names[other] for other in free))
    if named is not None:
        return skeleton.index(named)
    if has_side(name) or not free:
        return None
    nearest = min(free, key=lambda other: distance(child, other))
    return nearest if distance(child, nearest) < MOST_APART else None


def side_axis(skeleton: Skeleton, positions: Float[Tensor, "joints 3"] | None = None) -> Float[Tensor, "3"]:
    """The direction from right to left, or left to right, in which the rest pose is symmetric; float64.

    Args:
        skeleton: whose names say which joints face each other.
        positions: (J, 3) in the rest pose, if they are known already.
    """
    places = rest_pose(skeleton)[1].double().cpu() if positions is None else positions
    known = {name: joint for joint, name in enumerate(skeleton.names)}
    total = torch.zeros(3, dtype=torch.float64)
    for joint, name in enumerate(skeleton.names):
        other = mirrored_name(name, known)
        if other is not None and joint < known[other]:
            offset = places[joint] - places[known[other]]
            total += offset * (1.0 if float(offset @ total) >= 0 else -1.0)
    total[1] = 0.0
    sideways = total.new_tensor([1.0, 0.0, 0.0])
    if float(total.norm()) < 1e-6:
        return sideways
    axis = total / total.norm()
    nearest = torch.zeros_like(axis)
    nearest[int(axis.abs().argmax())] = 1.0
    # A rest pose is never quite symmetric; within 20 degrees it is meant to face along an axis.
    return nearest if float((axis @ nearest).abs()) > 0.94 else axis

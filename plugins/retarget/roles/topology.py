"""Which joints play which role, from the rest pose alone, where names say nothing.

A human in its rest pose stands upright: two legs reach from the hips to the floor, the spine
climbs from the hips to the highest point, and two arms branch off it to the sides. Lengths tell
the joints of a limb apart.
"""

from dataclasses import dataclass
from itertools import combinations
from math import log

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Skeleton, rest_pose
from motionloom.plugins.retarget.roles.hierarchy import path_between, path_from_root, subtree
from motionloom.plugins.retarget.roles.parts import JointRoles, Part, Role, Side, role_of

FLOOR_SHARE = 0.15
"""What reaches down to this share of the body's height stands on the floor."""

ARM_SHARE = 0.2
"""An arm is at least this share of the body's height long."""

UPPER_TO_FOREARM = 1.15
"""Length of the upper arm over that of the forearm (Winter 2009, table 4.1: 0.186 and 0.146 of the height,
between rigs that end the forearm at the wrist and ones that end it in the hand)."""

UP = 1


@dataclass(frozen=True)
class _Body:
    """A skeleton with its rest positions, and how high its joints are above the lowest."""

    skeleton: Skeleton
    positions: Float[Tensor, "joints 3"]
    height: float

    def above_floor(self, joint: int) -> float:
        """Height of a joint over the lowest one, as a share of the body's height."""
        return float(self.positions[joint, UP] - self.positions[:, UP].min()) / self.height

    def lowest(self, joint: int) -> float:
        """How far down a joint's subtree reaches."""
        return min(self.above_floor(below) for below in subtree(self.skeleton, joint))

    def length(self, path: tuple[int, ...]) -> float:
        """Metres along a path of joints."""
        return float((self.positions[list(path[1:])] - self.positions[list(path[:-1])]).norm(dim=-1).sum())

    def distance(self, a: int, b: int) -> float:
        """Metres from joint to joint."""
        return float((self.positions[a] - self.positions[b]).norm())


def roles_by_topology(skeleton: Skeleton) -> JointRoles:
    """The roles that the rest pose gives away; empty where it is no upright human.

    Args:
        skeleton: in a rest pose with Y up.
    """
    positions = rest_pose(skeleton)[1].double().cpu()
    height = float(positions[:, UP].max() - positions[:, UP].min())
    if height <= 0.0:
        return JointRoles({})
    body = _Body(skeleton, positions, height)
    found = _legs(body)
    if Role.HIPS not in found:
        return JointRoles({})
    found.update(_upper_body(body, found))
    return JointRoles({role: found[role] for role in Role if found.get(role)})


def _legs(body: _Body) -> dict[Role, tuple[int, ...]]:
    for hips in range(len(body.skeleton)):
        down = _limbs_to_the_floor(body, hips)
        if len(down) == len(Side) and body.above_floor(hips) > 2 * FLOOR_SHARE and _stands_on_two(body, hips):
            paths = [path_between(body.skeleton, child, _farthest(body, hips, child)) for child in down]
            if all(len(path) > 2 for path in paths):
                return {Role.HIPS: (hips,), **_both_legs(body, paths)}
    return {}


def _limbs_to_the_floor(body: _Body, joint: int) -> list[int]:
    """The children that carry weight: they hang above the floor and reach down to it."""
    reaching = [child for child in body.skeleton.children[joint] if body.lowest(child) < FLOOR_SHARE]
    return [child for child in reaching if body.above_floor(child) > FLOOR_SHARE]


def _stands_on_two(body: _Body, hips: int) -> bool:
    """Whether nothing above the hips, as an animal's hind part is, has legs of its own."""
    return all(len(_limbs_to_the_floor(body, joint)) <= 1 for joint in path_from_root(body.skeleton, hips)[:-1])


def _farthest(body: _Body, start: int, child: int) -> int:
    """The joint of a subtree that is the longest way from `start`."""
    return max(subtree(body.skeleton, child), key=lambda joint: body.length(path_between(body.skeleton, start, joint)))


def _both_legs(body: _Body, paths: list[tuple[int, ...]]) -> dict[Role, tuple[int, ...]]:
    legs = [_split_leg(body, path, _first_apart(body, *paths)) for path in paths]
    left = _left_first(body, legs)
    found: dict[Role, tuple[int, ...]] = {}
    for side, leg in zip(Side, legs if left == 0 else legs[::-1], strict=True):
        found.update({role_of(part, side): joints for part, joints in leg.items()})
    return found


def _first_apart(body: _Body, one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """Where two limbs of a pair have left the middle of the body: some rigs put a joint there before the thigh."""
    apart = [body.distance(a, b) for a, b in zip(one, other, strict=False)]
    return next(i for i, distance in enumerate(apart) if distance >= max(apart) / 8)


def _split_leg(body: _Body, path: tuple[int, ...], top: int) -> dict[Part, tuple[int, ...]]:
    """Thigh, shin, foot and toes along a path from below the hips to the tip of the foot."""
    ankle = next((i for i, joint in enumerate(path) if body.above_floor(joint) < FLOOR_SHARE), len(path))
    half = body.length(path[top : ankle + 1]) / 2
    knee = min(range(top + 1, ankle), key=lambda i: abs(body.length(path[top : i + 1]) - half), default=ankle)
    return {
        Part.UPPER_LEG: path[top:knee],
        Part.LOWER_LEG: path[knee:ankle],
        Part.FOOT: path[ankle : ankle + 1],
        Part.TOES: path[ankle + 1 : ankle + 2],
    }


def _left_first(body: _Body, legs: list[dict[Part, tuple[int, ...]]]) -> int:
    """Which of two legs is the left one, seen from where the toes point; +Z where there are none."""
    forward = torch.zeros(3, dtype=torch.float64)
    for leg in legs:
        if leg[Part.TOES]:
            forward += body.positions[leg[Part.TOES][0]] - body.positions[leg[Part.FOOT][0]]
    if float(forward[[0, 2]].norm()) < 0.02 * body.height:
        forward = forward.new_tensor([0.0, 0.0, 1.0])
    leftwards = torch.linalg.cross(forward.new_tensor([0.0, 1.0, 0.0]), forward)
    across = body.positions[legs[0][Part.FOOT][0]] - body.positions[legs[1][Part.FOOT][0]]
    return 0 if float(across @ leftwards) > 0 else 1


def _upper_body(body: _Body, found: dict[Role, tuple[int, ...]]) -> dict[Role, tuple[int, ...]]:
    hips = found[Role.HIPS][0]
    highest = int(body.positions[:, UP].argmax())
    way = path_between(body.skeleton, hips, highest)
    arms = _arm_paths(body, way)
    if len(arms) < len(Side):
        return {Role.SPINE: way[1:-1], Role.HEAD: way[-1:]}
    across = body.positions[found[Role.LEFT_UPPER_LEG][0]] - body.positions[found[Role.RIGHT_UPPER_LEG][0]]
    arms.sort(key=lambda path: -float((body.positions[path[-1]] - body.positions[hips]) @ across))
    chest = max(way.index(body.skeleton.parents[path[0]]) for path in arms)
    upper: dict[Role, tuple[int, ...]] = {Role.SPINE: way[1 : chest + 1], **_neck_and_head(body, way[chest + 1 :])}
    for side, path, other in zip(Side, arms, arms[::-1], strict=True):
        upper.update({role_of(part, side): joints for part, joints in _split_arm(body, path, other).items()})
    return upper


def _arm_paths(body: _Body, way: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The two longest limbs that branch off the way from the hips to the head, above the hips."""
    limbs = [child for joint in way[1:] for child in body.skeleton.children[joint] if child not in way]
    paths = [path_between(body.skeleton, child, _farthest(body, child, child)) for child in limbs]
    arms = [path for path in paths if len(path) > 2 and body.length(path) > ARM_SHARE * body.height]
    return sorted(arms, key=body.length)[-len(Side) :]


def _neck_and_head(body: _Body, way: tuple[int, ...]) -> dict[Role, tuple[int, ...]]:
    """The head is where a face branches off, or the last joint that has a bone."""
    branches = [i for i, joint in enumerate(way) if len(body.skeleton.children[joint]) > 1]
    tipped = not way or way[-1] in body.skeleton.tip_joints
    head = branches[0] if branches else len(way) - (1 if tipped or len(way) < 3 else 2)
    return {Role.NECK: way[:head], Role.HEAD: way[head : head + 1]}


def _split_arm(body: _Body, path: tuple[int, ...], other: tuple[int, ...]) -> dict[Part, tuple[int, ...]]:
    """Clavicle, upper arm, forearm and hand along a path from the chest to a fingertip."""
    hand = _hand(body, path)
    pairs = list(combinations(range(hand), 2))
    # The shoulder and the elbow are where upper arm and forearm have the lengths of a human's.
    fitting = [(i, j) for i, j in pairs if not _in_the_middle(body, path, other, i, j)] or pairs
    shoulder, elbow = min(fitting, key=lambda pair: _arm_misfit(body, path, pair[0], pair[1], hand))
    return {
        Part.CLAVICLE: path[:shoulder],
        Part.UPPER_ARM: path[shoulder:elbow],
        Part.FOREARM: path[elbow:hand],
        Part.HAND: path[hand : hand + 1],
    }


def _in_the_middle(body: _Body, path: tuple[int, ...], other: tuple[int, ...], shoulder: int, elbow: int) -> bool:
    """Whether a joint is too near to its partner on the other side, set against the elbows, to be a shoulder."""
    if elbow >= len(other):
        return False
    return body.distance(path[shoulder], other[shoulder]) < 0.3 * body.distance(path[elbow], other[elbow])


def _arm_misfit(body: _Body, path: tuple[int, ...], shoulder: int, elbow: int, hand: int) -> float:
    upper, fore = body.distance(path[shoulder], path[elbow]), body.distance(path[elbow], path[hand])
    return abs(log(max(upper, 1e-9) / max(fore, 1e-9) / UPPER_TO_FOREARM))


def _hand(body: _Body, path: tuple[int, ...]) -> int:
    """Where the fingers branch off; else the last joint but for a fingertip."""
    branches = [i for i, joint in enumerate(path) if i > 1 and len(body.skeleton.children[joint]) > 1]
    return branches[0] if branches else min(len(path) - 1, 3)

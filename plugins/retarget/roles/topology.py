"""Which joints play which role, from the rest pose alone, where names say nothing.

A human in its rest pose stands upright: two legs reach from the hips to the floor, the spine
climbs from the hips to the highest point, and two arms branch off it to the sides. Lengths tell
the joints of a limb apart.
"""

from itertools import combinations
from math import acos, degrees, log

import torch

from motionloom.core.data import Skeleton
from motionloom.plugins.retarget.roles.hierarchy import path_between, subtree
from motionloom.plugins.retarget.roles.parts import JointRoles, Part, Role, Side, role_of
from motionloom.plugins.retarget.roles.standing_body import UP, StandingBody, measure_body

HIP_HEIGHT = 0.15
"""Hips are at least this share of the body's height above the floor."""

REACH = 0.3
"""A limb that reaches down to this share of the height where it begins stands on the floor."""

ARM_SHARE = 0.17
"""An arm is at least this share of the body's height long."""

ALIKE = 1.15
"""Two limbs whose lengths differ by less are a pair."""

UPPER_TO_FOREARM = 1.08
"""Length of the upper arm over that of the forearm: an adult's is 1.27 (Winter 2009, table 4.1: 0.186 and 0.146 of
the height), a small child's below 1, and many rigs end the forearm in the hand."""

NO_CLAVICLE = 0.2
"""What a misfit of the lengths must be worse by before an arm is taken to begin without a clavicle."""

ANKLE_BEND = 25.0
"""Degrees between the line of a leg and the bone that follows, from which that bone is a foot."""

ANKLE_SHARE = 0.55
"""The ankle is at least this share of the way from the hip to the tip of the foot."""


def roles_by_topology(skeleton: Skeleton) -> JointRoles:
    """The roles that the rest pose gives away; empty where it is no upright human.

    Args:
        skeleton: in a rest pose with Y up.
    """
    body = measure_body(skeleton)
    found = {} if body is None else _legs(body)
    if body is None or Role.HIPS not in found:
        return JointRoles({})
    found.update(_upper_body(body, found))
    return JointRoles({role: found[role] for role in Role if found.get(role)})


def _legs(body: StandingBody) -> dict[Role, tuple[int, ...]]:
    limbs = [_limbs_to_the_floor(body, joint) for joint in range(len(body.skeleton))]
    on_legs = _on_legs(body.skeleton, limbs)
    for hips, down in enumerate(limbs):
        if len(down) == len(Side) and body.heights[hips] > HIP_HEIGHT and not on_legs[hips]:
            paths = [body.longest_path(child) for child in down]
            if all(len(path) > 2 for path in paths):
                return {Role.HIPS: (hips,), **_both_legs(body, paths)}
    return {}


def _limbs_to_the_floor(body: StandingBody, joint: int) -> list[int]:
    """The children that carry weight: they hang above the floor and reach down to it."""
    floor = REACH * body.heights[joint]
    reaching = [child for child in body.skeleton.children[joint] if body.lowest[child] < floor]
    return [child for child in reaching if body.heights[child] > floor]


def _on_legs(skeleton: Skeleton, limbs: list[list[int]]) -> list[bool]:
    """Whether something above each joint, as an animal's hind part is, has legs of its own."""
    found = [False] * len(skeleton)
    for joint, parent in enumerate(skeleton.parents[1:], start=1):
        found[joint] = found[parent] or len(limbs[parent]) > 1
    return found


def _both_legs(body: StandingBody, paths: list[tuple[int, ...]]) -> dict[Role, tuple[int, ...]]:
    legs = [
        _split_leg(body, path, _first_apart(body, path, other)) for path, other in zip(paths, paths[::-1], strict=True)
    ]
    left = _left_first(body, legs)
    found: dict[Role, tuple[int, ...]] = {}
    for side, leg in zip(Side, legs if left == 0 else legs[::-1], strict=True):
        found.update({role_of(part, side): joints for part, joints in leg.items()})
    return found


def _first_apart(body: StandingBody, one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """Where a leg has left the middle of the body: some rigs put a joint there, a short bone before the thigh."""
    apart = [body.distance(a, b) for a, b in zip(one, other, strict=False)]
    length = body.length(one)
    for i in range(min(len(apart) - 1, len(one) - 3)):
        if apart[i] > 0.5 * apart[i + 1] or body.distance(one[i], one[i + 1]) > length / 5:
            return i
    return max(0, min(len(apart), len(one) - 2) - 1)


def _split_leg(body: StandingBody, path: tuple[int, ...], top: int) -> dict[Part, tuple[int, ...]]:
    """Thigh, shin, foot and toes along a path from below the hips to the tip of the foot."""
    ankle = _ankle(body, path, top)
    half = body.length(path[top : ankle + 1]) / 2
    knee = min(range(top + 1, ankle), key=lambda i: abs(body.length(path[top : i + 1]) - half), default=ankle)
    return {
        Part.UPPER_LEG: path[top:knee],
        Part.LOWER_LEG: path[knee:ankle],
        Part.FOOT: path[ankle : ankle + 1],
        Part.TOES: path[ankle + 1 : ankle + 2],
    }


def _ankle(body: StandingBody, path: tuple[int, ...], top: int) -> int:
    """Where the foot turns off the line of the leg; else the first joint near the floor, else the last."""
    low, floor = ANKLE_SHARE * body.length(path[top:]), REACH * body.heights[path[top]]
    far = [i for i in range(top + 2, len(path)) if body.length(path[top : i + 1]) > low]
    turned = [i for i in far if i + 1 < len(path) and _bend(body, path[top], path[i], path[i + 1]) > ANKLE_BEND]
    lowest = [i for i in far if body.heights[path[i]] < floor]
    return (turned or lowest or [len(path) - 1])[0]


def _bend(body: StandingBody, start: int, middle: int, end: int) -> float:
    """Degrees that the way from joint to joint turns by at the middle one."""
    first, second = body.positions[middle] - body.positions[start], body.positions[end] - body.positions[middle]
    cosine = float(first @ second) / max(float(first.norm() * second.norm()), 1e-9)
    return degrees(acos(max(-1.0, min(1.0, cosine))))


def _left_first(body: StandingBody, legs: list[dict[Part, tuple[int, ...]]]) -> int:
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


def _upper_body(body: StandingBody, found: dict[Role, tuple[int, ...]]) -> dict[Role, tuple[int, ...]]:
    hips = found[Role.HIPS][0]
    legs = [path_between(body.skeleton, hips, found[role_of(Part.UPPER_LEG, side)][0])[1] for side in Side]
    torso = set(subtree(body.skeleton, hips)) - {joint for leg in legs for joint in subtree(body.skeleton, leg)}
    arms = _arm_paths(body, torso)
    head = torso - {joint for arm in arms for joint in subtree(body.skeleton, arm[0])}
    way = path_between(body.skeleton, hips, max(head, key=lambda joint: float(body.positions[joint, UP])))
    if len(arms) < len(Side):
        return {Role.SPINE: way[1:-1], Role.HEAD: way[1:][-1:]}
    across = body.positions[found[Role.LEFT_UPPER_LEG][0]] - body.positions[found[Role.RIGHT_UPPER_LEG][0]]
    chest = body.skeleton.parents[arms[0][0]]
    top = way.index(chest) if chest in way else max(len(way) - 2, 0)
    upper: dict[Role, tuple[int, ...]] = {Role.SPINE: way[1 : top + 1], **_neck_and_head(body, way[top + 1 :])}
    split = [_split_arm(body, path) for path in arms]
    # Arms may hang across the body; shoulders stay where they are.
    split.sort(key=lambda arm: -float(body.positions[arm[Part.UPPER_ARM][0]] @ across))
    for side, arm in zip(Side, split, strict=True):
        upper.update({role_of(part, side): joints for part, joints in arm.items()})
    return upper


def _arm_paths(body: StandingBody, torso: set[int]) -> list[tuple[int, ...]]:
    """The longest two limbs of like length that branch off one joint."""
    pairs = []
    for joint in torso:
        long = [child for child in body.skeleton.children[joint] if body.reach(child) > ARM_SHARE * body.height]
        paths = [body.longest_path(child) for child in long if child in torso] if len(long) > 1 else []
        arms = [path for path in paths if len(path) > 2]
        pairs += [pair for pair in combinations(arms, 2) if _alike(body, *pair)]
    return list(max(pairs, key=lambda pair: body.length(pair[0]) + body.length(pair[1]), default=()))


def _alike(body: StandingBody, one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    lengths = sorted((body.length(one), body.length(other)))
    return lengths[1] < ALIKE * lengths[0]


def _neck_and_head(body: StandingBody, way: tuple[int, ...]) -> dict[Role, tuple[int, ...]]:
    """The head is where a face branches off, or the last joint that has a bone."""
    branches = [i for i, joint in enumerate(way) if len(body.skeleton.children[joint]) > 1]
    tipped = not way or way[-1] in body.skeleton.tip_joints
    head = branches[0] if branches else len(way) - (1 if tipped or len(way) < 3 else 2)
    return {Role.NECK: way[:head], Role.HEAD: way[head : head + 1]}


def _split_arm(body: StandingBody, path: tuple[int, ...]) -> dict[Part, tuple[int, ...]]:
    """Clavicle, upper arm, forearm and hand along a path from the chest to a fingertip."""
    fitting = ((i, j, hand) for hand in _hands(body, path) for i, j in combinations(range(hand), 2))
    # The shoulder and the elbow are where upper arm and forearm have the lengths of a human's.
    shoulder, elbow, hand = min(fitting, key=lambda joints: _arm_misfit(body, path, *joints))
    return {
        Part.CLAVICLE: path[:shoulder],
        Part.UPPER_ARM: path[shoulder:elbow],
        Part.FOREARM: path[elbow:hand],
        Part.HAND: path[hand : hand + 1],
    }


def _arm_misfit(body: StandingBody, path: tuple[int, ...], shoulder: int, elbow: int, hand: int) -> float:
    """How far the lengths along an arm, the same in every pose, are from a human's."""
    upper, fore = body.length(path[shoulder : elbow + 1]), body.length(path[elbow : hand + 1])
    misfit = abs(log(max(upper, 1e-9) / max(fore, 1e-9) / UPPER_TO_FOREARM))
    return misfit + (NO_CLAVICLE if shoulder == 0 and hand > 2 else 0.0)


def _hands(body: StandingBody, path: tuple[int, ...]) -> list[int]:
    """Where the fingers branch off; else any joint behind an upper arm and a forearm."""
    branches = [i for i, joint in enumerate(path) if i > 1 and len(body.skeleton.children[joint]) > 1]
    return branches[:1] or list(range(2, min(len(path), 5)))


def count_legs(skeleton: Skeleton, arms: frozenset[int] = frozenset()) -> int:
    """How many limbs hang above the floor and reach down to it in the rest pose.

    Args:
        skeleton: in a rest pose with Y up.
        arms: joints that are known to be none.
    """
    body = measure_body(skeleton)
    if body is None:
        return 0
    carrying = {limb for joint in range(len(skeleton)) for limb in _limbs_to_the_floor(body, joint)}
    above = set[int]()
    for joint in range(len(skeleton) - 1, 0, -1):
        if joint in carrying or joint in above:
            above.add(skeleton.parents[joint])
    return len(carrying - above - arms)

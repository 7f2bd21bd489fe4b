"""Random humanoids: proportions and joint structures as rigs have them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import torch

from motionloom.plugins.same.training.canonical import INDEX
from motionloom.plugins.same.training.draft import Draft, Drive
from motionloom.plugins.same.training.draws import Draws, Ending, Split
from motionloom.plugins.same.training.performer import Performer

SPINE_KNOTS = ((0.0, "Hips"), (0.32, "Spine"), (0.63, "Spine1"), (1.0, "Spine2"))
"""Where the canonical spine's bones end, as a share of its length, and the joints that turn them."""

SIDES = (("Left", 1.0), ("Right", -1.0))

Vector: TypeAlias = tuple[float, float, float]


@dataclass(frozen=True)
class Build:
    """The proportions of a body, against the canonical humanoid's.

    Args:
        stature: of everything.
        legs: length of legs.
        trunk: length of spine.
        arms: length of arms.
        head: size of head and hands.
        width: of shoulders and hips.
        feet: length of feet.
    """

    stature: float
    legs: float
    trunk: float
    arms: float
    head: float
    width: float
    feet: float


def random_build(draws: Draws) -> Build:
    """An adult, a child, a giant or a cartoon figure."""
    kind = draws.between(0.0, 1.0)
    between = draws.between
    if kind < 0.6:
        ranges = ((0.85, 1.15), (0.85, 1.15), (0.9, 1.1), (0.85, 1.15), (0.9, 1.1), (0.8, 1.25), (0.85, 1.15))
    elif kind < 0.72:
        ranges = ((0.4, 0.8), (0.75, 0.95), (0.9, 1.15), (0.75, 1.0), (1.2, 1.7), (0.8, 1.2), (0.8, 1.1))
    elif kind < 0.8:
        ranges = ((1.15, 2.0), (0.85, 1.35), (0.8, 1.2), (0.85, 1.4), (0.6, 1.1), (0.8, 1.6), (0.8, 1.2))
    else:
        ranges = ((0.35, 1.1), (0.35, 0.85), (0.7, 1.3), (0.6, 1.2), (1.2, 2.2), (0.8, 1.8), (0.8, 2.0))
    return Build(*(between(low, high) for low, high in ranges))


def random_humanoid(generator: torch.Generator) -> Performer:
    """A random skeleton that the canonical performances carry over to exactly, in the T-pose.

    Bones are scaled by 0.8 to 1.2 on both sides alike, chains have other joint counts and some joints
    are missing, doubled or split (Lee et al. 2023, section 5, "Data augmentation"), over wider builds
    than theirs.

    Args:
        generator: what all randomness comes from.
    """
    draws = Draws(generator)
    build = random_build(draws)
    draft = Draft()
    size = build.stature
    raised = draws.between(0.0, 0.08) * size + (draws.between(0.0, 0.03) if draws.chance(0.5) else 0.0)
    center = (0.0, -raised, draws.between(-0.02, 0.02) * size)
    draft.add(-1, (0.0, 0.0, 0.0), _turned_by("Hips"))
    chest, neck_height = _spine(draft, draws, build)
    _head(draft, draws, build, chest, neck_height)
    _arms(draft, draws, build, chest, neck_height)
    knees = _legs(draft, draws, build, center)
    return draft.finished(torch.tensor(center), knees)


def _turned_by(name: str) -> Drive:
    return INDEX[name], INDEX[name], 0.0


def _spine(draft: Draft, draws: Draws, build: Build) -> tuple[int, float]:
    """The chest's node, and how far the neck is above it."""
    count = draws.whole(1, 5) if draws.chance(0.7) else 3
    size = build.stature * build.trunk
    base = 0.0 if draws.chance(0.1) else 0.1 * draws.between(0.2, 1.4) * size
    weights = [draws.between(0.6, 1.4) for _ in range(count)]
    length = 0.42 * draws.between(0.85, 1.15) * size
    bones = [length * weight / sum(weights) for weight in weights]
    node, rise = 0, base
    if draws.chance(0.1):
        node, rise = draft.add(0, (0.0, base, 0.0), _turned_by("Hips")), draws.between(0.0, 0.05) * size
    for bone, drive in zip((rise, *bones[:-1]), _spine_drives(bones), strict=True):
        node = draft.add(node, (0.0, bone, draws.between(-0.02, 0.02) * size), drive)
    return node, bones[-1]


def _spine_drives(bones: Sequence[float]) -> list[Drive]:
    """Every joint turns as the canonical spine does at the same share of the length; three are matched one by one."""
    if len(bones) == 3:
        return [_turned_by(name) for _, name in SPINE_KNOTS[1:]]
    shares = [sum(bones[: place + 1]) / sum(bones) for place in range(len(bones) - 1)]
    return [*(_between_knots(share) for share in shares), _turned_by("Spine2")]


def _between_knots(share: float) -> Drive:
    for (start, lower), (end, upper) in pairwise(SPINE_KNOTS):
        if share <= end:
            return INDEX[lower], INDEX[upper], (share - start) / (end - start)
    return _turned_by("Spine2")


def _head(draft: Draft, draws: Draws, build: Build, chest: int, neck_height: float) -> None:
    size = build.stature
    node, step = chest, (0.0, neck_height, draws.between(-0.03, 0.02) * size)
    necks = 0 if draws.chance(0.05) else draws.whole(1, 2)
    length = 0.09 * draws.between(0.7, 1.4) * size
    drives: list[Drive] = [(INDEX["Spine2"], INDEX["Neck"], 0.5), _turned_by("Neck")]
    for drive in drives[2 - necks :]:
        node = draft.add(node, step, drive)
        step = (0.0, length / necks, draws.between(0.0, 0.03) * size)
    node = draft.add(node, step, _turned_by("Head"))
    _end(draft, draws.ending(), node, (0.0, 0.19 * build.head * draws.between(0.8, 1.2) * size, 0.0))


def _arms(draft: Draft, draws: Draws, build: Build, chest: int, neck_height: float) -> None:
    size, wide = build.stature, build.stature * build.width
    inner, outer = 0.04 * draws.between(0.0, 1.5) * wide, 0.14 * draws.between(0.7, 1.2) * wide
    rise, depth = neck_height - 0.06 * draws.between(0.0, 2.0) * size, draws.between(-0.03, 0.03) * size
    slope = draws.between(-0.02, 0.03) * size
    bones = [length * draws.between(0.8, 1.2) * size for length in (0.28 * build.arms, 0.25 * build.arms, 0.16)]
    dummy, clavicle, splits, ending = (
        draws.chance(0.1),
        not draws.chance(0.1),
        (draws.split(), draws.split()),
        draws.ending(),
    )
    uneven = draws.chance(0.3)
    for side, sign in SIDES:
        upper, fore, hand = (bone * (draws.between(0.96, 1.04) if uneven else 1.0) * sign for bone in bones)
        node, step = chest, (sign * inner, rise, depth)
        if dummy:
            node, step = draft.add(node, step, _turned_by("Spine2")), (sign * 0.3 * outer, 0.0, 0.0)
        if clavicle:
            node, step = draft.add(node, step, _turned_by(side + "Shoulder")), (sign * outer, slope, 0.0)
        else:
            step = (step[0] + sign * outer, step[1] + slope, step[2])
        node = draft.add(node, step, _turned_by(side + "Arm"))
        node = _bone(draft, splits[0], node, (upper, 0.0, 0.0), _turned_by(side + "ForeArm"))
        node = _bone(draft, splits[1], node, (fore, 0.0, 0.0), _turned_by(side + "Hand"))
        _end(draft, ending, node, (hand * build.head**0.5, 0.0, 0.0))


def _legs(draft: Draft, draws: Draws, build: Build, center: Vector) -> list[int]:
    """The knees."""
    size = build.stature
    wide = 0.09 * draws.between(0.7, 1.3) * build.width * size
    thigh, shin = (length * draws.between(0.8, 1.2) * build.legs * size for length in (0.415, 0.415))
    ankle, toes_up = 0.08 * draws.between(0.5, 1.5) * size, draws.between(0.0, 0.03) * size
    foot, toe = (length * build.feet * draws.between(0.8, 1.2) * size for length in (0.13, 0.07))
    outwards, heel = draws.between(-0.02, 0.04) * size, draws.between(-0.02, 0.02) * size
    extra, splits, ending, has_toes = (
        draws.chance(0.1),
        (draws.split(), draws.split()),
        draws.ending(),
        not draws.chance(0.15),
    )
    uneven, share = draws.chance(0.3), draws.between(0.0, 0.7)
    knees: list[int] = []
    for side, sign in SIDES:
        longer = draws.between(0.98, 1.02) if uneven else 1.0
        node, step = 0, (sign * wide, center[1], center[2])
        if extra:
            node = draft.add(0, _part(step, share), _turned_by("Hips"))
            step = _part(step, 1.0 - share)
        node = draft.add(node, step, _turned_by(side + "UpLeg"))
        node = _bone(draft, splits[0], node, (0.0, -thigh * longer, 0.0), _turned_by(side + "Leg"))
        knees.append(node)
        node = _bone(draft, splits[1], node, (0.0, -shin * longer, heel), _turned_by(side + "Foot"))
        ball, tip = (sign * outwards, toes_up - ankle, foot), (0.0, -toes_up, toe)
        if has_toes:
            node = draft.add(node, ball, _turned_by(side + "ToeBase"))
            _end(draft, ending, node, tip)
        else:
            _end(draft, ending, node, (ball[0], -ankle, foot + toe))
    return knees


def _bone(draft: Draft, split: Split, start: int, bone: Vector, drive: Drive) -> int:
    """A limb's bone: the joint at its end, which may hang on a second piece, or have a twist joint beside it."""
    if split.kind == "none":
        return draft.add(start, bone, drive)
    middle = draft.add(start, _part(bone, split.share), None)
    if split.kind == "beside":
        return draft.add(start, bone, drive)
    return draft.add(middle, _part(bone, 1.0 - split.share), drive)


def _end(draft: Draft, ending: Ending, joint: int, bone: Vector) -> None:
    if ending != "none":
        draft.add(joint, bone if ending == "bone" else (0.0, 0.0, 0.0), None, end=True)


def _part(vector: Vector, share: float) -> Vector:
    return vector[0] * share, vector[1] * share, vector[2] * share

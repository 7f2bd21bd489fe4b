"""How large two bodies are beside each other, and the target made as large as the source."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import torch

from motionloom.core.data import Skeleton
from motionloom.core.errors import NodeError
from motionloom.plugins.retarget.rest_pose.alignment import ReferencePose, reference_pose
from motionloom.plugins.retarget.rest_pose.floor import standing_height
from motionloom.plugins.retarget.rest_pose.measured import MeasuredRest, measure_rest
from motionloom.plugins.retarget.roles.hierarchy import path_between
from motionloom.plugins.retarget.roles.parts import LIMBS, Role, Side, role_of
from motionloom.plugins.retarget.transfer.options import Scale, Stretch


def size_ratio(
    source: MeasuredRest, source_pose: ReferencePose, target: MeasuredRest, target_pose: ReferencePose, by: Scale
) -> float:
    """How many times as high as the source's the target's hips are, or its head.

    Heights are over the floor where both rest poses stand on y = 0. Where one hangs from its root, as
    in BVH files, the thickness of its sole is unknown, and both are measured from the lowest joint of
    the feet.

    Args:
        source: skeleton that moves.
        source_pose: its reference pose.
        target: skeleton that is to move.
        target_pose: its reference pose.
        by: what is measured; `none` measures the hips.

    Raises:
        NodeError: the head is to be measured and one of them has none.
    """
    soles = [
        standing_height(rest.skeleton, rest.roles, pose.hip_height)
        for rest, pose in ((source, source_pose), (target, target_pose))
    ]
    under, over = (0.0, 0.0) if soles[0] is None or soles[1] is None else (soles[0], soles[1])
    heights = _height(source_pose, by, "the source"), _height(target_pose, by, "the target")
    return (heights[1] + over) / (heights[0] + under)


def _height(pose: ReferencePose, by: Scale, whose: str) -> float:
    if by != "body_height":
        return pose.hip_height
    if pose.head_height is None:
        raise NodeError(f"{whose} has no head to measure the body's height by", remedy="set scale to hip_height")
    return pose.head_height


def stretched(
    source: MeasuredRest, source_pose: ReferencePose, target: MeasuredRest, stretch: Stretch, by: Scale
) -> MeasuredRest:
    """The target with longer or shorter bones; the same where nothing is to be stretched.

    Args:
        source: skeleton that moves.
        source_pose: its reference pose.
        target: skeleton that is to move.
        stretch: which bones.
        by: what says how large a body is.
    """
    if stretch == "none":
        return target
    target_pose = reference_pose(target)
    factors = torch.ones(len(target.skeleton), 1, dtype=torch.float64)
    if stretch == "uniform":
        factors /= size_ratio(source, source_pose, target, target_pose, by)
    else:
        ratio = size_ratio(source, source_pose, target, target_pose, "hip_height")
        for above, below in _limb_bones(source, target):
            joints = _joints_along(target, above, below)
            factors[joints] = ratio * _length(source, above, below) / _length(target, above, below)
    return measure_rest(_with_lengths(target.skeleton, factors), target.roles)


def _limb_bones(source: MeasuredRest, target: MeasuredRest) -> Iterable[tuple[Role, Role]]:
    """Upper arms, forearms, thighs and shins that have a length on both."""
    for side in Side:
        for limb in LIMBS:
            for above, below in pairwise(role_of(part, side) for part in limb):
                if all(above in rest.roles and below in rest.roles for rest in (source, target)) and all(
                    _length(rest, above, below) > 0.0 for rest in (source, target)
                ):
                    yield above, below


def _length(rest: MeasuredRest, above: Role, below: Role) -> float:
    start, end = rest.roles.of(above)[0], rest.roles.of(below)[0]
    return float((rest.positions[end] - rest.positions[start]).norm())


def _joints_along(rest: MeasuredRest, above: Role, below: Role) -> list[int]:
    """The joints whose offsets make up a bone, and those beside it that hang on it: twist helpers."""
    path = path_between(rest.skeleton, rest.roles.of(above)[0], rest.roles.of(below)[0])
    playing = {joint for role in rest.roles for joint in rest.roles.of(role)}
    beside = [
        joint
        for joint, parent in enumerate(rest.skeleton.parents)
        if parent in path[:-1] and joint not in playing and not rest.skeleton.children[joint]
    ]
    return sorted({*path[1:], *beside})


def _with_lengths(skeleton: Skeleton, factors: torch.Tensor) -> Skeleton:
    moved = skeleton.rest_translations * factors.to(skeleton.rest_translations)
    # A tip grows with its joint only where the whole skeleton does.
    uniform = bool((factors == factors[0]).all())
    tips = skeleton.tip_offsets * factors[0].to(skeleton.tip_offsets) if uniform else skeleton.tip_offsets
    return replace(skeleton.with_rest(moved, skeleton.rest_rotations), tip_offsets=tips)

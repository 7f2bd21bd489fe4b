"""A motion carried over to another skeleton.

Every joint's rotation is counted from the reference pose that both skeletons share, so bones point
the same way in the world whatever the rest poses and the frames of the joints are. The hips move as
the source's do, scaled by how large the two bodies are.
"""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Motion, Skeleton, quat_action, quat_product, unroll
from motionloom.plugins.retarget.rest_pose.alignment import ReferencePose, reference_pose, upright_pose
from motionloom.plugins.retarget.rest_pose.directions import inverse
from motionloom.plugins.retarget.rest_pose.floor import lowest_foot_height
from motionloom.plugins.retarget.rest_pose.measured import MeasuredRest, measure_rest
from motionloom.plugins.retarget.rest_pose.refusals import SOURCE_REMEDY, TARGET_REMEDY, refuse_degenerate
from motionloom.plugins.retarget.roles.mapping import JointMapping
from motionloom.plugins.retarget.roles.parts import JointRoles, Role
from motionloom.plugins.retarget.transfer.compiled import Turning, compile_plan
from motionloom.plugins.retarget.transfer.feet_over_floor import FloorFit, Legs, fit_floor, legs_of
from motionloom.plugins.retarget.transfer.options import TransferOptions
from motionloom.plugins.retarget.transfer.plan import plan_transfer
from motionloom.plugins.retarget.transfer.root import (
    Carriage,
    choose_carriage,
    floor_path,
    place_joints,
    rigid_root,
    with_carriage,
)
from motionloom.plugins.retarget.transfer.size import size_ratio, stretched

NUMBERS_AT_ONCE = {"cpu": 262_144, "cuda": 4_194_304}
"""So many components of joint rotations are worked on at a time, some MiB with all that lies between."""

STILL = 1e-4
"""Joints that slide by less than this share of the hips' height do not slide."""

DEFAULT = TransferOptions()


@dataclass(frozen=True)
class Transferred:
    """A motion on the target, and what a refinement needs to know about the way there.

    Args:
        motion: on the target.
        scale: of the path, from the source to the target.
        floor: how the feet were set against the floor.
    """

    motion: Motion
    scale: float
    floor: FloorFit


@dataclass(frozen=True)
class _Pair:
    """Both skeletons, measured, and the plan between them."""

    source: MeasuredRest
    source_pose: ReferencePose
    target: MeasuredRest
    target_pose: ReferencePose
    turning: Turning
    carriage: Carriage
    scale: float
    legs: Legs


@dataclass(frozen=True)
class _Frames:
    """What some frames come to, before the floor is known."""

    local: Float[Tensor, "frames joints 4"]
    hips: Float[Tensor, "frames 3"]
    floor_root: Float[Tensor, "frames 3"]
    source_feet: Float[Tensor, "frames"]
    target_feet: Float[Tensor, "frames"]


def retarget(motion: Motion, skeleton: Skeleton, mapping: JointMapping, options: TransferOptions = DEFAULT) -> Motion:
    """Carry a motion over to another skeleton.

    Args:
        motion: on the source skeleton.
        skeleton: the target.
        mapping: what the joints of both do in the body, and which others follow each other.
        options: what an animator may choose.

    Raises:
        NodeError: a rest pose is no pose, or the skeletons do not have what the options ask for.
    """
    return transfer(motion, skeleton, mapping, options).motion


def transfer(
    motion: Motion, skeleton: Skeleton, mapping: JointMapping, options: TransferOptions = DEFAULT
) -> Transferred:
    """Carry a motion over to another skeleton, and say how; arguments and errors as for `retarget`."""
    pair = _measured(motion, skeleton, mapping, options)
    frames = _all_frames(motion, pair)
    fit = FloorFit(None, 0.0)
    if options.floor and options.scale != "none":
        heights = frames.source_feet, frames.target_feet
        fit = fit_floor(pair.source, pair.source_pose, pair.target, pair.target_pose, heights, pair.scale)
    hips = frames.hips + frames.hips.new_tensor([0.0, fit.lift, 0.0])
    return Transferred(_placed(skeleton, pair, replace(frames, hips=hips), motion.fps), pair.scale, fit)


def _measured(motion: Motion, skeleton: Skeleton, mapping: JointMapping, options: TransferOptions) -> _Pair:
    source, target = _checked(motion.skeleton, mapping.source, "source"), _checked(skeleton, mapping.target, "target")
    target = stretched(source, reference_pose(source), target, options.stretch, options.scale)
    posed = reference_pose if options.alignment == "computed" else upright_pose
    source_pose, target_pose = posed(source), posed(target)
    carriage = choose_carriage(options.root, source, source_pose, target, target_pose)
    plan = with_carriage(plan_transfer(source, target, mapping.pairs, options.alignment), carriage, source, target)
    turning = compile_plan(plan, source_pose, target, target_pose, motion.rotations)
    ratio = size_ratio(source, source_pose, target, target_pose, options.scale)
    scale = 1.0 if options.scale == "none" else ratio
    return _Pair(source, source_pose, target, target_pose, turning, carriage, scale, legs_of(target))


def _checked(skeleton: Skeleton, roles: JointRoles, which: str) -> MeasuredRest:
    remedy = SOURCE_REMEDY if which == "source" else TARGET_REMEDY
    rest = measure_rest(skeleton, roles)
    refuse_degenerate(rest, f"the {which}", remedy)
    return rest


def _all_frames(motion: Motion, pair: _Pair) -> _Frames:
    """All frames, some thousand at a time: a clip of any length needs little more memory than its result."""
    frames, joints, like = len(motion), len(pair.target.skeleton), motion.rotations
    whole = _Frames(
        like.new_empty(frames, joints, 4),
        like.new_empty(frames, 3),
        like.new_empty(frames, 3),
        like.new_empty(frames),
        like.new_empty(frames),
    )
    step = _frames_at_once(pair, like.device)
    for start in range(0, frames, step):
        some = slice(start, start + step)
        part = _some_frames(motion.at(some), pair)
        # One frame back, so that the signs go on from those before.
        before = whole.local[max(start - 1, 0) : start]
        whole.local[some] = unroll(torch.cat((before, part.local)))[len(before) :]
        whole.hips[some], whole.floor_root[some] = part.hips, part.floor_root
        whole.source_feet[some], whole.target_feet[some] = part.source_feet, part.target_feet
    return whole


def _frames_at_once(pair: _Pair, device: torch.device) -> int:
    joints = max(len(pair.source.skeleton), len(pair.target.skeleton))
    return max(32, NUMBERS_AT_ONCE.get(device.type, NUMBERS_AT_ONCE["cpu"]) // (4 * joints))


def _some_frames(motion: Motion, pair: _Pair) -> _Frames:
    rotations, positions = motion.world()
    world = pair.turning.world(rotations, positions)
    local = pair.turning.local(world)
    center = pair.scale * _hip_center(pair, rotations, positions)
    turned = world[:, pair.turning.slots[pair.target.roles.of(Role.HIPS)[0]]]
    hips = center - quat_action(turned, pair.target_pose.hip_center.to(center))
    return _Frames(
        local,
        hips,
        _floor_root(pair, world, center, positions),
        lowest_foot_height(pair.source.skeleton, pair.source.roles, rotations, positions),
        pair.legs.lowest(hips, turned, local),
    )


def _hip_center(
    pair: _Pair, rotations: Float[Tensor, "frames joints 4"], positions: Float[Tensor, "frames joints 3"]
) -> Float[Tensor, "frames 3"]:
    hips = pair.source.roles.of(Role.HIPS)[0]
    return positions[:, hips] + quat_action(rotations[:, hips], pair.source_pose.hip_center.to(positions))


def _floor_root(
    pair: _Pair,
    world: Float[Tensor, "frames driven 4"],
    center: Float[Tensor, "frames 3"],
    positions: Float[Tensor, "frames joints 3"],
) -> Float[Tensor, "frames 3"]:
    """Where the floor root is; anywhere without one."""
    ours, theirs = pair.carriage.target, pair.carriage.source
    if ours is None:
        return center
    slot, followed = pair.turning.slots[ours.joint], center
    if theirs is not None:
        followed = pair.scale * positions[:, theirs.joint]
        rise = ours.height - pair.scale * theirs.height
        followed = followed + followed.new_tensor([0.0, rise, 0.0])
    turn = quat_product(world[:, slot], inverse(pair.turning.target_reference[slot]))
    return floor_path(pair.carriage, center, turn, followed)


def _placed(skeleton: Skeleton, pair: _Pair, frames: _Frames, fps: float) -> Motion:
    """The motion, with translations of joints where hips slide below another joint or bones are stretched."""
    hips = pair.target.roles.of(Role.HIPS)[0]
    if pair.carriage.kind == "rigid":
        root, slides = rigid_root(pair.target, frames.local, frames.hips), {}
    else:
        goals = {hips: frames.hips}
        if pair.carriage.target is not None:
            goals[pair.carriage.target.joint] = frames.floor_root
        placed = place_joints(pair.target, frames.local, goals)
        root, slides = placed.root_translation, placed.slides
    moved = _joint_translations(skeleton, pair, root, slides)
    return Motion(skeleton, root, frames.local, fps, moved)


def _joint_translations(
    skeleton: Skeleton, pair: _Pair, root: Float[Tensor, "frames 3"], slides: dict[int, Float[Tensor, "frames 3"]]
) -> Float[Tensor, "frames joints 3"] | None:
    """Local translations of all joints; None where they keep their rest offsets."""
    rest, longer = skeleton.rest_translations.to(root), pair.target.skeleton.rest_translations.to(root)
    least = STILL * pair.target_pose.hip_height
    moves = any(float((slide - longer[joint]).abs().max()) > least for joint, slide in slides.items())
    if not moves and float((longer - rest)[1:].abs().sum()) <= least:
        return None
    translations = longer.repeat(len(root), 1, 1)
    translations[:, 0] = root
    for joint, slide in slides.items():
        translations[:, joint] = slide
    return translations

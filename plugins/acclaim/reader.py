"""Acclaim skeleton and motion files as motions."""

from pathlib import Path

import numpy as np
import roma
import torch
from jaxtyping import Float, Float64
from numpy import ndarray
from torch import Tensor

from motionloom.core.data import METRES_PER_UNIT, Motion, Skeleton
from motionloom.core.errors import ReadError, place
from motionloom.plugins.acclaim.motion_file import read_motion_file
from motionloom.plugins.acclaim.skeleton_file import ROOT, AcclaimSkeleton, Bone, read_skeleton_file
from motionloom.plugins.text_mocap.rotations import EulerGroup, euler_groups, local_rotations, store
from motionloom.plugins.text_mocap.size_limits import frames_at_once
from motionloom.plugins.text_mocap.source_text import read_source

METRES_PER_INCH = METRES_PER_UNIT["inch"]

USUAL_FPS = 120.0
"""Frames a second of the CMU database, whose files do not say."""


def read_amc_file(path: Path, skeleton: Path, fps: float | None = None) -> Motion:
    """Read a motion file with its skeleton file as a motion in metres, on the CPU.

    Joints have the names of the bones and stand where the bones start; leaf bones end in tips. The
    rest pose is the skeleton file's, with identity rotations: a bone's channels M, about the axes C
    of its definition, become the rotation C M C^-1 about the parent's axes.

    Args:
        path: the motion file (.amc).
        skeleton: the skeleton file (.asf).
        fps: frames a second; what the file says, else 120, where None.

    Raises:
        ReadError: with file, line and column, where one of the files is not well-formed.
    """
    definition = read_skeleton_file(read_source(skeleton))
    header, values = read_motion_file(read_source(path), definition.bones)
    radians = definition.radians if header.radians is None else header.radians
    rate = fps or header.fps or USUAL_FPS
    if not 0 < rate < float("inf"):
        raise ReadError(f"a rate of {rate} frames a second", where=place(path), remedy="give fps")
    rotations = _rotations(definition, values, radians)
    motion = Motion(_skeleton(definition), _root_translation(definition, values), rotations, rate)
    if not all(np.isfinite(t.numpy()).all() for t in (motion.root_translation, motion.skeleton.rest_translations)):
        what = f"lengths in units of 1/{definition.unit:g} inch are too large for 32-bit numbers"
        raise ReadError(what, where=place(skeleton), remedy="correct length under :units")
    return motion


def _skeleton(definition: AcclaimSkeleton) -> Skeleton:
    names = list(definition.bones)
    joints = {name: joint for joint, name in enumerate(names)}
    ends = {name: _end(bone) for name, bone in definition.bones.items()}
    parents = [-1, *(joints[definition.bones[name].parent or ROOT] for name in names[1:])]
    starts = [np.array(definition.position), *(ends[names[parent]] for parent in parents[1:])]
    leaves = sorted(set(range(1, len(names))) - set(parents))
    return Skeleton(
        names=tuple(names),
        parents=tuple(parents),
        rest_translations=_metres(definition, np.array(starts)),
        rest_rotations=torch.tensor([[0.0, 0.0, 0.0, 1.0]]).repeat(len(names), 1),
        tip_joints=tuple(leaves),
        tip_offsets=_metres(definition, np.array([ends[names[joint]] for joint in leaves]).reshape(-1, 3)),
    )


def _end(bone: Bone) -> Float64[ndarray, "3"]:
    """Where a bone ends, seen from where it starts; the root has no length."""
    return np.array(bone.direction or (0.0, 0.0, 0.0)) * (bone.length or 0.0)


def _metres(definition: AcclaimSkeleton, lengths: Float64[ndarray, "*batch 3"]) -> Float[Tensor, "*batch 3"]:
    # What overflows becomes infinite without a warning here, and an error at the end.
    with np.errstate(over="ignore"):
        return torch.from_numpy((lengths * (METRES_PER_INCH / definition.unit)).astype(np.float32))


def _root_translation(
    definition: AcclaimSkeleton, values: Float64[ndarray, "frames channels"]
) -> Float[Tensor, "frames 3"]:
    positions = np.tile(np.array(definition.position), (len(values), 1))
    for column, channel in enumerate(definition.bones[ROOT].channels):
        if channel[0] == "t":
            positions[:, "xyz".index(channel[1])] += values[:, column]
    return _metres(definition, positions)


def _rotations(
    definition: AcclaimSkeleton, values: Float64[ndarray, "frames channels"], radians: bool
) -> Float[Tensor, "frames joints 4"]:
    bones = list(definition.bones.values())
    groups = _rotation_groups(bones)
    axes = _channel_axes(bones, definition.radians)
    rotations = torch.empty(len(values), len(bones), 4)
    size = frames_at_once(values.shape[1], len(bones))
    for start in range(0, len(values), size):
        degrees = np.degrees(values[start : start + size]) if radians else values[start : start + size]
        turned = local_rotations(groups, degrees, len(bones))
        # C M C^-1 turns about M's axis as C shows it, by the same angle.
        turned[..., :3] = np.einsum("jab,tjb->tja", axes, turned[..., :3])
        store(rotations, start, turned)
    return rotations


def _rotation_groups(bones: list[Bone]) -> list[EulerGroup]:
    columns: list[list[int]] = []
    width = 0
    for bone in bones:
        columns.append([width + index for index, channel in enumerate(bone.channels) if channel[0] == "r"])
        width += len(bone.channels)
    return euler_groups([bone.rotation_order for bone in bones], columns)


def _channel_axes(bones: list[Bone], radians: bool) -> Float64[ndarray, "joints 3 3"]:
    """The axes of every bone's channels, as rotations of the world's."""
    columns = [[3 * joint + "xyz".index(axis) for axis in bone.axis_order] for joint, bone in enumerate(bones)]
    angles = np.array([bone.axis for bone in bones]).reshape(1, -1)
    groups = euler_groups([bone.axis_order for bone in bones], columns)
    axes = local_rotations(groups, np.degrees(angles) if radians else angles, len(bones))
    return roma.unitquat_to_rotmat(torch.from_numpy(axes[0].copy())).numpy()

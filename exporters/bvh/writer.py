"""Motions as BVH files."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float64
from motionloom.core.data import Motion, map_tensors
from motionloom.core.errors import ExportError, place
from motionloom.exporters.bvh.document import hierarchy_text, motion_text
from motionloom.exporters.bvh.euler import continuous_euler
from motionloom.exporters.bvh.names import bvh_names
from motionloom.exporters.bvh.rest import without_rest_rotations
from motionloom.plugins.bvh.units import METRES_PER_UNIT, Unit
from numpy import ndarray
from torch import Tensor

Order = Literal["XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX"]

POSITIONS = "Xposition Yposition Zposition"
SLOWEST, FASTEST = 1e-9, 1e9
"""Frames a second that a frame time can say."""


def write_bvh_file(
    motion: Motion,
    path: Path,
    *,
    unit: Unit = "cm",
    order: Order = "ZXY",
    warn: Callable[[str], None] = lambda message: None,
) -> None:
    """Write a motion as a BVH file; the node documents the conventions.

    Args:
        motion: on any skeleton.
        path: the file to write.
        unit: what lengths are written in.
        order: the axes that rotation channels turn about, first one first.
        warn: told of names that had to change.

    Raises:
        ExportError: with joint and frame, where a value is not finite; or the file cannot be written.
    """
    _check(motion)
    names = bvh_names(motion.skeleton.names, warn)
    held = without_rest_rotations(map_tensors(motion, lambda tensor: tensor.detach().cpu().double()))
    moving = _moving_joints(held)
    turns = " ".join(f"{axis}rotation" for axis in order)
    channels = [f"6 {POSITIONS} {turns}" if moves else f"3 {turns}" for moves in moving]
    lengths = 1 / METRES_PER_UNIT[unit]
    offsets = held.skeleton.rest_translations.numpy() * lengths
    text, joints = hierarchy_text(
        held.skeleton, names, offsets, held.skeleton.tip_offsets.numpy() * lengths, channels
    )
    values, are_lengths = _columns(held, joints, moving, order, lengths)
    try:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.writelines(motion_text(values, are_lengths, motion.fps))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ExportError(f"cannot be written: {reason}", where=place(path), remedy="choose another path") from error


def _check(motion: Motion) -> None:
    skeleton = motion.skeleton
    if not SLOWEST < motion.fps < FASTEST:
        raise ExportError(f"a frame rate of {motion.fps:g} has no frame time", remedy="resample the motion")
    for what, tensor in (("rest offset", skeleton.rest_translations), ("rest rotation", skeleton.rest_rotations)):
        _check_joints(skeleton.names, what, tensor)
    _check_joints([skeleton.names[joint] for joint in skeleton.tip_joints], "tip", skeleton.tip_offsets)
    _check_frames([skeleton.names[0]], "root translation", motion.root_translation.unsqueeze(1))
    _check_frames(skeleton.names, "rotation", motion.rotations)
    if motion.joint_translations is not None:
        _check_frames(skeleton.names, "translation", motion.joint_translations)
    lengths = motion.rotations.norm(dim=-1)
    ...

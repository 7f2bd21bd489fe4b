"""Motions as BVH files."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from motionloom.core.data import METRES_PER_UNIT, Motion, Unit, map_tensors
from motionloom.core.errors import ExportError, place
from motionloom.exporters.bvh.checks import check_exportable
from motionloom.exporters.bvh.document import hierarchy_text, motion_text
from motionloom.exporters.bvh.euler import continuous_euler
from motionloom.exporters.bvh.names import bvh_names
from motionloom.exporters.bvh.rest import without_rest_rotations

AxisOrder = Literal["XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX"]


def write_bvh_file(
    motion: Motion,
    path: Path,
    *,
    unit: Unit = "cm",
    order: AxisOrder = "ZXY",
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
    exact = map_tensors(motion, lambda tensor: tensor.detach().cpu().double())
    check_exportable(exact)
    names = bvh_names(motion.skeleton.names, warn)
    straight = without_rest_rotations(exact)
    moving = _moving_joints(straight)
    scale = 1 / METRES_PER_UNIT[unit]
    text, joints = hierarchy_text(straight.skeleton, names, scale, [_channel_names(moves, order) for moves in moving])
    values, are_lengths = _columns(straight, scale, order, [(joint, moving[joint]) for joint in joints])
    try:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.writelines(motion_text(values, are_lengths, motion.fps))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ExportError(f"cannot be written: {reason}", where=place(path), remedy="choose another path") from error


def _moving_joints(motion: Motion) -> list[bool]:
    """Whether each joint needs position channels: the root, and those that leave their rest offset."""
    if motion.joint_translations is None:
        return [joint == 0 for joint in range(len(motion.skeleton))]
    leaves_rest = motion.joint_translations != motion.skeleton.rest_translations
    return [True, *leaves_rest.any(dim=-1).any(dim=0)[1:].tolist()]


def _channel_names(moves: bool, order: str) -> str:
    rotations = " ".join(f"{axis}rotation" for axis in order)
    return f"6 Xposition Yposition Zposition {rotations}" if moves else f"3 {rotations}"


def _columns(
    motion: Motion, scale: float, order: str, joints: list[tuple[int, bool]]
) -> tuple[Float64[ndarray, "frames columns"], list[bool]]:
    """The numbers of every frame, and which columns are lengths.

    Args:
        motion: without rest rotations.
        scale: units of the file in a metre.
        order: axes of the rotations.
        joints: in the order of the file, and whether they have position channels.
    """
    angles = continuous_euler(motion.rotations, order)
    positions = {0: motion.root_translation.numpy() * scale}
    if motion.joint_translations is not None:
        moved = motion.joint_translations.numpy() * scale
        positions |= {joint: moved[:, joint] for joint, moves in joints if moves and joint}
    columns: list[Float64[ndarray, "frames 3"]] = []
    are_lengths: list[bool] = []
    for joint, moves in joints:
        columns += [positions[joint], angles[:, joint]] if moves else [angles[:, joint]]
        are_lengths += [True] * 3 * moves + [False] * 3
    return np.concatenate(columns, axis=1), are_lengths

"""BVH files as motions: hierarchy, unit, up axis and frames put together."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import METRES_PER_UNIT, Motion, Unit, tensors_in
from motionloom.core.errors import ReadError, place
from motionloom.plugins.bvh.hierarchy import Channel, Hierarchy, read_hierarchy
from motionloom.plugins.bvh.motion_block import MotionBlock, read_header
from motionloom.plugins.bvh.posture import grounded, posture_of, stands_along_y, warn_of_floor
from motionloom.plugins.bvh.rest import greatest_dimension, in_metres, rest_points, skeleton_of, vectors_of
from motionloom.plugins.bvh.translations import PositionMeaning, PositionReach, placed, position_columns
from motionloom.plugins.bvh.up_axis import UpAxis, judge_up_axis, upright
from motionloom.plugins.text_mocap.rotations import EulerGroup, euler_groups, local_rotations, store
from motionloom.plugins.text_mocap.size_limits import check_growth, frames_at_once
from motionloom.plugins.text_mocap.source_text import SourceText, read_source
from motionloom.plugins.text_mocap.units import HUMAN_EXTENT, SMALLEST_EXTENT, likely_unit

BELIEVED_EXTENT = (0.4, 6.0)
"""Metres: the greatest dimension of a character that is believed without a word if the user gives its unit."""

ROTATION_BYTES, TRANSLATION_BYTES = 16, 12
"""What a joint takes in a frame of a motion."""


def read_bvh_file(
    path: Path,
    *,
    unit: Literal["auto"] | Unit | float = "auto",
    up: Literal["auto"] | UpAxis = "auto",
    positions: PositionMeaning = "auto",
    path_unit: Literal["same"] | Unit | float = "same",
    ground: bool = False,
    warn: Callable[[str], None] = lambda message: None,
) -> Motion:
    """Read a BVH file as a motion in metres, Y up, on the CPU; the node documents the conventions.

    Args:
        path: the file.
        unit: what its lengths are in, or metres a unit.
        up: the axis that points up.
        positions: what the position channels of joints below the root mean.
        path_unit: what the root's positions are in, or metres a unit.
        ground: move the clip up or down so that its lowest joint comes to y = 0.
        warn: told in one sentence of every guess that may be wrong.

    Raises:
        ReadError: with line and column, where the file is not a well-formed BVH file.
    """
    source = read_source(path)
    hierarchy = read_hierarchy(source)
    header = read_header(source, hierarchy.end)
    block = MotionBlock(source, header, len(hierarchy.channels))
    metres = _metres(source, hierarchy, unit, warn)
    root, rotations, moved = _read_frames(source, hierarchy, block, metres, positions)
    if path_unit != "same":
        _scale_path(root, moved, (METRES_PER_UNIT[path_unit] if isinstance(path_unit, str) else path_unit) / metres)
    motion = Motion(skeleton_of(hierarchy, metres), root, rotations, header.fps, moved)
    if not all(np.isfinite(tensor.numpy()).all() for tensor in tensors_in(motion)):
        what = f"lengths at {metres:g} metres a unit are too large for 32-bit numbers"
        raise ReadError(what, where=place(path), remedy="give the right unit")
    if up == "z" or (up == "auto" and _stands_along_z(source, hierarchy, motion, warn)):
        motion = upright(motion)
    return _on_its_floor(source, motion, metres, ground, warn)


def _metres(
    source: SourceText,
    hierarchy: Hierarchy,
    unit: Literal["auto"] | Unit | float,
    warn: Callable[[str], None],
) -> float:
    extent = greatest_dimension(rest_points(hierarchy))
    if unit == "auto":
        return _judged_metres(source, extent, warn)
    metres = METRES_PER_UNIT[unit] if isinstance(unit, str) else unit
    _warn_of_size(source, extent, metres, warn)
    return metres


def _stands_along_z(source: SourceText, hierarchy: Hierarchy, motion: Motion, warn: Callable[[str], None]) -> bool:
    if judge_up_axis(rest_points(hierarchy)) == "y":
        return False
    posture = posture_of(motion)
    if posture is not None and stands_along_y(posture):
        return False
    seen = f"{source.path.name} stands along Z in its rest pose and is read as Z up"
    warn(f"{seen}; if that is wrong, set up: y")
    return True


def _scale_path(root: Float[Tensor, "frames 3"], moved: Float[Tensor, "frames joints 3"] | None, ratio: float) -> None:
    root *= ratio
    if moved is not None:
        moved[:, 0] *= ratio


def _on_its_floor(
    source: SourceText, motion: Motion, metres: float, ground: bool, warn: Callable[[str], None]
) -> Motion:
    if ground:
        return grounded(motion)
    posture = posture_of(motion)
    if posture is not None:
        warn_of_floor(source.path.name, posture, metres, warn)
    return motion


def _warn_of_size(source: SourceText, extent: float, metres: float, warn: Callable[[str], None]) -> None:
    smallest, largest = BELIEVED_EXTENT
    likely = likely_unit(extent)
    if likely is not None and not smallest <= extent * metres <= largest:
        seen = f"{source.path.name} has a rest pose of {extent:g} units, which is {extent * metres:.3g} m as given"
        warn(f"{seen}; if it is a human, set unit: {likely}")


def _judged_metres(source: SourceText, extent: float, warn: Callable[[str], None]) -> float:
    unit = likely_unit(extent)
    if unit == "inch":
        seen = f"{source.path.name} has a rest pose of {extent:g} units and is read in inches"
        warn(f"{seen}; if that is a small character in centimetres, set unit: cm")
    if unit is not None:
        return METRES_PER_UNIT[unit]
    if extent < SMALLEST_EXTENT:
        warn(f"{source.path.name} has a skeleton without extent and is read in centimetres; set unit")
        return METRES_PER_UNIT["cm"]
    warn(
        f"{source.path.name} has a rest pose of {extent:g} units, human in no known unit, "
        f"and is scaled to {HUMAN_EXTENT} m; set unit"
    )
    return HUMAN_EXTENT / extent


def _read_frames(
    source: SourceText, hierarchy: Hierarchy, block: MotionBlock, metres: float, meaning: PositionMeaning
) -> tuple[Float[Tensor, "frames 3"], Float[Tensor, "frames joints 4"], Float[Tensor, "frames joints 3"] | None]:
    chosen, offsets = position_columns(hierarchy.channels), vectors_of(hierarchy.offsets)
    frames, joints = block.header.frames, len(offsets)
    each = ROTATION_BYTES + TRANSLATION_BYTES * chosen.move_joints
    check_growth(source, block.header.frames_at, frames, joints, each)
    groups = _rotation_groups(hierarchy.channels, joints)
    placing = offsets if chosen.move_joints else offsets[:1]
    reach = PositionReach(chosen, offsets)
    rotations = torch.empty(frames, joints, 4)
    translations = torch.empty(frames, len(placing), 3)
    start = 0
    for values in block.batches(frames_at_once(block.columns, joints)):
        store(rotations, start, local_rotations(groups, values, joints))
        end = start + len(values)
        translations[start:end] = in_metres(placed(values, chosen, placing, add=meaning == "add"), metres)
        reach.add(values)
        start = end
    still = reach.keeps_rest(meaning, greatest_dimension(rest_points(hierarchy)))
    return translations[:, 0].clone(), rotations, None if still else translations


def _rotation_groups(channels: list[Channel], joints: int) -> list[EulerGroup]:
    conventions = [""] * joints
    columns: list[list[int]] = [[] for _ in range(joints)]
    for column, channel in enumerate(channels):
        if channel.kind == "rotation":
            # Channels apply in the order of the file, each about the axes that those before it turned.
            conventions[channel.joint] += "XYZ"[channel.axis]
            columns[channel.joint].append(column)
    return euler_groups(conventions, columns)

"""What no BVH file can hold."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool
from numpy import ndarray
from torch import Tensor

from motionloom.core.data import Motion, Skeleton
from motionloom.core.errors import ExportError

SLOWEST, FASTEST = 1e-9, 1e9
"""Frames a second that a frame time can say."""

UNIT = 1e-3
"""How far the length of a unit quaternion may be from one."""


def check_exportable(motion: Motion) -> None:
    """Refuse values that are not finite, rotations that are none, and absurd frame rates.

    Args:
        motion: on any skeleton, on the CPU.

    Raises:
        ExportError: with the first joint and frame that is wrong.
    """
    if not SLOWEST < motion.fps < FASTEST:
        raise ExportError(f"a rate of {motion.fps:g} frames a second has no frame time", remedy="resample the motion")
    _check_rest(motion.skeleton)
    names = motion.skeleton.names
    _refuse(_not_finite(motion.root_translation.unsqueeze(1)), names[:1], "root translation is not finite")
    _refuse(_not_finite(motion.rotations), names, "rotation is not finite")
    _refuse(_not_unit(motion.rotations), names, "rotation is not a unit quaternion")
    if motion.joint_translations is not None:
        _refuse(_not_finite(motion.joint_translations), names, "translation is not finite")


def _check_rest(skeleton: Skeleton) -> None:
    _refuse(_not_finite(skeleton.rest_translations), skeleton.names, "rest offset is not finite")
    _refuse(_not_finite(skeleton.rest_rotations), skeleton.names, "rest rotation is not finite")
    _refuse(_not_unit(skeleton.rest_rotations), skeleton.names, "rest rotation is not a unit quaternion")
    tips = [skeleton.names[joint] for joint in skeleton.tip_joints]
    _refuse(_not_finite(skeleton.tip_offsets), tips, "tip is not finite")


def _not_finite(vectors: Tensor) -> Bool[ndarray, "*batch"]:
    return ~np.isfinite(vectors.numpy()).all(axis=-1)


def _not_unit(quaternions: Tensor) -> Bool[ndarray, "*batch"]:
    return np.abs(np.square(quaternions.numpy()).sum(axis=-1) - 1) > 2 * UNIT


def _refuse(wrong: Bool[ndarray, "*frames joints"], names: Sequence[str], what: str) -> None:
    if not wrong.any():
        return
    *frame, joint = np.argwhere(wrong)[0].tolist()
    where = f"joint {names[joint]!r}" + "".join(f", frame {number}" for number in frame)
    raise ExportError(f"the {what}", where=where, remedy="mend it in the node before (frames count from 0)")

"""The arrays that `export.npz` writes for any skeleton, read back."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from motionloom.core.data import FaceMotion, Motion, Skeleton, Take, bare_character
from motionloom.core.errors import DataError, ReadError, place
from motionloom.plugins.amass.archive import Arrays, doubles_of, read_arrays, texts_of

LAYOUT: Final = "motionloom 1"
"""What the array `layout` says."""

SKELETON: Final = ("joint_names", "parents", "rest_translations", "rest_rotations", "tip_joints", "tip_offsets")
BODY: Final = ("rotations", "root_translation", "joint_translations", "fps")
FACE: Final = ("face_names", "face_weights", "face_head", "face_left_eye", "face_right_eye")

UNIT_TOLERANCE: Final = 1e-3

REMEDY: Final = "write the file with export.npz, or give read.amass a file of AMASS's"


def read_own_layout(path: Path) -> Take:
    """Read what `export.npz` wrote: a take of a bare skeleton, with the body's motion and, if there is one, the face's.

    Raises:
        ReadError: the file is another's, or was changed since; with the array.
    """
    arrays = read_arrays(path, ("layout", *SKELETON, *BODY, *FACE))
    if "layout" not in arrays or texts_of(arrays["layout"]) != (LAYOUT,):
        raise ReadError(f"the file does not say that its layout is {LAYOUT!r}", where=place(path), remedy=REMEDY)
    try:
        fps = float(_numbers(arrays, "fps", 1)[0])
        motion = _motion(arrays, _skeleton(arrays), fps)
        face = _face(arrays, len(motion), fps) if "face_names" in arrays else None
        return Take(path.stem, bare_character(path.stem, motion.skeleton), motion, face)
    except DataError as error:
        where = f"{path}, {error.where}" if error.where else place(path)
        raise ReadError(error.what, where=where, remedy=error.remedy or REMEDY) from error


def _skeleton(arrays: Arrays) -> Skeleton:
    names = _texts(arrays, "joint_names")
    tips = _integers(arrays, "tip_joints")
    parents = _integers(arrays, "parents")
    if len(parents) != len(names):
        raise _wrong("parents", f"{len(parents)} entries for {len(names)} joints")
    return Skeleton(
        names=names,
        parents=parents,
        rest_translations=_floats(arrays, "rest_translations", len(names), 3),
        rest_rotations=_rotations(arrays, "rest_rotations", len(names), 4),
        tip_joints=tips,
        tip_offsets=_floats(arrays, "tip_offsets", len(tips), 3),
    )


def _motion(arrays: Arrays, skeleton: Skeleton, fps: float) -> Motion:
    frames, joints = len(_found(arrays, "root_translation").reshape(-1)) // 3, len(skeleton)
    slides = "joint_translations" in arrays
    return Motion(
        skeleton=skeleton,
        root_translation=_floats(arrays, "root_translation", frames, 3),
        rotations=_rotations(arrays, "rotations", frames, joints, 4),
        fps=fps,
        joint_translations=_floats(arrays, "joint_translations", frames, joints, 3) if slides else None,
    )


def _face(arrays: Arrays, frames: int, fps: float) -> FaceMotion:
    names = _texts(arrays, "face_names")
    turns = [_rotations(arrays, name, frames, 4) if name in arrays else None for name in FACE[2:]]
    return FaceMotion(names, _floats(arrays, "face_weights", frames, len(names)), fps, *turns)


def _found(arrays: Arrays, name: str) -> NDArray[Any]:
    if name not in arrays:
        raise DataError(f"there is no array {name}", remedy=REMEDY)
    return arrays[name]


def _texts(arrays: Arrays, name: str) -> tuple[str, ...]:
    texts = texts_of(_found(arrays, name))
    if texts is None:
        raise _wrong(name, "it holds no text")
    return texts


def _integers(arrays: Arrays, name: str) -> tuple[int, ...]:
    values = _found(arrays, name)
    if values.dtype.kind not in "iu" or values.ndim != 1:
        raise _wrong(name, "it holds no row of whole numbers")
    return tuple(int(value) for value in values)


def _numbers(arrays: Arrays, name: str, *shape: int) -> NDArray[np.float64]:
    found = _found(arrays, name)
    values = doubles_of(found)
    if values is None or (values.shape or (1,)) != shape:
        raise _wrong(name, f"{found.dtype.name} of shape {found.shape}, expected numbers of shape {shape}")
    values = values.reshape(shape)
    if not np.isfinite(values).all():
        raise _wrong(name, f"entry {np.argwhere(~np.isfinite(values))[0].tolist()} is not finite")
    return values


def _floats(arrays: Arrays, name: str, *shape: int) -> Tensor:
    with np.errstate(over="ignore"):
        values = torch.from_numpy(_numbers(arrays, name, *shape)).float()
    if not values.isfinite().all():
        raise _wrong(name, "a number is too large for single precision")
    return values


def _rotations(arrays: Arrays, name: str, *shape: int) -> Tensor:
    rotations = _floats(arrays, name, *shape)
    off = ((rotations.norm(dim=-1) - 1).abs() > UNIT_TOLERANCE).nonzero()
    if len(off):
        raise _wrong(name, f"entry {off[0].tolist()} is no unit quaternion")
    return rotations


def _wrong(name: str, what: str) -> DataError:
    return DataError(what, where=f"array {name!r}", remedy=REMEDY)

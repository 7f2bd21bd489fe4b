"""FLAME parameters over time, from the archives that trackers and data sets write."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import roma
import torch
from numpy.typing import NDArray
from torch import Tensor

from motionloom.core.data import FlameMotion, unroll
from motionloom.core.errors import DataError, ReadError, place
from motionloom.plugins.amass.archive import Arrays, doubles_of, read_arrays

EXPRESSION: Final = ("expression", "exp", "expr", "expression_params", "expcode")
SHAPE: Final = ("shape", "betas", "shape_params", "shapecode")
TRANSLATION: Final = ("transl", "trans", "translation")
RATE: Final = ("fps", "mocap_framerate", "mocap_frame_rate", "frame_rate")
POSE: Final = ("pose", "pose_params", "posecode", "poses")

TURNS: Final = {
    "root_rotation": ("global_orient", "root_orient", "root_pose", "global_pose", "rotation"),
    "neck": ("neck_pose", "neck"),
    "jaw": ("jaw_pose", "pose_jaw", "jaw"),
    "left_eye": ("leye_pose", "left_eye_pose", "left_eye"),
    "right_eye": ("reye_pose", "right_eye_pose", "right_eye"),
}
"""Rotation vectors, each under any of these names."""

BOTH_EYES: Final = ("eyes_pose", "eye_pose", "pose_eye", "eyes")
"""Left, then right."""

BODY: Final = ("body_pose", "pose_body", "left_hand_pose", "pose_hand")
"""What tells that root, translation and shape are a body's."""

IN_POSE: Final = {
    6: ("root_rotation", "jaw"),
    12: ("neck", "jaw", "left_eye", "right_eye"),
    15: ("root_rotation", "neck", "jaw", "left_eye", "right_eye"),
}
"""What a pose of so many numbers holds: DECA's, smplx's without and with the root."""

SMPLX_POSE: Final = 165
SMPLX_FACE: Final = {"jaw": 66, "left_eye": 69, "right_eye": 72}
"""Where SMPL-X's pose holds the face."""

NAMES: Final = (
    *(name for names in (EXPRESSION, SHAPE, TRANSLATION, RATE, POSE, BOTH_EYES, BODY) for name in names),
    *(name for names in TURNS.values() for name in names),
)

LARGEST: Final = 1e4
"""No rotation vector (radians), translation (metres) or coefficient is larger."""

Warn = Callable[[str], None]


def read_flame_file(path: Path, fps: float | None, warn: Warn) -> FlameMotion:
    """Read FLAME parameters, or the face of SMPL-X parameters; see the node `read.flame`.

    Args:
        path: the .npz file.
        fps: the frame rate, where the file does not say.
        warn: told of what is left out.

    Raises:
        ReadError: with the array and the frame.
    """
    arrays = read_arrays(path, NAMES)
    try:
        return _motion(arrays, fps, warn)
    except DataError as error:
        where = f"{path}, {error.where}" if error.where else place(path)
        raise ReadError(error.what, where=where, remedy=error.remedy or "mend the file") from error


def _motion(arrays: Arrays, fps: float | None, warn: Warn) -> FlameMotion:
    vectors = _rotation_vectors(arrays)
    expression = _rows(arrays, EXPRESSION)
    told = [*vectors.values(), *([] if expression is None else [expression])]
    if not told:
        what = "there is neither an expression nor a pose of jaw, neck or eyes"
        raise DataError(what, remedy=f"save one row a frame as {EXPRESSION[0]} and {TURNS['jaw'][0]}")
    frames = len(told[0])
    if expression is None:
        expression = np.zeros((frames, 0))
    of_body = _is_body(arrays)
    if of_body:
        warn("these are a body's parameters: its root, translation and shape are not the head's and are left out")
        vectors.pop("root_rotation", None)
    still = np.zeros((frames, 3))
    turns = {name: _quaternions(vectors.get(name, still)) for name in TURNS if name != "root_rotation"}
    root = vectors.get("root_rotation")
    return FlameMotion(
        shape=torch.zeros(0) if of_body else _shape(arrays, warn),
        expression=_single(expression),
        fps=_rate(arrays, fps),
        root_rotation=None if root is None else _quaternions(root),
        root_translation=None if of_body else _translation(arrays),
        **turns,
    )


def _is_body(arrays: Arrays) -> bool:
    poses = next((arrays[name] for name in POSE if name in arrays), None)
    return any(name in arrays for name in BODY) or (poses is not None and _width(poses) == SMPLX_POSE)


def _rotation_vectors(arrays: Arrays) -> dict[str, NDArray[np.float64]]:
    """(T, 3) radians of each joint that the file tells of; its own array goes before a pose of several."""
    found = _from_pose(arrays)
    eyes = _rows(arrays, BOTH_EYES, 6)
    if eyes is not None:
        found |= {"left_eye": eyes[:, :3], "right_eye": eyes[:, 3:]}
    for joint, names in TURNS.items():
        own = _rows(arrays, names, 3)
        if own is not None:
            found[joint] = own
    return found


def _from_pose(arrays: Arrays) -> dict[str, NDArray[np.float64]]:
    name = next((name for name in POSE if name in arrays), None)
    if name is None:
        return {}
    pose = _rows(arrays, (name,), _width(arrays[name]))
    width = 0 if pose is None else pose.shape[1]
    if pose is None or (width not in IN_POSE and width != SMPLX_POSE):
        told = "6 (root, jaw), 12 (neck, jaw, eyes), 15 (root, neck, jaw, eyes) or 165 (SMPL-X)"
        raise DataError(f"a pose of {width} numbers a frame", where=f"array {name!r}", remedy=f"give {told}")
    if width == SMPLX_POSE:
        return {joint: pose[:, start : start + 3] for joint, start in SMPLX_FACE.items()}
    return {joint: pose[:, 3 * place : 3 * place + 3] for place, joint in enumerate(IN_POSE[width])}


def _width(array: NDArray[Any]) -> int:
    """Numbers a frame."""
    return array.size // len(array) if array.ndim > 1 and len(array) else 0


def _rows(arrays: Arrays, names: Sequence[str], width: int | None = None) -> NDArray[np.float64] | None:
    """The first of these arrays that the file has, one row of finite numbers a frame."""
    name = next((name for name in names if name in arrays), None)
    if name is None:
        return None
    values = doubles_of(arrays[name])
    if values is None or values.ndim < 2 or not len(values) or width not in (None, _width(values)):
        wanted = "numbers" if width is None else f"{width} numbers"
        what = f"{arrays[name].dtype.name} of shape {arrays[name].shape}, expected {wanted} a frame"
        raise DataError(what, where=f"array {name!r}", remedy="save one row a frame, rotations as vectors in radians")
    rows = values.reshape(len(values), -1)
    _refuse_unusable(rows, name)
    return rows


def _refuse_unusable(rows: NDArray[np.float64], name: str) -> None:
    bad = np.argwhere(~(np.abs(rows) <= LARGEST))
    if len(bad):
        frame, column = bad[0].tolist()
        where = f"array {name!r}, frame {frame}, column {column}"
        raise DataError(f"the value is {rows[frame, column]:g}", where=where, remedy="mend the frame, or cut it off")


def _quaternions(vectors: NDArray[np.float64]) -> Tensor:
    turned = roma.rotvec_to_unitquat(torch.from_numpy(np.ascontiguousarray(vectors)))
    return unroll(turned / turned.norm(dim=-1, keepdim=True)).float()


def _single(rows: NDArray[np.float64]) -> Tensor:
    return torch.from_numpy(rows.astype(np.float32))


def _shape(arrays: Arrays, warn: Warn) -> Tensor:
    """One set of coefficients; of a file with a set a frame, the first."""
    name = next((name for name in SHAPE if name in arrays), None)
    if name is None:
        return torch.zeros(0)
    values = doubles_of(arrays[name])
    if values is None or values.ndim not in (1, 2) or not len(np.atleast_2d(values)):
        what = f"{arrays[name].dtype.name} of shape {arrays[name].shape}, expected one row of numbers"
        raise DataError(what, where=f"array {name!r}", remedy="save the identity once")
    rows = np.atleast_2d(values)
    _refuse_unusable(rows, name)
    if (rows != rows[0]).any():
        warn(f"the array {name} changes over time; the first frame's identity is taken for all")
    return _single(rows[0])


def _translation(arrays: Arrays) -> Tensor | None:
    rows = _rows(arrays, TRANSLATION, 3)
    return None if rows is None else _single(rows)


def _rate(arrays: Arrays, given: float | None) -> float:
    name = next((name for name in RATE if name in arrays), None)
    if given is not None:
        return given
    values = doubles_of(arrays[name]) if name is not None else None
    if name is None:
        raise DataError("the file does not say its frame rate", remedy="give fps")
    if values is None or values.size != 1 or not 0.0 < float(values.reshape(-1)[0]) <= LARGEST:
        raise DataError("that is no frame rate", where=f"array {name!r}", remedy="give fps")
    return float(values.reshape(-1)[0])

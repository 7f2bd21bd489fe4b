"""Pose parameters as AMASS stores them: rotation vectors, translations, shape, frame rate."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from numpy.typing import NDArray

from motionloom.core.errors import ReadError, place
from motionloom.plugins.amass.archive import Arrays, doubles_of, read_arrays, texts_of
from motionloom.plugins.amass.body_models import BODY, HANDS, MODELS, BodyModel

SPLIT: Final = ("root_orient", "pose_body", "pose_jaw", "pose_eye", "pose_hand")
"""The parts of a pose, in the order in which `poses` holds them."""

RATES: Final = ("mocap_framerate", "mocap_frame_rate", "fps")

ARRAYS: Final = ("poses", *SPLIT, "trans", "betas", "gender", *RATES, "rest_joints")

LARGEST: Final = 1e4
"""No rotation vector (radians), translation (metres) or shape coefficient is longer."""


@dataclass(frozen=True)
class PoseParameters:
    """What a file holds, in its own axes.

    Args:
        model: whose joints the poses turn.
        poses: (T, J, 3) rotation vectors, radians.
        trans: (T, 3) translations, metres.
        betas: (B,) shape coefficients; none where the file has none.
        gender: as the file spells it, empty where it does not say.
        fps: frames a second; None where the file does not say.
        rest_joints: (J, 3) joints in the zero pose, metres, where motionloom wrote the file.
    """

    model: BodyModel
    poses: Float64[ndarray, "frames joints 3"]
    trans: Float64[ndarray, "frames 3"]
    betas: Float64[ndarray, "coefficients"]
    gender: str
    fps: float | None
    rest_joints: Float64[ndarray, "joints 3"] | None


def read_parameters(path: Path) -> PoseParameters:
    """Read and check the arrays of a motion.

    Raises:
        ReadError: an array is missing, has another shape than the models', or holds a number that is
            not finite; with the array, joint and frame.
    """
    arrays = read_arrays(path, ARRAYS)
    poses = _poses(path, arrays)
    frames, joints = len(poses), poses.shape[1] // 3
    model, poses = MODELS[joints], poses.reshape(frames, joints, 3)
    _check(path, "poses", poses, [f"joint {name!r}" for name in model.names])
    trans = _numbers(path, arrays, "trans")
    if trans.shape != (frames, 3):
        raise _shaped(path, "trans", trans, f"one row of 3 a frame, {frames} in all")
    _check(path, "trans", trans, ["x", "y", "z"])
    rest = _numbers(path, arrays, "rest_joints") if "rest_joints" in arrays else None
    if rest is not None:
        if rest.shape != (joints, 3):
            raise _shaped(path, "rest_joints", rest, f"one row of 3 a joint, {joints} in all")
        _check(path, "rest_joints", rest[None], [f"joint {name!r}" for name in model.names])
    return PoseParameters(model, poses, trans, _betas(path, arrays), _gender(arrays), _rate(path, arrays), rest)


def _poses(path: Path, arrays: Arrays) -> Float64[ndarray, "frames columns"]:
    """The rotation vectors of all joints, from one array or from the parts."""
    name = "poses" if "poses" in arrays else " + ".join(part for part in SPLIT if part in arrays)
    if not name:
        what = "there is neither an array poses nor root_orient and pose_body"
        raise ReadError(what, where=place(path), remedy="give a motion of SMPL, SMPL-H or SMPL-X as AMASS stores it")
    poses = _flat(path, arrays, name) if "poses" in arrays else _joined(path, arrays)
    if poses.shape[1] not in {3 * joints for joints in MODELS} or not len(poses):
        sizes = "66 (no hands), 72 (SMPL), 156 (SMPL-H) or 165 (SMPL-X)"
        raise _shaped(path, name, poses, f"rows of {sizes}")
    return poses


def _joined(path: Path, arrays: Arrays) -> Float64[ndarray, "frames columns"]:
    parts = {name: _flat(path, arrays, name) for name in SPLIT if name in arrays}
    for name in ("root_orient", "pose_body"):
        if name not in parts:
            raise ReadError(f"there is no array {name}", where=place(path), remedy="give poses, or all its parts")
    frames = len(parts["root_orient"])
    hands = parts.get("pose_hand")
    if hands is not None and hands.shape[1] == 3 * len(HANDS) and ("pose_jaw" in parts or "pose_eye" in parts):
        parts.setdefault("pose_jaw", np.zeros((frames, 3)))
        parts.setdefault("pose_eye", np.zeros((frames, 6)))
    elif parts["pose_body"].shape[1] == 3 * (len(BODY) - 1) and hands is None:
        # A face without hands is no model's; the body alone is kept.
        parts = {name: parts[name] for name in ("root_orient", "pose_body")}
    for name, part in parts.items():
        if len(part) != frames:
            raise _shaped(path, name, part, f"as many rows as root_orient, {frames}")
    return np.concatenate([parts[name] for name in SPLIT if name in parts], axis=1)


def _flat(path: Path, arrays: Arrays, name: str) -> Float64[ndarray, "frames columns"]:
    values = _numbers(path, arrays, name)
    if values.ndim not in (2, 3) or not len(values):
        raise _shaped(path, name, values, "one row a frame")
    return values.reshape(len(values), -1)


def _numbers(path: Path, arrays: Arrays, name: str) -> NDArray[np.float64]:
    if name not in arrays:
        raise ReadError(f"there is no array {name}", where=place(path), remedy="save one row of 3 a frame")
    values = doubles_of(arrays[name])
    if values is None:
        raise ReadError(f"the array {name} holds no numbers", where=place(path), remedy="save it as floats")
    return values


def _betas(path: Path, arrays: Arrays) -> Float64[ndarray, "coefficients"]:
    """The shape; of a file with a shape a frame, the first."""
    if "betas" not in arrays:
        return np.zeros(0)
    betas = _numbers(path, arrays, "betas")
    if betas.ndim not in (1, 2) or not betas.size:
        raise _shaped(path, "betas", betas, "one row of coefficients")
    first = betas if betas.ndim == 1 else betas[0]
    _check(path, "betas", first[None], [f"coefficient {index}" for index in range(len(first))])
    return first


def _gender(arrays: Arrays) -> str:
    found = texts_of(arrays["gender"]) if "gender" in arrays else None
    return found[0].lower() if found is not None and len(found) == 1 else ""


def _rate(path: Path, arrays: Arrays) -> float | None:
    name = next((name for name in RATES if name in arrays), None)
    if name is None:
        return None
    found = _numbers(path, arrays, name)
    if found.size != 1 or not 0.0 < float(found.reshape(-1)[0]) <= LARGEST:
        raise ReadError(f"{name} is no frame rate", where=place(path), remedy="store frames a second, one number")
    return float(found.reshape(-1)[0])


def _check(path: Path, name: str, values: NDArray[Any], columns: list[str]) -> None:
    """Refuse numbers that are not finite, or too large to mean anything."""
    bad = np.argwhere(~(np.abs(values) <= LARGEST))
    if len(bad):
        at = tuple(bad[0].tolist())
        where = f"{path}, array {name!r}, frame {at[0]}, {columns[at[1]]}"
        raise ReadError(f"the value is {values[at]:g}", where=where, remedy="mend the frame, or cut it off")


def _shaped(path: Path, name: str, values: NDArray[Any], wanted: str) -> ReadError:
    return ReadError(f"the array {name} has shape {values.shape}", where=place(path), remedy=f"it needs {wanted}")

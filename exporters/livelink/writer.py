"""Face motions as the CSV of Live Link Face."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float64
from numpy import ndarray
from torch import Tensor

from motionloom.core.data import ARKIT_SHAPES, FaceMotion
from motionloom.core.errors import ExportError
from motionloom.plugins.livelink.angles import angles_from_rotations
from motionloom.plugins.livelink.columns import APP_SHAPES, HEADER, ROTATIONS
from motionloom.plugins.livelink.timecode import base_of, format_timecode

Warn = Callable[[str], None]

COUNT = len(APP_SHAPES) + len(ROTATIONS)
"""What the app writes as the number of blend shapes: the angles count as well."""

UNIT_TOLERANCE = 1e-3


def write_livelink_csv(face: FaceMotion, path: Path, first_frame: int, warn: Warn) -> None:
    """Write a face motion; see the node `export.livelink_csv`.

    Args:
        face: weights by ARKit's names.
        path: the file.
        first_frame: of the timecode.
        warn: told of what the file cannot hold, and of what the face does not say.

    Raises:
        ExportError: no shape is ARKit's, a value is not finite, or timecode cannot count the rate.
    """
    base = base_of(face.fps)
    if base is None or base >= 100:
        what = f"timecode cannot count {face.fps:g} frames a second"
        raise ExportError(what, where=path.name, remedy="bring the face to 24, 25, 30, 50 or 60 fps first")
    values = np.concatenate((_weights(face, warn), _angles(face, warn)), axis=1)
    with path.open("w", encoding="ascii", newline="\n") as file:
        file.write(",".join(HEADER) + "\n")
        file.writelines(_rows(values, first_frame, base))


def _rows(values: Float64[ndarray, "frames columns"], first_frame: int, base: int) -> Iterator[str]:
    form = f"%s,{COUNT}" + ",%.10f" * COUNT + "\n"
    for frame, row in enumerate(values, start=first_frame):
        yield form % (format_timecode(frame, base), *row.tolist())


def _weights(face: FaceMotion, warn: Warn) -> Float64[ndarray, "frames 52"]:
    """The weights of all shapes in the app's order."""
    unknown = [name for name in face.names if name not in ARKIT_SHAPES]
    missing = [name for name in APP_SHAPES if name not in face.names]
    if len(missing) == len(APP_SHAPES):
        what = "none of the face's shapes is one of ARKit's 52"
        raise ExportError(what, remedy="rename them, or drive the face with ARKit's shapes")
    if unknown:
        warn(f"the format has no place for the shapes {', '.join(unknown)}; they are left out")
    if missing:
        warn(f"the face does not move {', '.join(missing)}; they are written as 0")
    found = face.weights.detach().cpu().double().numpy()
    _refuse_infinite(found, face.names)
    weights = np.zeros((len(face), len(APP_SHAPES)))
    for column, name in enumerate(APP_SHAPES):
        if name in face.names:
            weights[:, column] = found[:, face.names.index(name)]
    return weights


def _refuse_infinite(weights: Float64[ndarray, "frames shapes"], names: tuple[str, ...]) -> None:
    bad = np.argwhere(~np.isfinite(weights))
    if len(bad):
        frame, shape = bad[0].tolist()
        what = f"a weight is {weights[frame, shape]}"
        raise ExportError(what, where=f"shape {names[shape]!r}, frame {frame}", remedy="give finite numbers")


def _angles(face: FaceMotion, warn: Warn) -> Float64[ndarray, "frames 9"]:
    parts = {"head": face.head, "left eye": face.left_eye, "right eye": face.right_eye}
    unknown = [name for name, rotations in parts.items() if rotations is None]
    if unknown:
        warn(f"the face does not say how these turn: {', '.join(unknown)}; their angles are written as 0")
    angles = [_part_angles(name, rotations, len(face)) for name, rotations in parts.items()]
    return np.concatenate(angles, axis=1)


def _part_angles(name: str, rotations: Tensor | None, frames: int) -> Float64[ndarray, "frames 3"]:
    if rotations is None:
        return np.zeros((frames, 3))
    precise = rotations.detach().cpu().double()
    bad = (~((precise.norm(dim=-1) - 1).abs() <= UNIT_TOLERANCE)).nonzero()
    if len(bad):
        what = f"the rotation of the {name} is no unit quaternion"
        raise ExportError(what, where=f"frame {int(bad[0])}", remedy="normalise the rotations")
    return angles_from_rotations(torch.nn.functional.normalize(precise, dim=-1)).numpy()

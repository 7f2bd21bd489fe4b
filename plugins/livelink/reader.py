"""Live Link Face recordings as face motions."""

from dataclasses import replace
from math import pi
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float, Float64
from numpy import ndarray
from torch import Tensor

from motionloom.core.data import ARKIT_SHAPES, FaceMotion, unroll
from motionloom.plugins.face.mirror import mirrored_face
from motionloom.plugins.livelink.angles import rotations_from_angles
from motionloom.plugins.livelink.columns import ANGLES, PARTS
from motionloom.plugins.livelink.grid import Grid, grid_of
from motionloom.plugins.livelink.recording import Recording, Warn, read_recording
from motionloom.plugins.motion.interpolation import lerp, slerp

AngleUnit = Literal["radians", "degrees"]

RADIANS: dict[AngleUnit, float] = {"radians": 1.0, "degrees": pi / 180}


def read_livelink_file(
    path: Path, *, fps: float | None = None, mirrored: bool = False, angles: AngleUnit = "radians", warn: Warn
) -> FaceMotion:
    """Read a recording; see the node `read.livelink_csv`.

    Args:
        path: the file.
        fps: the timecode's rate, found in it where None.
        mirrored: whether left and right are to be swapped.
        angles: what rotations are in.
        warn: called with what was assumed or repaired.

    Raises:
        ReadError: the file is not such a recording; with the line.
    """
    recording = read_recording(path, warn)
    grid = grid_of(recording, fps, warn)
    _warn_of_repairs(recording, grid, warn)
    names = recording.columns.values
    values = np.frombuffer(recording.values, dtype=np.float64).reshape(-1, len(names))[grid.rows]
    shapes = [name for name in ARKIT_SHAPES if name in names]
    weights = torch.from_numpy(values[:, [names.index(name) for name in shapes]]).float()
    head, left_eye, right_eye = (_rotations(part, names, values, angles, warn) for part in PARTS)
    face = FaceMotion(tuple(shapes), weights, grid.fps, head, left_eye, right_eye)
    face = _filled(face, grid)
    return mirrored_face(face) if mirrored else face


def _rotations(
    part: str, names: tuple[str, ...], values: Float64[ndarray, "rows columns"], unit: AngleUnit, warn: Warn
) -> Float[Tensor, "rows 4"] | None:
    """A part's rotation; None where the file has none of its angles."""
    columns = [part + angle for angle in ANGLES]
    if not set(columns).intersection(names):
        return None
    none = np.zeros(len(values))
    turns = np.stack([values[:, names.index(name)] if name in names else none for name in columns], axis=-1)
    if unit == "radians" and np.abs(turns).max() > pi:
        what = f"{part} turns by {np.abs(turns).max():.3g} radians, more than half a turn"
        warn(f"{what}: give angles: degrees if that is what the file holds")
    return unroll(rotations_from_angles(torch.from_numpy(turns * RADIANS[unit]))).float()


def _filled(face: FaceMotion, grid: Grid) -> FaceMotion:
    """The face with a value on every frame; those without a row lie between their neighbours."""
    frames = int(grid.frames[-1]) + 1
    if frames == len(face):
        return face
    places = np.interp(np.arange(frames), grid.frames, np.arange(len(face)))
    times = torch.from_numpy(places)

    def turned(rotations: Tensor | None) -> Tensor | None:
        return None if rotations is None else slerp(rotations, times)

    return replace(
        face,
        weights=lerp(face.weights, times),
        head=turned(face.head),
        left_eye=turned(face.left_eye),
        right_eye=turned(face.right_eye),
    )


def _warn_of_repairs(recording: Recording, grid: Grid, warn: Warn) -> None:
    gaps = np.diff(grid.frames) - 1
    if gaps.any():
        count = f"{int(gaps.sum())} of {int(grid.frames[-1]) + 1} frames have no row"
        where = f"{np.count_nonzero(gaps)} gaps, the longest of {int(gaps.max())} frames"
        warn(f"{count} ({where}): they are interpolated between their neighbours")
    if recording.faceless:
        warn(f"{recording.faceless} rows hold no face: nothing was seen")
    extra = len(recording.lines) - len(grid.rows)
    if extra:
        warn(f"{extra} rows fall on a frame of {grid.fps:g} fps that has a row already, and are left out")

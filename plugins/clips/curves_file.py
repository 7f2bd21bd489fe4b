"""Face motion as a CSV of curves, which face.pose reads."""

import csv
from pathlib import Path

import torch

from motionloom.core.data import FaceMotion
from motionloom.core.errors import ExportError, place


def write_curves(face: FaceMotion, path: Path) -> None:
    """Write a header of `time` and the shapes' names, and a row of seconds and weights for every frame.

    Args:
        face: what to write; rotations of head and eyes do not go into the file.
        path: the file.

    Raises:
        ExportError: a weight is not finite, or the file cannot be written.
    """
    _check_finite(face)
    rows = ([_short(frame / face.fps, 6), *(_short(weight, 4) for weight in row)] for frame, row in _frames(face))
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("time", *face.names))
            writer.writerows(rows)
    except OSError as error:
        raise ExportError(f"the file cannot be written: {error.strerror}", where=place(path)) from error


def _frames(face: FaceMotion) -> enumerate[list[float]]:
    rows: list[list[float]] = face.weights.cpu().tolist()
    return enumerate(rows)


def _short(number: float, digits: int) -> str:
    """A number with so many digits after the point at most: 0.25, and 0 for nothing."""
    return f"{number:.{digits}f}".rstrip("0").rstrip(".")


def _check_finite(face: FaceMotion) -> None:
    wrong = torch.nonzero(~torch.isfinite(face.weights))
    if len(wrong):
        frame, shape = wrong[0].tolist()
        raise ExportError(f"the weight is not finite in frame {frame}", where=f"shape {face.names[shape]}")

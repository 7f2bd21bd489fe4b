"""How far the rig's face is from the model's, frame by frame."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import FlameMotion
from motionloom.core.errors import DataError, ExportError, place
from motionloom.plugins.flame_arkit.fit import Fit
from motionloom.plugins.flame_arkit.identity import Pose, displacements, pose_of

FRAMES_AT_ONCE = 128
"""Frames posed together: memory stays bounded however long the clip is."""

MILLIMETRES = 1000.0


@dataclass(frozen=True)
class FaceResidual:
    """The distance of two faces over time, eyeballs left out.

    Args:
        rms: (T,) root mean square over the face's area, metres.
        farthest: (T,) of the vertex that is farthest off, metres.
        fps: frames a second.

    Raises:
        DataError: the two differ in length.
    """

    rms: Float[Tensor, "frames"]
    farthest: Float[Tensor, "frames"]
    fps: float

    def __post_init__(self) -> None:
        if self.rms.shape != self.farthest.shape:
            raise DataError(f"{len(self.rms)} frames of one measure and {len(self.farthest)} of the other")

    def __len__(self) -> int:
        return len(self.rms)


def face_residual(fit: Fit, motion: FlameMotion, weights: Float[Tensor, "frames shapes"]) -> FaceResidual:
    """Measure the rig's face at some weights against the model's in a motion.

    Args:
        fit: from `prepare`, of the motion's identity.
        motion: of the model; root and neck do not count.
        weights: of the fit's shapes.
    """
    pose = pose_of(motion, fit.identity)
    pieces = [slice(at, at + FRAMES_AT_ONCE) for at in range(0, len(pose), FRAMES_AT_ONCE)]
    rms, farthest = zip(*(residual_of(fit, pose.at(frames), weights[frames]) for frames in pieces), strict=True)
    return FaceResidual(torch.cat(rms), torch.cat(farthest), motion.fps)


def residual_of(
    fit: Fit, pose: Pose, weights: Float[Tensor, "frames shapes"]
) -> tuple[Float[Tensor, "frames"], Float[Tensor, "frames"]]:
    """Root mean square over the area and the farthest vertex, metres, of a few frames."""
    apart = displacements(fit.identity, pose) - torch.tensordot(weights, fit.shapes, 1)
    squares = apart.square().sum(-1)
    return (squares @ fit.areas).sqrt(), squares.amax(1).sqrt()


def residual_as_json(residual: FaceResidual) -> dict[str, Any]:
    """The residual as plain values, millimetres."""
    rms, farthest = residual.rms * MILLIMETRES, residual.farthest * MILLIMETRES
    return {
        "frames": len(residual),
        "fps": residual.fps,
        "unit": "mm",
        "rms": {"mean": float(rms.mean()), "max": float(rms.max()), "per_frame": rms.tolist()},
        "farthest": {"mean": float(farthest.mean()), "max": float(farthest.max()), "per_frame": farthest.tolist()},
    }


def write_residual(residual: FaceResidual, path: Path) -> None:
    """Write a residual as JSON.

    Raises:
        ExportError: a number is not finite, or the file cannot be written.
    """
    broken = (~(residual.rms.isfinite() & residual.farthest.isfinite())).nonzero()
    if len(broken):
        raise ExportError("the residual is not finite", where=f"frame {int(broken[0])}", remedy="mend the motion there")
    try:
        path.write_text(json.dumps(residual_as_json(residual), indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ExportError(f"cannot be written: {reason}", where=place(path), remedy="choose another path") from error

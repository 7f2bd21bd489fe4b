"""A face brought to the frames of a body."""

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import FaceMotion, quat_product


def in_step(face: FaceMotion, frames: int, fps: float) -> FaceMotion:
    """The face at so many frames of another rate, starting together.

    Weights are interpolated linearly, rotations on the sphere (Shoemake, SIGGRAPH 1985). Past its
    end the face holds its last frame; what is left of it after the last frame asked for is cut.

    Args:
        face: what to resample.
        frames: how many frames to make.
        fps: their rate, frames a second.
    """
    if len(face) == frames and face.fps == fps:
        return face
    last = len(face) - 1
    moments = (torch.arange(frames, device=face.weights.device).double() * (face.fps / fps)).clamp(max=last)
    before = moments.floor().long()
    after = (before + 1).clamp(max=last)
    steps = (moments - before).to(face.weights.dtype)
    return FaceMotion(
        names=face.names,
        weights=torch.lerp(face.weights[before], face.weights[after], steps.unsqueeze(-1)),
        fps=fps,
        head=_turned(face.head, before, after, steps),
        left_eye=_turned(face.left_eye, before, after, steps),
        right_eye=_turned(face.right_eye, before, after, steps),
    )


def _turned(
    rotations: Float[Tensor, "frames 4"] | None, before: Tensor, after: Tensor, steps: Tensor
) -> Float[Tensor, "moments 4"] | None:
    if rotations is None:
        return None
    start, end = rotations[before], rotations[after]
    turn = quat_product(roma.quat_conjugation(start), end)
    # roma's slerp takes every step of every pair; here each pair has a step of its own.
    return quat_product(start, roma.rotvec_to_unitquat(steps.unsqueeze(-1) * roma.unitquat_to_rotvec(turn)))

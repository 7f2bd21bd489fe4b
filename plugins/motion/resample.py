"""A motion at another frame rate."""

from dataclasses import replace

import torch

from motionloom.core.data import Motion, unroll
from motionloom.core.data.motion import check_fps
from motionloom.plugins.motion.interpolation import lerp, slerp


def resampled(motion: Motion, fps: float) -> Motion:
    """The motion at another frame rate, from its first pose to its last.

    The new frames lie evenly between both ends, so a loop still closes; where the duration is no
    whole number of new frames, the clip becomes longer or shorter by at most half of one.

    Args:
        motion: to be resampled; itself where it has that rate.
        fps: frames a second.

    Raises:
        DataError: fps is not a finite number above zero.
    """
    check_fps(fps)
    if fps == motion.fps:
        return motion
    if len(motion) == 1:
        return replace(motion, fps=fps)
    count = max(round(motion.duration * fps), 1) + 1
    times = torch.linspace(0.0, len(motion) - 1, count, dtype=torch.float64).to(motion.rotations.device)
    moved = motion.joint_translations
    return replace(
        motion,
        root_translation=lerp(motion.root_translation, times),
        rotations=unroll(slerp(motion.rotations, times)),
        fps=fps,
        joint_translations=None if moved is None else lerp(moved, times),
    )

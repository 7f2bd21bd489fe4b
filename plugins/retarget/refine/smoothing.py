"""Motions smoothed over time, without delay."""

from dataclasses import replace

from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Motion, unroll
from motionloom.plugins.retarget.refine.curves import kernel_mean


def smoothed(motion: Motion, seconds: float) -> Motion:
    """Every rotation, and the root's path, averaged by a Gaussian around each frame.

    The mean of nearby unit quaternions, brought back to unit length, is their mean rotation to second
    order (Gramkow 2001, "On averaging rotations", section 3).

    Args:
        motion: any.
        seconds: the Gaussian's standard deviation; 0 changes nothing.
    """
    sigma = seconds * motion.fps
    if sigma <= 0.0:
        return motion
    return replace(
        motion,
        root_translation=kernel_mean(motion.root_translation, sigma),
        rotations=averaged_rotations(motion.rotations, sigma),
    )


def averaged_rotations(rotations: Float[Tensor, "frames joints 4"], sigma: float) -> Float[Tensor, "frames joints 4"]:
    """Every rotation averaged by a Gaussian around each frame.

    Args:
        rotations: unit quaternions.
        sigma: the Gaussian's standard deviation in frames, over 0.
    """
    mean = kernel_mean(unroll(rotations).flatten(1), sigma).reshape(rotations.shape)
    return mean / mean.norm(dim=-1, keepdim=True).clamp_min(1e-9)

"""Where the plugin meets the engine."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import torch
from pydantic import Field

from motionloom.core.data import Motion, unroll
from motionloom.core.node import hookimpl, node
from motionloom_smooth.gaussian import smooth_track

Seconds = Annotated[float, Field(ge=0, le=10)]


@node("smooth.gaussian", version=1)
def gaussian(motion: Motion, *, seconds: Seconds = 0.05) -> Motion:
    """Take the jitter out of a motion with a Gaussian that delays nothing.

    Rotations are smoothed as quaternions on one hemisphere and normalised again, positions of the
    root, and of joints that slide, as they are.

    Args:
        motion: what to smooth.
        seconds: standard deviation of the Gaussian.
    """
    sigma = seconds * motion.fps
    rotations = smooth_track(unroll(motion.rotations).flatten(1), sigma).reshape(motion.rotations.shape)
    moved = motion.joint_translations
    return replace(
        motion,
        root_translation=smooth_track(motion.root_translation, sigma),
        rotations=torch.nn.functional.normalize(rotations, dim=-1),
        joint_translations=None if moved is None else smooth_track(moved.flatten(1), sigma).reshape(moved.shape),
    )


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return [gaussian]

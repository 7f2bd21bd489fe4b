"""A word to the user where a conversion fits badly."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import FlameMotion
from motionloom.plugins.flame_arkit.fit import Fit
from motionloom.plugins.flame_arkit.identity import displacements, pose_of
from motionloom.plugins.flame_arkit.residual import MILLIMETRES, residual_of

SHARE = 0.35
"""Of the face's own movement that may be left over, in root mean square, before it is told."""

LOOKED_AT = 64
"""Frames, spread over the clip: posing a whole clip would take longer than the conversion."""

STILL = 1e-4
"""Metres; a face that moves less is at rest, and no share of it means anything."""


def warn_of_misfit(
    fit: Fit, motion: FlameMotion, weights: Float[Tensor, "frames shapes"], warn: Callable[[str], None]
) -> None:
    """Say what is left over where the rig's shapes cannot follow the model.

    Args:
        fit: from `prepare`, of the motion's identity.
        motion: the parameters.
        weights: what they were converted to.
        warn: told if much is left over.
    """
    chosen = torch.linspace(0, len(motion) - 1, min(LOOKED_AT, len(motion))).round().long().to(weights.device)
    pose = pose_of(motion, fit.identity).at(chosen)
    rms, _ = residual_of(fit, pose, weights[chosen])
    moved = (displacements(fit.identity, pose).square().sum(-1) @ fit.areas).mean().sqrt()
    left = rms.square().mean().sqrt()
    if moved > STILL and left > SHARE * moved:
        warn(
            f"the rig's shapes follow the model's face badly: {left * MILLIMETRES:.1f} mm of"
            f" {moved * MILLIMETRES:.1f} mm of movement are left over (root mean square);"
            " convert.residual has every frame"
        )

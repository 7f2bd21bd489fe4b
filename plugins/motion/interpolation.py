"""Values between frames."""

import torch
from jaxtyping import Float
from torch import Tensor

NEARLY_EQUAL = 0.9995
"""Cosine of half the angle between two rotations beyond which a straight blend is exact in float32."""


def lerp(values: Float[Tensor, "frames *rest"], times: Float[Tensor, "samples"]) -> Float[Tensor, "samples *rest"]:
    """Values at fractional frames, on straight lines between the frames.

    Args:
        values: one a frame.
        times: in frames, from 0 to the last.
    """
    lower, fraction = _between(times, len(values))
    fraction = fraction.to(values).reshape(-1, *[1] * (values.dim() - 1))
    return torch.lerp(values[lower], values[lower + 1], fraction.expand_as(values[lower]))


def slerp(
    rotations: Float[Tensor, "frames *rest 4"], times: Float[Tensor, "samples"]
) -> Float[Tensor, "samples *rest 4"]:
    """Unit quaternions at fractional frames, at constant speed on the shortest way between the frames.

    Shoemake 1985, "Animating rotation with quaternion curves", section 3.3.

    Args:
        rotations: xyzw, one a frame; signs may flip from frame to frame.
        times: in frames, from 0 to the last.
    """
    lower, fraction = _between(times, len(rotations))
    fraction = fraction.to(rotations).reshape(-1, *[1] * (rotations.dim() - 1))
    start, end = rotations[lower], rotations[lower + 1]
    cosine = (start * end).sum(-1, keepdim=True)
    end, cosine = torch.where(cosine < 0, -end, end), cosine.abs()
    angle = torch.acos(cosine.clamp(max=1.0))
    near = cosine > NEARLY_EQUAL
    sine = torch.where(near, torch.ones_like(angle), torch.sin(angle))
    weight = torch.where(near, 1.0 - fraction, torch.sin((1.0 - fraction) * angle) / sine)
    other = torch.where(near, fraction.expand_as(angle), torch.sin(fraction * angle) / sine)
    blended = weight * start + other * end
    return blended / blended.norm(dim=-1, keepdim=True)


def _between(times: Float[Tensor, "samples"], frames: int) -> tuple[Tensor, Tensor]:
    lower = times.floor().long().clamp(0, frames - 2)
    return lower, times - lower

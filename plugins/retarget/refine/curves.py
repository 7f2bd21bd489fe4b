"""Smooth curves over a whole clip, in closed form: through known frames, over a lower bound, a kernel's mean."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.functional import conv1d, max_pool1d, pad


def seconds_to_frames(seconds: float, fps: float) -> int:
    """At least one frame."""
    return max(1, round(seconds * fps))


def filled(
    values: Float[Tensor, "frames tracks parts"], known: Bool[Tensor, "frames tracks"], reach: int
) -> Float[Tensor, "frames tracks parts"]:
    """Values where they are known; elsewhere they run out smoothly to zero, or on to the next known ones.

    Each gap is the cubic Hermite curve: of all curves with the ends' values and slopes it bends
    least (Holladay 1957). Far from known frames the curve is exactly zero.

    Args:
        values: (T, K, C), used where known.
        known: (T, K) frames that stay as they are.
        reach: frames that an end takes to run out to zero.
    """
    frames = torch.arange(len(values), device=values.device).unsqueeze(1).expand_as(known)
    before = torch.where(known, frames, -1).cummax(0).values
    after = torch.where(known, frames, 2 * len(values)).flip(0).cummin(0).values.flip(0)
    gap = after - before
    span = torch.where((before >= 0) & (after < len(values)), gap, reach).clamp(1, reach)
    out = _run_out(values, known, before, frames - before, span, back=-1)
    out = out + _run_out(values, known, after, after - frames, span, back=1)
    return torch.where(known.unsqueeze(-1), values, out)


def _run_out(
    values: Float[Tensor, "frames tracks parts"],
    known: Bool[Tensor, "frames tracks"],
    ends: Int[Tensor, "frames tracks"],
    away: Int[Tensor, "frames tracks"],
    span: Int[Tensor, "frames tracks"],
    back: int,
) -> Float[Tensor, "frames tracks parts"]:
    """What the known frame at `ends` adds `away` frames from it; its neighbour at `back` gives the slope."""
    inside = (ends >= 0) & (ends < len(values)) & (away < span)
    end = ends.clamp(0, len(values) - 1)
    beside = (end + back).clamp(0, len(values) - 1)
    value, neighbour = _taken(values, end), _taken(values, beside)
    has_slope = known.gather(0, beside).unsqueeze(-1)
    slope = torch.where(has_slope, value - neighbour, 0.0) * span.unsqueeze(-1)
    s = (away / span).unsqueeze(-1).to(values)
    curve = value * ((1 + 2 * s) * (1 - s) ** 2) + slope * (s * (1 - s) ** 2)
    return torch.where(inside.unsqueeze(-1), curve, 0.0)


def _taken(
    values: Float[Tensor, "frames tracks parts"], frames: Int[Tensor, "frames tracks"]
) -> Float[Tensor, "frames tracks parts"]:
    return values.gather(0, frames.unsqueeze(-1).expand_as(values))


def envelope(values: Float[Tensor, "frames tracks"], half_width: int) -> Float[Tensor, "frames tracks"]:
    """A smooth curve that is nowhere under `values`: their sliding maximum, averaged over the same window.

    Args:
        values: (T, K) at least zero.
        half_width: frames to either side.
    """
    rows = values.T.unsqueeze(1)
    highest = max_pool1d(pad(rows, (half_width, half_width), mode="constant"), 2 * half_width + 1, stride=1)
    return _averaged(highest, torch.hann_window(2 * half_width + 3, periodic=False).to(values)[1:-1]).squeeze(1).T


def eased_in(mask: Bool[Tensor, "frames tracks"], width: int) -> Float[Tensor, "frames tracks"]:
    """Zero where the mask does not hold; smoothly up to one within `width` frames from there."""
    frames = torch.arange(len(mask), device=mask.device).unsqueeze(1)
    before = frames - torch.where(mask, -width, frames).cummax(0).values
    after = torch.where(mask, len(mask) + width, frames).flip(0).cummin(0).values.flip(0) - frames
    share = (torch.minimum(before, after).to(torch.float32) / width).clamp_max(1.0)
    return share * share * (3 - 2 * share)


def kernel_mean(values: Float[Tensor, "frames tracks"], sigma: float) -> Float[Tensor, "frames tracks"]:
    """Each frame's mean of the frames around it, by a Gaussian of `sigma` frames."""
    half_width = max(1, round(3 * sigma))
    steps = torch.arange(-half_width, half_width + 1, device=values.device, dtype=values.dtype)
    kernel = torch.exp(-0.5 * (steps / sigma) ** 2)
    return _averaged(values.T.unsqueeze(1), kernel).squeeze(1).T


def _averaged(rows: Float[Tensor, "tracks 1 frames"], kernel: Float[Tensor, "width"]) -> Tensor:
    half_width = len(kernel) // 2
    padded = pad(rows, (half_width, half_width), mode="replicate")
    return conv1d(padded, (kernel / kernel.sum()).reshape(1, 1, -1))


def soft_excess(values: Tensor, margin: float | Tensor) -> Tensor:
    """How much values above zero count: x^2 / (x + margin), without a kink at zero; x - margin far above."""
    above = values.clamp_min(0.0)
    return above * above / (above + margin)

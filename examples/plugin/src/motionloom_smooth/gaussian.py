"""Gaussian smoothing of tracks over time."""

import torch
from jaxtyping import Float
from torch import Tensor


def kernel(sigma: float, like: Tensor) -> Float[Tensor, "taps"]:
    """A normalised Gaussian, cut off at three standard deviations.

    Args:
        sigma: standard deviation in frames.
        like: a tensor with the device and type wanted.
    """
    radius = max(1, round(3 * sigma))
    offsets = torch.arange(-radius, radius + 1, device=like.device, dtype=like.dtype)
    weights = torch.exp(-0.5 * (offsets / sigma) ** 2)
    return weights / weights.sum()


def smooth_track(track: Float[Tensor, "frames channels"], sigma: float) -> Float[Tensor, "frames channels"]:
    """A track convolved with a Gaussian; nothing is delayed, and the end points stay.

    Beyond each end the track is continued point-symmetrically, so that a straight line stays straight.

    Args:
        track: (T, C) values over time.
        sigma: standard deviation in frames; zero or less changes nothing.
    """
    if sigma <= 0 or len(track) < 2:
        return track
    taps = kernel(sigma, track)
    radius = len(taps) // 2
    before = 2 * track[:1] - _beyond(track[1:], radius).flip(0)
    after = 2 * track[-1:] - _beyond(track[:-1].flip(0), radius)
    padded = torch.cat((before, track, after))
    return torch.nn.functional.conv1d(padded.T.unsqueeze(1), taps.view(1, 1, -1)).squeeze(1).T


def _beyond(neighbours: Tensor, count: int) -> Tensor:
    """The first `count` neighbours of an end point; the last one again where there are fewer."""
    missing = max(0, count - len(neighbours))
    return torch.cat((neighbours[:count], neighbours[-1:].expand(missing, -1)))

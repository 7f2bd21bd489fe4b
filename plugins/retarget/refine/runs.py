"""Runs of frames in which something holds, found and mended for many tracks at once."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


@dataclass(frozen=True)
class Runs:
    """Unbroken runs of true frames, ordered by track and time.

    Args:
        tracks: (N,) track of each run.
        starts: (N,) its first frame.
        stops: (N,) the frame after its last.
        labels: (T, K) which run each frame of each track is in; -1 where in none.
    """

    tracks: Int[Tensor, "runs"]
    starts: Int[Tensor, "runs"]
    stops: Int[Tensor, "runs"]
    labels: Int[Tensor, "frames tracks"]

    def __len__(self) -> int:
        return len(self.tracks)

    def mean(self, values: Float[Tensor, "frames tracks *rest"]) -> Float[Tensor, "runs *rest"]:
        """The mean of each run's frames."""
        inside = self.labels >= 0
        sums = values.new_zeros(len(self), *values.shape[2:]).index_add_(0, self.labels[inside], values[inside])
        return sums / (self.stops - self.starts).to(sums).reshape(-1, *[1] * (sums.ndim - 1))

    def mask(self, chosen: Bool[Tensor, "runs"]) -> Bool[Tensor, "frames tracks"]:
        """The frames of the chosen runs."""
        none = torch.zeros(1, dtype=torch.bool, device=chosen.device)
        return torch.cat((chosen, none))[self.labels]


def find_runs(mask: Bool[Tensor, "frames tracks"]) -> Runs:
    """The runs of true frames in each track."""
    tracks = mask.T
    outside = torch.zeros_like(tracks[:, :1])
    padded = torch.cat((outside, tracks, outside), dim=1)
    begins, ends = padded[:, 1:] & ~padded[:, :-1], ~padded[:, 1:] & padded[:, :-1]
    track, start = begins.nonzero().unbind(1)
    count = begins[:, :-1].flatten().cumsum(0).reshape(tracks.shape) - 1
    return Runs(track, start, ends.nonzero()[:, 1], torch.where(tracks, count, -1).T)


def without_short(mask: Bool[Tensor, "frames tracks"], least: int) -> Bool[Tensor, "frames tracks"]:
    """Only the runs of at least `least` frames."""
    runs = find_runs(mask)
    return runs.mask(runs.stops - runs.starts >= least)


def bridged(mask: Bool[Tensor, "frames tracks"], most: int) -> Bool[Tensor, "frames tracks"]:
    """Gaps of at most `most` frames between two runs filled."""
    gaps = find_runs(~mask)
    inner = (gaps.starts > 0) & (gaps.stops < len(mask))
    return mask | gaps.mask(inner & (gaps.stops - gaps.starts <= most))


def hysteresis(
    strict: Bool[Tensor, "frames tracks"], loose: Bool[Tensor, "frames tracks"]
) -> Bool[Tensor, "frames tracks"]:
    """The runs of `loose` that hold a frame of `strict` somewhere."""
    runs = find_runs(loose)
    return runs.mask(runs.mean(strict.to(torch.float32)) > 0)

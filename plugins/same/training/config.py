"""The recipe of a training run of SAME."""

from dataclasses import field
from pathlib import Path

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from motionloom.plugins.same.network import Size
from motionloom.plugins.same.training.losses import LossWeights
from motionloom.plugins.training.schedule import Count, Schedule

SHIPPED = Path(__file__).with_name("same.yaml")
"""The recipe of the weights in the package."""


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Recipe(Schedule):
    """All that decides what comes out of a training run.

    Args:
        pairs: of skeletons a step.
        windows: of motion on each pair.
        frames: of each window, at 30 frames a second; one more is read for the first one's velocity.
        agreement_every: how many pairs share one whose truth is embedded as well.
        weights: of the losses.
        size: of the network.
        statistics_pairs: pairs that means and deviations are measured on.
    """

    pairs: Count = 4
    windows: Count = 16
    frames: Count = 8
    agreement_every: Count = 4
    weights: LossWeights = field(default_factory=LossWeights)
    size: Size = field(default_factory=Size)
    statistics_pairs: Count = 64

"""The recipe of a training run."""

from dataclasses import field
from pathlib import Path

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from motionloom.plugins.flame_arkit.network import Size
from motionloom.plugins.training.schedule import Count, Schedule, Share

SHIPPED = Path(__file__).with_name("flame_arkit.yaml")
"""The recipe of the weights in the package."""


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Recipe(Schedule):
    """All that decides what comes out of a training run.

    Args:
        rigs: varied rigs to train on.
        rigs_a_step: of them in a step.
        frames: random faces on each rig of a step.
        noisy: share of the faces with displacements that no shape makes.
        shrunk: share of the faces that a ridge regression has weakened, as the round trip through a model does.
        size: of the network.
    """

    steps: Count = 6000
    rigs: Count = 512
    rigs_a_step: Count = 8
    frames: Count = 64
    noisy: Share = 0.7
    shrunk: Share = 0.5
    size: Size = field(default_factory=Size)

"""What refinement does, and what it leaves alone."""

from dataclasses import dataclass
from typing import Literal

from motionloom.core.errors import DataError

Hands = Literal["free", "keep"]


@dataclass(frozen=True)
class RefineOptions:
    """What happens to a motion after it was carried over to another skeleton.

    Args:
        plant_feet: feet stay where the source's rest, on the floor or on what they climbed.
        hands: `keep` brings the hands back to where the source's touch its own body or each other;
            `free` leaves the arms as they are.
        limit_joints: knees and elbows neither bend backwards nor far to the side.
        smooth: standard deviation in seconds of the Gaussian that rotations are smoothed with, before
            feet are planted; 0 for none.

    Raises:
        DataError: a negative smoothing.
    """

    plant_feet: bool = True
    hands: Hands = "free"
    limit_joints: bool = False
    smooth: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.smooth < float("inf"):
            raise DataError(f"smoothing over {self.smooth} seconds makes no sense", remedy="give 0 or a little more")

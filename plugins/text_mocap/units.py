"""Lengths in BVH files: the format names no unit, so it is given or judged by the skeleton's size."""

import math

from motionloom.core.data import METRES_PER_UNIT, Unit

GUESSED: tuple[Unit, ...] = ("m", "dm", "cm", "mm", "inch", "cmu")
"""What motion capture is written in; feet and yards are too rare to be guessed."""

HUMAN_EXTENT = 1.7
"""Metres: the greatest dimension of an adult in a T-pose, height or span."""

PLAUSIBLE_RATIO = 1.3
"""A unit is believed where it makes the skeleton at most this many times larger or smaller than human."""

SMALLEST_EXTENT = 1e-12
"""Below this a skeleton has no size to judge by."""


def closest_unit(extent: float) -> Unit | None:
    """The unit in which a skeleton comes closest, by ratio, to the size of a human.

    A single limb, an animal or a giant cannot be told from a human in another unit: give the unit
    for those.

    Args:
        extent: greatest dimension of the rest pose, in the file's unit.

    Returns:
        None where no unit comes within `PLAUSIBLE_RATIO` of a human.
    """
    if extent < SMALLEST_EXTENT:
        return None
    distances = {unit: abs(math.log(extent * METRES_PER_UNIT[unit] / HUMAN_EXTENT)) for unit in GUESSED}
    unit = min(distances, key=lambda one: distances[one])
    return unit if distances[unit] <= math.log(PLAUSIBLE_RATIO) else None

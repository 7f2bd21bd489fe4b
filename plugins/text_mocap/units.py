"""Lengths in BVH files: the format names no unit, so it is given or judged by the skeleton's size."""

import math
from typing import Final

from motionloom.core.data import METRES_PER_UNIT, Unit

METRIC: Final[tuple[Unit, ...]] = ("m", "cm", "mm")
"""What characters are made in, of any size."""

METRIC_EXTENT: Final = (0.8, 3.0)
"""Metres: the greatest dimension of a character, from a goblin to a giant, that is believed at once."""

CAPTURED: Final[tuple[Unit, ...]] = ("dm", "inch", "cmu")
"""What some motion capture of adults is written in; feet and yards are too rare to be guessed."""

HUMAN_EXTENT: Final = 1.7
"""Metres: the greatest dimension of an adult in a T-pose, height or span."""

PLAUSIBLE_RATIO: Final = 1.3
"""A unit of `CAPTURED` is believed where it makes the skeleton at most this many times larger or smaller than human."""

SMALLEST_EXTENT: Final = 1e-12
"""Below this a skeleton has no size to judge by."""


def likely_unit(extent: float) -> Unit | None:
    """The unit that a skeleton is probably in.

    That is the metric unit in which it has the size of some character, and else the other unit in
    which it comes closest, by ratio, to the size of an adult. A single limb, an animal or a tiny
    character cannot be told from a human in another unit: give the unit for those.

    Args:
        extent: greatest dimension of the rest pose, in the file's unit.

    Returns:
        None where no unit makes it anybody.
    """
    if extent < SMALLEST_EXTENT:
        return None
    shortest, longest = METRIC_EXTENT
    for unit in METRIC:
        if shortest <= extent * METRES_PER_UNIT[unit] <= longest:
            return unit
    distances = {unit: abs(math.log(extent * METRES_PER_UNIT[unit] / HUMAN_EXTENT)) for unit in CAPTURED}
    unit = min(distances, key=lambda one: distances[one])
    return unit if distances[unit] <= math.log(PLAUSIBLE_RATIO) else None

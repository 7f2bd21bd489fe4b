"""Blend shape weights from 0 to 1, and what to do about others."""

from motionloom.core.errors import DataError


def in_range(weight: float, clamp: bool) -> float:
    """The weight, brought to 0 or 1 where it lies outside and that is allowed.

    Args:
        weight: of a blend shape.
        clamp: whether one outside 0 to 1 is brought to the nearer end rather than refused.

    Raises:
        DataError: the weight lies outside 0 to 1, or is not a number at all.
    """
    if 0.0 <= weight <= 1.0:
        return weight
    if clamp and weight == weight:
        return min(max(weight, 0.0), 1.0)
    remedy = "clamp: true brings such weights to 0 or 1" if weight == weight else "give a number"
    raise DataError(f"a weight of {weight:g} is outside 0 to 1", remedy=remedy)

"""Blend shape weights from 0 to 1, and what to do about others."""

import math
from collections.abc import Mapping

from motionloom.core.errors import DataError
from motionloom.plugins.face.shape_names import arkit_name


def checked_weight(name: str, weight: float, clamp: bool) -> float:
    """The weight, or the nearer end of 0 to 1 where it lies outside and that is allowed.

    Args:
        name: of the shape, for the message.
        weight: what it is to be.
        clamp: whether one outside 0 to 1 is brought to the nearer end rather than refused.

    Raises:
        DataError: the weight lies outside 0 to 1, or is not a number at all.
    """
    if 0.0 <= weight <= 1.0:
        return weight
    if math.isnan(weight):
        raise DataError(f"the weight of {name} is not a number")
    if clamp:
        return min(max(weight, 0.0), 1.0)
    remedy = "clamp: true brings such weights to 0 or 1"
    raise DataError(f"the weight {weight:g} of {name} is outside 0 to 1", remedy=remedy)


def checked_weights(shapes: Mapping[str, float], clamp: bool) -> dict[str, float]:
    """Weights by ARKit's own spelling of the names.

    Raises:
        DataError: there is none, a name is not ARKit's or given twice, or a weight is refused.
    """
    if not shapes:
        raise DataError("shapes names no face shape", remedy="name some, as in shapes: {mouthSmileLeft: 0.6}")
    weights: dict[str, float] = {}
    for written, weight in shapes.items():
        name = arkit_name(written)
        if name in weights:
            raise DataError(f"the weight of {name} is given twice")
        weights[name] = checked_weight(name, weight, clamp)
    return weights

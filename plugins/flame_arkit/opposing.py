"""Shapes that a face cannot show at once."""

from jaxtyping import Float
from torch import Tensor

OPPOSING: tuple[tuple[str, str], ...] = (
    ("eyeBlinkLeft", "eyeWideLeft"),
    ("eyeBlinkRight", "eyeWideRight"),
    ("browDownLeft", "browInnerUp"),
    ("browDownRight", "browInnerUp"),
    ("browDownLeft", "browOuterUpLeft"),
    ("browDownRight", "browOuterUpRight"),
    ("jawLeft", "jawRight"),
    ("mouthLeft", "mouthRight"),
    ("mouthSmileLeft", "mouthFrownLeft"),
    ("mouthSmileRight", "mouthFrownRight"),
    ("mouthFunnel", "mouthStretchLeft"),
    ("mouthFunnel", "mouthStretchRight"),
    ("mouthPucker", "mouthStretchLeft"),
    ("mouthPucker", "mouthStretchRight"),
    ("mouthPressLeft", "jawOpen"),
    ("mouthPressRight", "jawOpen"),
)
"""After the contradictory pairs of Mo et al. (AAAI 2022, table 1), told in ARKit's names."""


def opposing_matrix(names: tuple[str, ...], like: Tensor) -> Float[Tensor, "shapes shapes"]:
    """1 where two of the shapes oppose each other, else 0.

    Args:
        names: of the shapes, in order.
        like: whose kind and device the matrix gets.
    """
    matrix = like.new_zeros(len(names), len(names))
    for one, other in OPPOSING:
        if one in names and other in names:
            matrix[names.index(one), names.index(other)] = matrix[names.index(other), names.index(one)] = 1.0
    return matrix

"""Primitives as lists of triangles."""

from typing import Final

import numpy as np
from jaxtyping import Int64
from numpy import ndarray

TRIANGLES: Final = 4
STRIP: Final = 5
FAN: Final = 6
"""Modes of a primitive: glTF 2.0 specification, section 5.24.4."""

MODES: Final = {0: "points", 1: "lines", 2: "a line loop", 3: "a line strip", 4: "triangles", 5: "a strip", 6: "a fan"}


def triangles(corners: Int64[ndarray, "corners"], mode: int) -> Int64[ndarray, "faces 3"]:
    """The triangles that corners form (section 3.7.2.1); those that are left over form none.

    Args:
        corners: vertex indices.
        mode: `TRIANGLES`, `STRIP` or `FAN`.
    """
    if mode == TRIANGLES:
        return corners[: len(corners) // 3 * 3].reshape(-1, 3)
    if len(corners) < 3:
        return corners[:0].reshape(0, 3)
    if mode == FAN:
        middle = np.full(len(corners) - 2, corners[0])
        return np.stack((corners[1:-1], corners[2:], middle), 1)
    odd = np.arange(len(corners) - 2) % 2
    first = np.arange(len(corners) - 2)
    return np.stack((corners[first], corners[first + 1 + odd], corners[first + 2 - odd]), 1)

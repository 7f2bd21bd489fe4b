"""ufbx's lists and values as arrays."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray

from motionloom.core.errors import ReadError
from motionloom.plugins.fbx.held import Held

LARGEST: Final = 1e30
"""No length is larger than this: products of a few still fit into float64."""

EXPORT_AGAIN: Final = "export it again in the program that it comes from"
"""The remedy for a damaged file."""


def vectors(held: Held, values: Any, size: int) -> Float64[ndarray, "n size"]:
    """A list of vectors.

    Args:
        held: keeps what is touched.
        values: a list of ufbx that shows its memory.
        size: numbers a vector, for an empty list.
    """
    if not len(held(values)):
        return np.zeros((0, size))
    return np.array(held(memoryview(values)), dtype=np.float64).reshape(-1, size)


def integers(held: Held, values: Any) -> Int64[ndarray, "n"]:
    """A list of integers."""
    held(values)
    return np.fromiter((values[index] for index in range(len(values))), np.int64, len(values))


def homogeneous(matrix: Sequence[Sequence[float]]) -> Float64[ndarray, "4 4"]:
    """A matrix of ufbx, whose four columns have three rows, with its last row."""
    return np.vstack((np.array(matrix, dtype=np.float64).T, [0.0, 0.0, 0.0, 1.0]))


def usable(array: Float64[ndarray, "..."], where: str) -> Float64[ndarray, "..."]:
    """The same array.

    Args:
        array: any.
        where: what it belongs to, for the message.

    Raises:
        ReadError: it holds a number that is not finite, or is beyond any length.
    """
    if not (np.abs(array) <= LARGEST).all():
        raise ReadError("holds a number that is not finite or far too large", where=where, remedy=EXPORT_AGAIN)
    return array

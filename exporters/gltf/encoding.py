"""How numbers are stored: exactly, as single precision, or as 16-bit integers (KHR_mesh_quantization)."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from motionloom.exporters.gltf.buffer import Array
from motionloom.exporters.prepared.arrays import Floats
from motionloom.exporters.prepared.skin_weights import Joints
from motionloom.exporters.prepared.surfaces import Surface

LARGEST: Final = 2**15 - 1
"""What stands for one among signed integers: an integer c means c / LARGEST."""

LARGEST_UNSIGNED: Final = 2**16 - 1
"""The same among unsigned ones."""


class Exact:
    """Everything as it is, in single precision."""

    extensions: tuple[str, ...] = ()

    def positions(self, vertices: Floats) -> Array:
        """Vertices of the bind pose, (V, 3) in metres, as stored."""
        return vertices

    def offsets(self, deltas: Floats) -> Array:
        """Offsets of vertices, (V, 3) in metres, as stored."""
        return deltas

    def directions(self, vectors: Floats) -> Array:
        """Normals or their offsets, (V, 3), as stored."""
        return vectors

    def texture_coordinates(self, uv: Floats) -> Array:
        """(V, 2) as stored."""
        return uv

    def influences(self, joints: Joints, weights: Floats) -> tuple[Joints, Array]:
        """Joints and weights, (V, K) each, as stored; weights of a vertex sum to exactly one."""
        return joints, weights

    def rotations(self, rotations: Floats) -> Array:
        """Unit quaternions, (T, 4), as stored."""
        return rotations

    def shape_weights(self, weights: Floats) -> Array:
        """Weights of blend shapes as stored."""
        return weights

    def to_metres(self) -> NDArray[np.float64]:
        """(4, 4) what carries stored positions into the bind pose, in metres."""
        return np.eye(4)


class Quantized(Exact):
    """16-bit integers wherever what they hold allows it.

    All surfaces share one grid, because they share one skin: its steps are 1 / 65534 of the largest
    extent, 27 micrometres for a person, and the inverse bind matrices carry it back into metres.
    What does not fit into integers (texture coordinates outside 0 to 1, shape weights outside -1 to
    1, normals that a shape turns by more than 60 degrees) stays in single precision.

    - a position is at most half a step off along each axis, and as much more for each unit of shape weight;
    - skin weights are less than 1 / 65535 off, texture coordinates half of that;
    - components of rotations, normals and negative shape weights are at most 1 / 65534 off.

    Args:
        surfaces: all of the character.
    """

    extensions = ("KHR_mesh_quantization",)

    def __init__(self, surfaces: Sequence[Surface]) -> None:
        low, high = _box(surfaces)
        reach = max([float(abs(shape.deltas).max()) for surface in surfaces for shape in surface.shapes], default=0.0)
        self.centre = (low + high) / 2
        # A shape may reach further than half the body.
        self.half = max(float((high - low).max()) / 2, reach) or 1.0

    def positions(self, vertices: Floats) -> Array:
        """Signed fractions of half the largest extent around the middle."""
        return _signed((vertices - self.centre) / self.half)

    def offsets(self, deltas: Floats) -> Array:
        """In steps of the same grid."""
        return _signed(deltas / self.half)

    def directions(self, vectors: Floats) -> Array:
        """Signed fractions of one."""
        return _signed(vectors) if _within(vectors, -1.0) else vectors

    def texture_coordinates(self, uv: Floats) -> Array:
        """Unsigned fractions of one; as they are where a texture repeats."""
        return _unsigned(uv) if _within(uv, 0.0) else uv

    def influences(self, joints: Joints, weights: Floats) -> tuple[Joints, Array]:
        """Largest remainders are rounded up until each vertex has 65535 parts; no part names joint 0."""
        exact = weights.astype(np.float64) * LARGEST_UNSIGNED
        parts = np.floor(exact)
        missing = LARGEST_UNSIGNED - parts.sum(1, keepdims=True)
        order = np.argsort(parts - exact, axis=1, kind="stable")
        rank = np.argsort(order, axis=1, kind="stable")
        parts += rank < missing
        return np.where(parts > 0, joints, 0), parts.astype(np.uint16)

    def rotations(self, rotations: Floats) -> Array:
        """Signed fractions of one."""
        return _signed(rotations)

    def shape_weights(self, weights: Floats) -> Array:
        """Unsigned fractions of one where none is negative, signed ones where none is larger than one."""
        if _within(weights, 0.0):
            return _unsigned(weights)
        return _signed(weights) if _within(weights, -1.0) else weights

    def to_metres(self) -> NDArray[np.float64]:
        """Scale of half the largest extent, then the middle."""
        matrix = np.diag((self.half, self.half, self.half, 1.0))
        matrix[:3, 3] = self.centre
        return matrix


def normalized(array: Array) -> bool:
    """Whether an encoded array holds integers, all of which are fractions of their type's largest."""
    return array.dtype.kind != "f"


def _box(surfaces: Sequence[Surface]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if not surfaces:
        return np.zeros(3), np.zeros(3)
    lows = [surface.vertices.min(0) for surface in surfaces]
    highs = [surface.vertices.max(0) for surface in surfaces]
    return np.min(lows, 0).astype(np.float64), np.max(highs, 0).astype(np.float64)


def _within(values: Floats, low: float) -> bool:
    return not values.size or bool(values.min() >= low and values.max() <= 1.0)


def _signed(fractions: NDArray[Any]) -> Array:
    return np.round(fractions * LARGEST).astype(np.int16)


def _unsigned(fractions: NDArray[Any]) -> Array:
    return np.round(fractions * LARGEST_UNSIGNED).astype(np.uint16)

"""The binary buffer of a glTF file, and the views and accessors that describe it."""

from collections.abc import Sequence
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

Json = dict[str, Any]
Array = NDArray[Any]
Kind = Literal["SCALAR", "VEC2", "VEC3", "VEC4", "MAT4"]

COMPONENT_TYPES: Final = {"i1": 5120, "u1": 5121, "i2": 5122, "u2": 5123, "u4": 5125, "f4": 5126}
"""glTF 2.0 specification, section 3.6.2.2."""

VERTICES: Final = 34962
TRIANGLES: Final = 34963
"""What a view holds for the graphics card: specification, section 5.11.5."""

ALIGNMENT: Final = 4
"""Every array, and every vertex in one, starts at a multiple of it, which suits every component type."""


class Buffer:
    """Arrays in the order in which they will be written, with their views and accessors.

    The arrays are kept, not copied together: the file is the only place where they meet.
    """

    def __init__(self) -> None:
        self.chunks: list[Array] = []
        self.views: list[Json] = []
        self.accessors: list[Json] = []
        self.length = 0

    def add(
        self,
        array: Array,
        kind: Kind,
        *,
        target: int | None = None,
        name: str | None = None,
        bounds: bool = False,
        normalized: bool = False,
    ) -> int:
        """Store one array in a view of its own, and give the index of its accessor.

        Args:
            array: (N, components) or (N,) of integers or float32.
            kind: what one element is.
            target: `VERTICES`, `TRIANGLES` or None.
            name: of the accessor.
            bounds: write the smallest and largest value of each component.
            normalized: whether integers stand for fractions of their type's largest.
        """
        stored = _padded_rows(array) if target == VERTICES else array
        view, offsets = self.add_view([stored], target)
        if stored is not array:
            self.views[view]["byteStride"] = stored.itemsize * stored.shape[1]
        return self._accessor(array, kind, view, offsets[0], name, bounds, normalized)

    def add_all(
        self, arrays: Sequence[Array], kind: Kind, *, bounds: bool = False, normalized: bool = False
    ) -> list[int]:
        """Store arrays one after another in one view, and give the index of each one's accessor."""
        view, offsets = self.add_view(arrays)
        pairs = zip(arrays, offsets, strict=True)
        return [self._accessor(array, kind, view, offset, None, bounds, normalized) for array, offset in pairs]

    def add_sparse(self, accessor: Json) -> int:
        """Store an accessor that was described elsewhere, and give its index."""
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def add_view(self, arrays: Sequence[Array], target: int | None = None) -> tuple[int, list[int]]:
        """Store arrays in one view; gives its index and where in it each array starts, in bytes."""
        start, offsets = self.length, []
        for array in arrays:
            offsets.append(self.length - start)
            self._append(array)
        # The padding after the last array is not part of the view.
        length = offsets[-1] + arrays[-1].nbytes
        view: Json = {"buffer": 0, "byteOffset": start, "byteLength": length}
        self.views.append(view if target is None else {**view, "target": target})
        return len(self.views) - 1, offsets

    def _append(self, array: Array) -> None:
        little_endian = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        padding = np.zeros(-array.nbytes % ALIGNMENT, dtype=np.uint8)
        self.chunks += [little_endian, padding] if len(padding) else [little_endian]
        self.length += array.nbytes + len(padding)

    def _accessor(
        self, array: Array, kind: Kind, view: int, offset: int, name: str | None, bounds: bool, normalized: bool
    ) -> int:
        accessor: Json = {
            "bufferView": view,
            "byteOffset": offset,
            "componentType": component_type(array),
            "count": len(array),
            "type": kind,
        }
        if normalized:
            accessor["normalized"] = True
        if name is not None:
            accessor["name"] = name
        if bounds:
            accessor |= {"min": np.atleast_1d(array.min(0)).tolist(), "max": np.atleast_1d(array.max(0)).tolist()}
        self.accessors.append(accessor)
        return len(self.accessors) - 1


def component_type(array: Array) -> int:
    """The code of an array's component type."""
    return COMPONENT_TYPES[array.dtype.str[1:]]


def _padded_rows(array: Array) -> Array:
    """Rows of a multiple of four bytes, as vertex attributes need: specification, section 3.6.2.4."""
    missing = -array.itemsize * array.shape[1] % ALIGNMENT // array.itemsize
    return np.pad(array, ((0, 0), (0, missing))) if missing else array

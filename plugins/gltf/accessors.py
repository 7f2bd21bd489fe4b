"""Accessors: the arrays of a document (glTF 2.0 specification, section 3.6.2)."""

from typing import Any, Final

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray

from motionloom.plugins.gltf.buffers import Buffers
from motionloom.plugins.gltf.fields import Entry

DTYPES: Final = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
WIDTHS: Final = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
FLOAT: Final = 5126

MOST: Final = 2**31
"""Elements of an accessor."""


class Accessors:
    """A document's accessors, decoded when first asked for and kept.

    Args:
        buffers: where their bytes are.
    """

    def __init__(self, buffers: Buffers) -> None:
        self.buffers = buffers
        self.entries = buffers.document.entries("accessors")
        self._numbers: dict[int, ndarray] = {}

    def number(self, entry: Entry, name: str) -> int:
        """The accessor that a field must name."""
        number = entry.index(name, len(self.entries))
        if number is None:
            raise entry.error(f"{name!r} is missing")
        return number

    def floats(self, number: int, kind: str) -> Float64[ndarray, "count width"]:
        """Numbers as they are, or from 0 to 1 or -1 to 1 where they are normalised integers; not to be changed.

        Args:
            number: of the accessor.
            kind: the type that it must have: `SCALAR`, `VEC2`, `VEC3`, `VEC4` or `MAT4`.

        Raises:
            ReadError: it is of another type, reaches beyond its buffer or holds no finite number.
        """
        if number not in self._numbers:
            self._numbers[number] = self._decode(self.entries[number])
        values = self._numbers[number]
        if self.entries[number].text("type") != kind:
            raise self.entries[number].error(f"it holds {self.entries[number].text('type')[:20]!r}, not {kind}")
        return values

    def integers(self, number: int, kind: str) -> Int64[ndarray, "count width"]:
        """Whole numbers, such as vertices and joints.

        Raises:
            ReadError: it holds numbers with a fraction; or as `floats`.
        """
        entry = self.entries[number]
        if entry.integer("componentType", least=0) == FLOAT or entry.values.get("normalized", False):
            raise entry.error("it does not hold whole numbers")
        return self.floats(number, kind).astype(np.int64)

    def _decode(self, entry: Entry) -> ndarray:
        component = entry.integer("componentType")
        width = WIDTHS.get(entry.text("type"))
        if component not in DTYPES or width is None:
            raise entry.error(f"its elements are {entry.text('type')[:20]!r} of component type {component}")
        count = entry.integer("count", least=1, most=MOST)
        self.buffers.budget.spend(8 * count * width, entry.where)
        raw = self._dense(entry, np.dtype(DTYPES[component]), count, width)
        if entry.has("sparse"):
            raw = self._with_sparse(entry.entry("sparse"), raw)
        # Some bit patterns are not numbers and cannot even be cast quietly.
        with np.errstate(invalid="ignore"):
            values = raw.astype(np.float64)
        if component == FLOAT:
            bad = ~np.isfinite(values).all(1)
            if bad.any():
                raise entry.error(f"element {bad.argmax()} is not finite")
        elif entry.values.get("normalized", False) is True:
            # Section 3.6.2.2: the most negative number stands for -1 as well.
            values = np.maximum(values / np.iinfo(raw.dtype).max, -1.0)
        values.flags.writeable = False
        return values

    def _dense(self, entry: Entry, dtype: np.dtype[Any], count: int, width: int) -> ndarray:
        view = self.buffers.index(entry)
        if view is None:
            return np.zeros((count, width), dtype)
        return self._elements(entry, view, dtype, count, width, self.buffers.stride(view))

    def _elements(
        self, entry: Entry, view: int, dtype: np.dtype[Any], count: int, width: int, stride: int | None
    ) -> ndarray:
        data, start, size = self.buffers.view(view), entry.integer("byteOffset", 0), width * dtype.itemsize
        step = stride or size
        if step < size:
            raise entry.error(f"its elements of {size} bytes are {step} bytes apart")
        if start + (count - 1) * step + size > len(data):
            raise entry.error(f"it reaches beyond its view of {len(data)} bytes")
        return np.ndarray((count, width), dtype, data, start, (step, dtype.itemsize))

    def _with_sparse(self, sparse: Entry, dense: ndarray) -> ndarray:
        count = sparse.integer("count", least=0, most=len(dense))
        values = np.array(dense)
        if not count:
            return values
        rows = self._rows(sparse.entry("indices"), count)
        if rows[-1] >= len(dense) or (np.diff(rows) <= 0).any():
            raise sparse.error("its indices do not rise, or reach beyond the accessor", "indices")
        at = sparse.entry("values")
        values[rows] = self._elements(at, self._view(at), dense.dtype, count, dense.shape[1], None)
        return values

    def _rows(self, indices: Entry, count: int) -> ndarray:
        component = indices.integer("componentType")
        if component not in (5121, 5123, 5125):
            raise indices.error(f"its component type is {component}", "componentType")
        rows = self._elements(indices, self._view(indices), np.dtype(DTYPES[component]), count, 1, None)
        return rows[:, 0].astype(np.int64)

    def _view(self, entry: Entry) -> int:
        view = self.buffers.index(entry)
        if view is None:
            raise entry.error("'bufferView' is missing")
        return view

"""Arrays out of pickled body models: NumPy's, SciPy's sparse matrices and chumpy's, as plain arrays.

The files are Python 2's and 3's; neither SciPy's nor chumpy's classes are needed to read them.
"""

import re
from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from motionloom.core.errors import DataError
from motionloom.plugins.flame.pickle_values import Made, Name, Value

REMEDY: Final = "give an unchanged model"

DEEPEST: Final = 4
"""Wrappers around an array; chumpy's models have two."""

NUMBER: Final = re.compile(r"[fiub]\d{1,2}")


def _names(modules: str, names: str) -> frozenset[Name]:
    return frozenset(Name(module, name) for module in modules.split() for name in names.split())


RECONSTRUCT: Final = _names("numpy.core.multiarray numpy._core.multiarray", "_reconstruct")
FROM_BUFFER: Final = _names("numpy.core.numeric numpy._core.numeric", "_frombuffer")
SCALAR: Final = _names("numpy.core.multiarray numpy._core.multiarray", "scalar")
ENCODE: Final = _names("_codecs", "encode")
BYTES: Final = _names("__builtin__ builtins", "bytes bytearray")
DTYPE: Final = _names("numpy", "dtype")
BY_COLUMNS: Final = _names("scipy.sparse.csc scipy.sparse._csc", "csc_matrix csc_array")
BY_ROWS: Final = _names("scipy.sparse.csr scipy.sparse._csr", "csr_matrix csr_array")
CHUMPY: Final = _names("chumpy.ch chumpy", "Ch")
SELECTION: Final = _names("chumpy.reordering", "Select")
BASES: Final = _names("numpy", "ndarray") | _names("__builtin__ builtins", "object")
BESIDE: Final = _names("__builtin__ builtins", "set frozenset")
"""What stands beside the arrays in chumpy's objects; never looked into."""
BY_COPY: Final = _names("copy_reg copyreg", "_reconstructor __newobj__")

KNOWN: Final = frozenset().union(
    *(
        RECONSTRUCT,
        FROM_BUFFER,
        SCALAR,
        ENCODE,
        BYTES,
        DTYPE,
        BY_COLUMNS,
        BY_ROWS,
        CHUMPY,
        SELECTION,
        BASES,
        BESIDE,
        BY_COPY,
    )
)
"""All that the pickle of a body model may name."""


def array_of(value: Value, budget: int, depth: int = 0) -> NDArray[Any]:
    """The numbers that a pickled array, sparse matrix or chumpy object stands for.

    Args:
        value: from `read_pickle`.
        budget: bytes that it may take.
        depth: how many wrappers were taken off already.

    Raises:
        DataError: it is none, holds Python objects or does not fit together.
    """
    if not isinstance(value, Made) or depth > DEEPEST:
        raise DataError(f"it holds a {type(value).__name__}, not an array of numbers", remedy=REMEDY)
    kind = _kind(value)
    if kind in RECONSTRUCT:
        return _from_state(value.state, budget)
    if kind in FROM_BUFFER:
        return _from_buffer(value.arguments, budget)
    if kind in BY_COLUMNS or kind in BY_ROWS:
        return _dense(_fields(value), kind in BY_ROWS, budget, depth)
    if kind in CHUMPY:
        return array_of(_fields(value).get("x"), budget, depth + 1)
    if kind in SELECTION:
        return _selected(_fields(value), budget, depth)
    raise DataError(f"it holds a {kind}, not an array of numbers", remedy=REMEDY)


def _kind(value: Made) -> Name:
    """The class of an object, however Python 2 wrote it down."""
    first = value.arguments[0] if value.arguments else None
    return first if value.by in BY_COPY and isinstance(first, Name) else value.by


def _fields(value: Made) -> dict[str, Value]:
    if not isinstance(value.state, dict):
        raise DataError(f"a {value.by} without fields", remedy=REMEDY)
    return value.state


def _from_state(state: Value, budget: int) -> NDArray[Any]:
    """NumPy's `ndarray.__setstate__`: version, shape, dtype, whether columns come first, data."""
    if not isinstance(state, tuple) or len(state) not in (4, 5):
        raise DataError("an array without contents", remedy=REMEDY)
    shape, kind, fortran, data = state[-4:]
    return _array(data, kind, shape, "F" if fortran else "C", budget)


def _from_buffer(arguments: tuple[Value, ...], budget: int) -> NDArray[Any]:
    """NumPy's arrays under protocol 5: data, dtype, shape, order."""
    if len(arguments) != 4 or arguments[3] not in ("C", "F"):
        raise DataError("an array without contents", remedy=REMEDY)
    data, kind, shape, order = arguments
    return _array(data, kind, shape, order, budget)


def _array(data: Value, kind: Value, shape: Value, order: str, budget: int) -> NDArray[Any]:
    numbers, sizes = _dtype(kind), _shape(shape)
    octets = _octets(data)
    if len(octets) != prod(sizes) * numbers.itemsize or len(octets) > budget:
        what = f"{len(octets)} bytes where {sizes} values of {numbers.name} are told"
        raise DataError(what, remedy="fetch the file again")
    return np.frombuffer(octets, numbers).reshape(sizes, order="F" if order == "F" else "C")


def _dtype(value: Value) -> np.dtype[Any]:
    """`numpy.dtype`: the code it was called with, and the byte order in its state."""
    code = value.arguments[0] if isinstance(value, Made) and value.by in DTYPE and value.arguments else None
    state = value.state if isinstance(value, Made) else None
    order = state[1] if isinstance(state, tuple) and len(state) > 1 else "|"
    if not isinstance(code, str) or not NUMBER.fullmatch(code) or order not in ("<", ">", "|", "="):
        raise DataError(f"values of the kind {code!r:.20} are no numbers", remedy=REMEDY)
    try:
        return np.dtype(order + code)
    except TypeError as error:
        raise DataError(f"no machine has numbers of the kind {code}", remedy=REMEDY) from error


def _shape(value: Value) -> tuple[int, ...]:
    if not isinstance(value, tuple) or not all(type(size) is int and 0 <= size < 2**31 for size in value):
        raise DataError("an array whose shape is no row of sizes", remedy=REMEDY)
    return value


def _octets(value: Value) -> bytes:
    """Bytes, which Python 2 wrote as text, and Python 3 for it as a call that encodes text."""
    if isinstance(value, Made) and value.by in ENCODE and value.arguments[1:] in (("latin1",), ("latin-1",)):
        value = value.arguments[0]
    elif isinstance(value, Made) and value.by in BYTES:
        value = value.arguments[0] if value.arguments else b""
    if isinstance(value, str):
        try:
            return value.encode("latin-1")
        except UnicodeEncodeError as error:
            raise DataError("an array whose contents are no bytes", remedy=REMEDY) from error
    if not isinstance(value, (bytes, bytearray)):
        raise DataError(f"an array whose contents are a {type(value).__name__}, not numbers", remedy=REMEDY)
    return bytes(value)


def _dense(fields: dict[str, Value], by_rows: bool, budget: int, depth: int) -> NDArray[Any]:
    """A compressed sparse matrix in full."""
    data, across, starts = (array_of(fields.get(name), budget, depth + 1) for name in ("data", "indices", "indptr"))
    shape = _shape(fields.get("_shape", fields.get("shape")))
    if len(shape) != 2 or data.ndim != 1 or prod(shape) * data.itemsize > budget:
        raise DataError(f"a sparse matrix of shape {shape}, out of all proportion to the file", remedy=REMEDY)
    lines, length = shape if by_rows else shape[::-1]
    if across.dtype.kind not in "iu" or starts.dtype.kind not in "iu" or across.shape != data.shape:
        raise DataError("a sparse matrix whose indices do not fit its numbers", remedy=REMEDY)
    ends = starts.astype(np.int64)
    counts = ends[1:] - ends[:-1]
    if starts.shape != (lines + 1,) or int(starts[0]) or (counts < 0).any() or counts.sum() != len(data):
        raise DataError("a sparse matrix whose lines do not add up", remedy=REMEDY)
    if len(across) and not 0 <= int(across.min()) <= int(across.max()) < length:
        raise DataError("a sparse matrix with numbers outside of it", remedy=REMEDY)
    full = np.zeros((lines, length), data.dtype)
    np.add.at(full, (np.repeat(np.arange(lines), counts), across.astype(np.int64)), data)
    return full if by_rows else full.T


def _selected(fields: dict[str, Value], budget: int, depth: int) -> NDArray[Any]:
    """What chumpy calls `Select`: some entries of another array, counted row by row, in a shape of their own."""
    whole = array_of(fields.get("a"), budget, depth + 1).reshape(-1)
    chosen = array_of(fields.get("idxs"), budget, depth + 1).reshape(-1)
    shape = _shape(fields.get("preferred_shape", chosen.shape))
    if chosen.dtype.kind not in "iu" or prod(shape) != len(chosen) or prod(shape) * whole.itemsize > budget:
        raise DataError("a choice of entries that does not fit its shape", remedy=REMEDY)
    if len(chosen) and not 0 <= int(chosen.min()) <= int(chosen.max()) < len(whole):
        raise DataError("a choice of entries that are not there", remedy=REMEDY)
    return whole[chosen.astype(np.int64)].reshape(shape)

"""Arrays out of .npz archives that nobody vouches for.

An .npz is a zip of .npy files (NumPy Enhancement Proposal 1). Headers are matched, not evaluated;
arrays of Python objects, which only pickle can read, are refused; and no array is read before its
size is known to be in proportion to the file.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from math import prod
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from motionloom.core.errors import DataError, ReadError, place

Arrays = Mapping[str, NDArray[Any]]

Read = Callable[[int], bytes]
"""Gives at most so many bytes."""

MAGIC: Final = b"\x93NUMPY"
HEADER: Final = re.compile(
    rb"\{\s*'descr': '([<>|=][a-zA-Z]\d*)', 'fortran_order': (True|False), 'shape': \(([\dL, ]*)\),?\s*\}\s*"
)
"""What `numpy.save` writes for an array of plain numbers or text; Python 2 wrote `L` after whole numbers."""

LONGEST_HEADER: Final = 4096

READABLE: Final = "fiubUS"
"""Kinds of numbers and text."""

MOST_MEMBERS: Final = 1024
MEMBER: Final = re.compile(rb"PK\x01\x02")
"""What each entry of a zip's directory starts with."""

GROWTH: Final = 64
ALWAYS_ALLOWED: Final = 64 * 2**20
"""Bytes that arrays may take: so many in any case, and so many times the file's size."""

LAST_CHARACTER: Final = 0x10FFFF
SURROGATES: Final = (0xD800, 0xDFFF)
"""Of Unicode; halves of characters, which no file can hold."""

DAMAGE: Final = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)
"""What `zipfile` raises on damaged, encrypted or strangely compressed members."""


def read_arrays(path: Path, names: Sequence[str]) -> Arrays:
    """Read those of the named arrays that the archive has; the others in it are not looked at.

    Args:
        path: the .npz file.
        names: of arrays.

    Raises:
        ReadError: it is no .npz file, or a named array is damaged, holds Python objects or would
            take memory out of all proportion.
    """
    with _opened(path) as archive:
        members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
        budget = GROWTH * path.stat().st_size + ALWAYS_ALLOWED
        arrays: dict[str, NDArray[Any]] = {}
        for name in names:
            if name in members:
                with _inside(path, name), archive.open(members[name]) as file:
                    arrays[name] = _array(file.read, budget)
                budget -= arrays[name].nbytes
        return arrays


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    _refuse_many_members(path)
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGE as error:
        what = f"this is no .npz archive: {_reason(error)}"
        raise ReadError(what, where=place(path), remedy="save it with numpy.savez") from error
    with archive:
        yield archive


def _refuse_many_members(path: Path) -> None:
    """Look for the signatures of members before `zipfile` makes an object of each."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            raise ReadError("the file is empty", where=place(path), remedy="fetch or save it again")
        with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            members = sum(1 for _ in islice(re.finditer(MEMBER, data), MOST_MEMBERS + 1))
    if members > MOST_MEMBERS:
        what = f"the archive has more than {MOST_MEMBERS} members"
        raise ReadError(what, where=place(path), remedy="save the motion in an archive of its own")


@contextmanager
def _inside(path: Path, name: str) -> Iterator[None]:
    """Say which array of which file something is wrong with."""
    where = f"{path}, array {name!r}"
    try:
        yield
    except DataError as error:
        raise ReadError(error.what, where=where, remedy=error.remedy) from error
    except DAMAGE as error:
        raise ReadError(f"damaged: {_reason(error)}", where=where, remedy="fetch or save the file again") from error


def _reason(error: BaseException) -> str:
    return str(error)[:200] or type(error).__name__


def _array(read: Read, budget: int) -> NDArray[Any]:
    kind, fortran, shape = _header(read)
    size = prod(shape) * kind.itemsize
    if size > budget:
        what = f"{shape} values of {kind.name} would take {size / 2**20:.0f} MB, out of all proportion to the file"
        raise DataError(what, remedy="save fewer frames, or without compression")
    data = read(size)
    if len(data) != size:
        raise DataError(f"{len(data)} bytes where {shape} values take {size}", remedy="fetch or save the file again")
    return np.frombuffer(data, dtype=kind).reshape(shape, order="F" if fortran else "C")


def _header(read: Read) -> tuple[np.dtype[Any], bool, tuple[int, ...]]:
    start = read(len(MAGIC) + 2)
    if not start.startswith(MAGIC) or len(start) < len(MAGIC) + 2:
        raise DataError("no .npy file", remedy="save it with numpy.savez")
    # Version 1 has two bytes for the length, versions 2 and 3 four.
    form = "<H" if start[-2] == 1 else "<I"
    (length,) = struct.unpack(form, read(struct.calcsize(form)))
    text = read(length) if length <= LONGEST_HEADER else b""
    match = HEADER.fullmatch(text)
    kind, fortran, dimensions = match.groups() if match else (b"|O", b"", b"")
    if match is None or kind[1:2].decode() not in READABLE:
        remedy = "save numbers and text alone: numpy.asarray(x, dtype=float) before numpy.savez"
        raise DataError("the array holds Python objects or records, which are not read", remedy=remedy)
    shape = tuple(int(size) for size in dimensions.replace(b"L", b"").split(b",") if size.strip())
    try:
        return np.dtype(kind.decode()), fortran == b"True", shape
    except TypeError as error:
        raise DataError(f"no machine has numbers of the kind {kind.decode()}", remedy="save floats") from error


def doubles_of(array: NDArray[Any]) -> NDArray[np.float64] | None:
    """An array of numbers in double precision; None where it holds something else."""
    if array.dtype.kind not in "fiu":
        return None
    # What is not finite is for the caller to find, with its place.
    with np.errstate(all="ignore"):
        return array.astype(np.float64)


def texts_of(array: NDArray[Any]) -> tuple[str, ...] | None:
    """The strings of an array of text, in order; None where it holds something else.

    NumPy makes strings of any 32-bit numbers, and Python fails on those that are no characters.
    """
    characters = array.dtype.itemsize // 4 if array.dtype.kind == "U" else array.dtype.itemsize
    if array.dtype.kind not in "US" or not characters:
        return None
    code = f"{array.dtype.str[0]}u4" if array.dtype.kind == "U" else "u1"
    codes = np.frombuffer(array.tobytes(), dtype=code).reshape(-1, characters)
    if ((codes > LAST_CHARACTER) | ((codes >= SURROGATES[0]) & (codes <= SURROGATES[1]))).any():
        return None
    return tuple("".join(map(chr, row)).rstrip("\0") for row in codes.tolist())

"""Records of FBX 7.5, the tree that a file is, and their binary form.

The layout is that of Gessler, "FBX binary file format specification" (2013), with the 64-bit
offsets that came with version 7.5.
"""

import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

COMPRESSION_LEVEL: Final = 1
"""Curves are noise to zlib: higher levels take many times as long and save nothing."""

WORTH_COMPRESSING: Final = 128
"""Bytes of an array from which it is compressed."""

HEADER: Final = struct.Struct("<QQQB")
"""Where the record ends, how many properties, their bytes, length of the name."""

END_OF_CHILDREN: Final = bytes(HEADER.size)

ARRAY_CODES: Final = {"<f4": b"f", "<f8": b"d", "<i4": b"i", "<i8": b"l"}


class Long(int):
    """An integer of 64 bits: an object's number, or a time in ticks."""


class ObjectName(NamedTuple):
    """The name of an object with its class, which binary and text files join in ways of their own."""

    name: str
    kind: str


@dataclass(eq=False)
class Array:
    """An array property; one that stands at several places is compressed once.

    Args:
        values: float32, float64, int32 or int64, of any shape.
    """

    values: NDArray[Any]

    @cached_property
    def encoded(self) -> tuple[int, bytes | memoryview]:
        """How the bytes are encoded, 1 for zlib, and the bytes."""
        little_endian = np.ascontiguousarray(self.values, dtype=self.values.dtype.newbyteorder("<"))
        raw = little_endian.reshape(-1).view(np.uint8).data
        if raw.nbytes >= WORTH_COMPRESSING:
            packed = zlib.compress(raw, COMPRESSION_LEVEL)
            if len(packed) < raw.nbytes:
                return 1, packed
        return 0, raw


Value = bool | int | Long | float | str | bytes | ObjectName | Array


@dataclass
class Record:
    """A node of the tree.

    Args:
        name: ASCII.
        values: properties.
        children: nested records; None where there is no list of them, not even an empty one.
    """

    name: str
    values: tuple[Value, ...] = ()
    children: list["Record"] | None = None


def compress(records: Iterable[Record]) -> None:
    """Encode all arrays of a tree, on all cores: zlib runs outside Python's lock."""
    arrays = {id(value): value for value in _values(records) if isinstance(value, Array)}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(lambda array: array.encoded, arrays.values()):
            pass


def _values(records: Iterable[Record]) -> Iterator[Value]:
    for record in records:
        yield from record.values
        yield from _values(record.children or ())


def binary(records: Sequence[Record], start: int) -> Iterator[bytes | memoryview]:
    """The bytes of a list of records that begins at an offset of the file, and of the mark that ends it."""
    compress(records)
    for record in records:
        layout = _laid_out(record)
        yield from _chunks(layout, start)
        start += layout.size
    yield END_OF_CHILDREN


@dataclass
class _Layout:
    """A record whose size is known."""

    name: bytes
    properties: list[bytes | memoryview]
    count: int
    children: list["_Layout"] | None
    properties_size: int = field(init=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.properties_size = sum(map(len, self.properties))
        self.size = HEADER.size + len(self.name) + self.properties_size
        if self.children is not None:
            self.size += sum(child.size for child in self.children) + len(END_OF_CHILDREN)


def _laid_out(record: Record) -> _Layout:
    properties: list[bytes | memoryview] = []
    for value in record.values:
        properties += _property(value)
    children = None if record.children is None else [_laid_out(child) for child in record.children]
    return _Layout(record.name.encode("ascii"), properties, len(record.values), children)


def _chunks(layout: _Layout, start: int) -> Iterator[bytes | memoryview]:
    yield HEADER.pack(start + layout.size, layout.count, layout.properties_size, len(layout.name))
    yield layout.name
    yield from layout.properties
    if layout.children is not None:
        start += HEADER.size + len(layout.name) + layout.properties_size
        for child in layout.children:
            yield from _chunks(child, start)
            start += child.size
        yield END_OF_CHILDREN


def _property(value: Value) -> list[bytes | memoryview]:
    match value:
        case bool():
            return [struct.pack("<cB", b"C", value)]
        case Long():
            return [struct.pack("<cq", b"L", value)]
        case int():
            return [struct.pack("<ci", b"I", value)]
        case float():
            return [struct.pack("<cd", b"D", value)]
        case bytes():
            return [struct.pack("<cI", b"R", len(value)), value]
        case Array():
            return _array(value)
        case ObjectName():
            return _string(f"{value.name}\0\1{value.kind}")
        case str():
            return _string(value)


def _string(text: str) -> list[bytes | memoryview]:
    encoded = text.encode()
    return [struct.pack("<cI", b"S", len(encoded)), encoded]


def _array(array: Array) -> list[bytes | memoryview]:
    code = ARRAY_CODES[array.values.dtype.newbyteorder("<").str]
    encoding, encoded = array.encoded
    return [struct.pack("<cIII", code, array.values.size, encoding, len(encoded)), encoded]

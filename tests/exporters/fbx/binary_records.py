"""Binary FBX 7.5 taken apart as the format's description says, strictly: every offset and length has to fit."""

import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

HEADER = 27
RECORD = struct.Struct("<QQQB")
SCALARS = {b"C": "<B", b"I": "<i", b"L": "<q", b"D": "<d", b"F": "<f", b"Y": "<h"}
ARRAYS = {b"f": "<f4", b"d": "<f8", b"i": "<i4", b"l": "<i8"}


@dataclass
class Node:
    """A record that was read."""

    name: str
    values: list[Any]
    children: list["Node"] = field(default_factory=list)

    def all(self, name: str) -> list["Node"]:
        return [child for child in self.children if child.name == name]

    def one(self, name: str) -> "Node":
        (found,) = self.all(name)
        return found

    def value(self, name: str) -> Any:
        """The only property of the only child of that name."""
        (found,) = self.one(name).values
        return found

    def properties(self) -> dict[str, list[Any]]:
        """`Properties70` by name."""
        return {entry.values[0]: entry.values[4:] for entry in self.one("Properties70").children}


@dataclass
class Document:
    """All of a file."""

    data: bytes
    root: Node
    end: int

    def objects(self, kind: str, subclass: str | None = None) -> list[Node]:
        """Objects of a kind, in the order of the file."""
        found = self.root.one("Objects").all(kind)
        return [node for node in found if subclass in (None, node.values[2])]

    def named(self, kind: str, name: str) -> Node:
        (found,) = (node for node in self.objects(kind) if name_of(node) == name)
        return found

    def connections(self) -> list[list[Any]]:
        return [node.values for node in self.root.one("Connections").children]

    def sources(self, node: Node, property_name: str | None = None) -> list[Node]:
        """What is connected to an object, or to a property of it."""
        by_number = {found.values[0]: found for found in self.root.one("Objects").children}
        wanted = [node.values[0], *([property_name] if property_name else [])]
        return [by_number[c[1]] for c in self.connections() if c[2:] == wanted]


def name_of(node: Node) -> str:
    """An object's name without its class."""
    return node.values[1].split("\0\1")[0]


def read(path: Path) -> Document:
    data = path.read_bytes()
    nodes, end = _children(data, HEADER, len(data))
    return Document(data, Node("", [], nodes), end)


def _children(data: bytes, at: int, limit: int) -> tuple[list[Node], int]:
    """Records up to the empty one that ends their list, and where it ends."""
    nodes = []
    while data[at : at + RECORD.size] != bytes(RECORD.size):
        node, at = _record(data, at)
        nodes.append(node)
        assert at < limit
    return nodes, at + RECORD.size


def _record(data: bytes, at: int) -> tuple[Node, int]:
    end, count, size, name_size = RECORD.unpack_from(data, at)
    at += RECORD.size
    name = data[at : at + name_size].decode("ascii")
    at += name_size
    values, start = [], at
    for _ in range(count):
        value, at = _property(data, at)
        values.append(value)
    assert at - start == size, f"{name} says that its properties have {size} bytes"
    children: list[Node] = []
    if at < end:
        children, at = _children(data, at, end)
    assert at == end, f"{name} says that it ends at {end}"
    return Node(name, values, children), at


def _property(data: bytes, at: int) -> tuple[Any, int]:
    code, at = data[at : at + 1], at + 1
    if code in SCALARS:
        return struct.unpack_from(SCALARS[code], data, at)[0], at + struct.calcsize(SCALARS[code])
    if code in b"SR":
        (length,) = struct.unpack_from("<I", data, at)
        raw = data[at + 4 : at + 4 + length]
        return raw.decode() if code == b"S" else raw, at + 4 + length
    count, encoding, length = struct.unpack_from("<III", data, at)
    raw = data[at + 12 : at + 12 + length]
    values = np.frombuffer(zlib.decompress(raw) if encoding else raw, ARRAYS[code])
    assert len(values) == count and encoding in (0, 1)
    return values, at + 12 + length

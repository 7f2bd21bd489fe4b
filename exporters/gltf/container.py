"""Documents and buffers as files: binary .glb, or .gltf with a .bin beside it."""

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import quote

from numpy.typing import NDArray

from motionloom.core.errors import ExportError
from motionloom.exporters.gltf.buffer import Buffer, Json

MAGIC: Final = b"glTF"
HEADER: Final = struct.Struct("<4sII")
CHUNK: Final = struct.Struct("<I4s")
"""glTF 2.0 specification, section 4.4."""

LARGEST: Final = 2**32 - 1
"""A GLB counts its bytes in 32 bits."""


def write_glb(path: Path, document: Json, buffer: Buffer) -> tuple[Path, ...]:
    """Write one binary file.

    Raises:
        ExportError: it would be larger than the format can say.
    """
    text = _text(document | {"buffers": [{"byteLength": buffer.length}]})
    text += b" " * (-len(text) % 4)
    length = HEADER.size + 2 * CHUNK.size + len(text) + buffer.length
    if length > LARGEST:
        raise ExportError(
            f"the take needs {length / 2**30:.1f} GiB, and a GLB file holds at most 4",
            remedy="write .gltf instead, or cut the take",
        )
    with path.open("wb") as file:
        file.write(HEADER.pack(MAGIC, 2, length))
        file.write(CHUNK.pack(len(text), b"JSON") + text)
        file.write(CHUNK.pack(buffer.length, b"BIN\0"))
        _write_chunks(file, buffer.chunks)
    return (path,)


def write_gltf(path: Path, document: Json, buffer: Buffer) -> tuple[Path, ...]:
    """Write the document, and the buffer beside it under the same name with the suffix .bin."""
    binary = path.with_suffix(".bin")
    text = _text(document | {"buffers": [{"uri": quote(binary.name), "byteLength": buffer.length}]})
    with binary.open("wb") as file:
        _write_chunks(file, buffer.chunks)
    path.write_bytes(text)
    return path, binary


WRITERS: Final = {".glb": write_glb, ".gltf": write_gltf}
"""How each suffix is written."""


def _text(document: Json) -> bytes:
    return json.dumps(document, separators=(",", ":"), allow_nan=False).encode("ascii")


def _write_chunks(file: BinaryIO, chunks: Sequence[NDArray[Any]]) -> None:
    for chunk in chunks:
        file.write(chunk.data)

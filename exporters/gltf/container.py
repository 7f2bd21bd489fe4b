"""Documents and buffers as files: binary .glb, or .gltf with a .bin and its pictures beside it."""

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import quote

from numpy.typing import NDArray

from motionloom.core.data import Texture
from motionloom.core.errors import ExportError
from motionloom.exporters.gltf.buffer import Buffer, Json
from motionloom.exporters.gltf.document import Contents
from motionloom.exporters.gltf.materials import file_names

MAGIC: Final = b"glTF"
HEADER: Final = struct.Struct("<4sII")
CHUNK: Final = struct.Struct("<I4s")
"""glTF 2.0 specification, section 4.4."""

LARGEST: Final = 2**32 - 1
"""A GLB counts its bytes in 32 bits."""


def write_glb(path: Path, contents: Contents) -> tuple[Path, ...]:
    """Write one binary file, pictures included.

    Raises:
        ExportError: it would be larger than the format can say.
    """
    buffer = contents.buffer
    images = [_embedded(buffer, texture) for texture in contents.textures]
    text = _text(contents.document | {"buffers": [{"byteLength": buffer.length}]} | _images(images))
    text += b" " * (-len(text) % 4)
    length = HEADER.size + 2 * CHUNK.size + len(text) + buffer.length
    if length > LARGEST:
        raise ExportError(
            f"the takes need {length / 2**30:.1f} GiB, and a GLB file holds at most 4",
            remedy="write .gltf instead, or cut the takes",
        )
    with path.open("wb") as file:
        file.write(HEADER.pack(MAGIC, 2, length))
        file.write(CHUNK.pack(len(text), b"JSON") + text)
        file.write(CHUNK.pack(buffer.length, b"BIN\0"))
        _write_chunks(file, buffer.chunks)
    return (path,)


def write_gltf(path: Path, contents: Contents) -> tuple[Path, ...]:
    """Write the document, and beside it the buffer under the same name with the suffix .bin, and the pictures."""
    binary = path.with_suffix(".bin")
    pictures = [path.with_name(name) for name in file_names(path.stem, contents.textures)]
    images = [
        {"uri": quote(picture.name), "name": texture.name}
        for picture, texture in zip(pictures, contents.textures, strict=True)
    ]
    buffers = [{"uri": quote(binary.name), "byteLength": contents.buffer.length}]
    text = _text(contents.document | {"buffers": buffers} | _images(images))
    with binary.open("wb") as file:
        _write_chunks(file, contents.buffer.chunks)
    for picture, texture in zip(pictures, contents.textures, strict=True):
        picture.write_bytes(texture.data.cpu().numpy().tobytes())
    path.write_bytes(text)
    return path, binary, *pictures


WRITERS: Final = {".glb": write_glb, ".gltf": write_gltf}
"""How each suffix is written."""


def _embedded(buffer: Buffer, texture: Texture) -> Json:
    view, _ = buffer.add_view([texture.data.cpu().numpy()])
    return {"bufferView": view, "mimeType": texture.media_type, "name": texture.name}


def _images(images: Sequence[Json]) -> Json:
    return {"images": list(images)} if images else {}


def _text(document: Json) -> bytes:
    return json.dumps(document, separators=(",", ":"), allow_nan=False).encode("ascii")


def _write_chunks(file: BinaryIO, chunks: Sequence[NDArray[Any]]) -> None:
    for chunk in chunks:
        file.write(chunk.data)

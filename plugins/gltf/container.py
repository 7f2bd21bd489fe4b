"""The document of a .glb or .gltf file, and the binary chunk of the first."""

import json
import struct
from pathlib import Path
from typing import Any, Final, NoReturn

from motionloom.core.errors import ReadError
from motionloom.plugins.gltf.fields import Entry

MAGIC: Final = b"glTF"
HEADER: Final = struct.Struct("<4sII")
CHUNK: Final = struct.Struct("<II")
JSON_CHUNK: Final = 0x4E4F534A
BINARY_CHUNK: Final = 0x004E4942
"""glTF 2.0 specification, section 4.4."""

LARGEST_FILE: Final = 4 * 2**30
LARGEST_DOCUMENT: Final = 256 * 2**20
"""Bytes; a GLB counts in 32 bits, and Python objects take some ten times the bytes of their JSON."""


def read_container(path: Path) -> tuple[Entry, memoryview | None, int]:
    """The document, the binary chunk if there is one, and the size of the file.

    Raises:
        ReadError: it is no glTF 2.0 file, or it is cut short.
    """
    if path.stat().st_size > LARGEST_FILE:
        raise ReadError("the file is larger than 4 GiB", remedy="split it")
    data = path.read_bytes()
    text, binary = _chunks(data) if data[:4] == MAGIC else (memoryview(data), None)
    document = _document(text)
    version = document.entry("asset").text("version", "2.0")
    if version.split(".")[0] != "2":
        raise ReadError(f"it is glTF {version[:20]}, not 2.0", where="/asset/version", remedy="export it as glTF 2.0")
    return document, binary, len(data)


def _chunks(data: bytes) -> tuple[memoryview, memoryview | None]:
    if len(data) < HEADER.size + CHUNK.size:
        raise _cut_short(len(data))
    _, version, length = HEADER.unpack_from(data)
    if version != 2:
        raise ReadError(f"it is version {version} of GLB, not 2", where="byte 4", remedy="export it as glTF 2.0")
    if length > len(data):
        raise _cut_short(len(data))
    whole, start = memoryview(data)[:length], HEADER.size
    chunks: list[tuple[int, memoryview]] = []
    while start + CHUNK.size <= length and len(chunks) < 2:
        size, kind = CHUNK.unpack_from(data, start)
        start += CHUNK.size
        if start + size > length:
            raise _cut_short(start)
        chunks.append((kind, whole[start : start + size]))
        start += size
    if not chunks or chunks[0][0] != JSON_CHUNK:
        raise ReadError("its first chunk is not JSON", where=f"byte {HEADER.size}", remedy="export the file again")
    binary = [chunk for kind, chunk in chunks[1:] if kind == BINARY_CHUNK]
    return chunks[0][1], binary[0] if binary else None


def _cut_short(offset: int) -> ReadError:
    return ReadError("the file ends too early", where=f"byte {offset}", remedy="copy it again")


def _document(text: memoryview) -> Entry:
    if len(text) > LARGEST_DOCUMENT:
        raise ReadError(f"its JSON is larger than {LARGEST_DOCUMENT // 2**20} MB", remedy="store buffers as binary")
    try:
        document = json.loads(bytes(text), parse_constant=_refuse_constant)
    except RecursionError:
        raise ReadError("its JSON is nested too deeply", remedy="export the file again") from None
    except ValueError as error:
        what = "it is neither GLB nor JSON" if bytes(text[:1]) != b"{" else f"its JSON is broken: {error}"
        raise ReadError(what, remedy="export it as glTF 2.0") from None
    if not isinstance(document, dict):
        raise ReadError("its JSON is no object", remedy="export it as glTF 2.0")
    values: dict[str, Any] = document
    return Entry(values)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"it holds {name}, which is no JSON")

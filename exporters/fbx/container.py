"""What stands around the records of a file: header, footer, and the file's id."""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from motionloom.core.errors import ExportError, place
from motionloom.exporters.fbx.ascii import text
from motionloom.exporters.fbx.document import VERSION, creator, document
from motionloom.exporters.fbx.records import Record, binary
from motionloom.exporters.fbx.scene import FbxScene

MAGIC: Final = b"Kaydara FBX Binary  \0\x1a\0"
HEADER: Final = MAGIC + struct.pack("<I", VERSION)

FILE_ID: Final = bytes.fromhex("28b32aebb624ccc2bfc8b02aa92bfcf1")
FOOTER_ID: Final = bytes.fromhex("fabcab09d0c8d466b176fb831cf7267e")
CREATION_TIME: Final = "1970-01-01 10:00:00:000"
"""These three belong together: with any other, Autodesk's SDK loads an empty scene."""

END: Final = bytes.fromhex("f85a8c6adef5d97eece90ce3758f290b")

ALIGNMENT: Final = 16

TEXT_HEADER: Final = "; FBX 7.5.0 project file\n; ----------------------------------------------------\n\n"


def write_builtin(scene: FbxScene, path: Path, ascii: bool = False) -> None:
    """Write a scene as binary FBX 7.5, or as text.

    Args:
        scene: what the file holds.
        path: where.
        ascii: whether as text.

    Raises:
        ExportError: the file cannot be written.
    """
    records = document(scene)
    try:
        if ascii:
            _write_text(records, path)
        else:
            _write_binary(records, path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ExportError(f"cannot be written: {reason}", where=place(path), remedy="choose another path") from error


def _write_text(records: Sequence[Record], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(TEXT_HEADER)
        file.writelines(text(records))


def _write_binary(records: Sequence[Record], path: Path) -> None:
    identity = [
        Record("FileId", (FILE_ID,)),
        Record("CreationTime", (CREATION_TIME,)),
        Record("Creator", (creator(),)),
    ]
    # After the header extension, and nowhere in text.
    with_id = [records[0], *identity, *records[1:]]
    with path.open("wb") as file:
        file.write(HEADER)
        file.writelines(binary(with_id, len(HEADER)))
        file.write(footer(file.tell()))


def footer(start: int) -> bytes:
    """What ends a file whose records end at an offset."""
    padding = bytes(ALIGNMENT - (start + len(FOOTER_ID)) % ALIGNMENT)
    return FOOTER_ID + padding + bytes(4) + struct.pack("<I", VERSION) + bytes(120) + END

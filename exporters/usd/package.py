"""USDZ: a zip archive whose files lie as they are, each on a multiple of 64 bytes."""

import shutil
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from motionloom.core.errors import ExportError

ALIGNMENT: Final = 64
"""USDZ specification, "Layout"."""

LOCAL_HEADER: Final = 30
PADDING: Final = struct.Struct("<HH")
"""An extra field of a zip entry: what it is, and how many bytes follow. Size of a local header: APPNOTE 4.3.7, 4.5."""

PADDING_ID: Final = 0x1986
LARGEST: Final = 2**31 - 1
"""Without the 64-bit extension of zip, which USDZ does not have."""

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The first date that zip can tell: the same take makes the same bytes."""


def write_package(path: Path, files: Sequence[tuple[str, Path]]) -> None:
    """Write a USDZ package.

    Args:
        path: where.
        files: the name in the package and the contents of each; the first is the default layer.

    Raises:
        ExportError: it would be larger than the format can say.
    """
    total = sum(file.stat().st_size for _, file in files)
    if total > LARGEST:
        raise ExportError(
            f"the package needs {total / 2**30:.1f} GiB, and a USDZ holds at most 2",
            where=path.name,
            remedy="write .usdc instead, or cut the take",
        )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=False) as package:
        for name, file in files:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.extra = _padding(package.start_dir + LOCAL_HEADER + len(name.encode("ascii")))
            with file.open("rb") as source, package.open(entry, "w") as target:
                shutil.copyfileobj(source, target, 1 << 20)


def _padding(offset: int) -> bytes:
    """An extra field after which contents start on a multiple of `ALIGNMENT`."""
    length = -(offset + PADDING.size) % ALIGNMENT
    return PADDING.pack(PADDING_ID, length) + bytes(length)

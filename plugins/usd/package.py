"""USDZ packages: looked at as the zip files that they are before anything of them reaches USD.

The specification (openusd.org, "Usdz File Format Specification") wants files stored as they are, neither
compressed nor encrypted; so what comes out of a package is never larger than the package.
"""

import stat
import struct
import zipfile
from pathlib import Path, PurePosixPath

from motionloom.core.errors import ReadError, place

MOST_FILES = 4_096
MOST_BYTES = 2 * 2**30
"""Files in a package, and bytes of them in all."""

END = struct.Struct("<4s4H2LH")
"""The end of the list of files: signature, disks, entries, size, offset, length of the comment."""

ZIP64 = b"PK\6\7" + bytes(16)
"""What stands before the end where sizes take 64 bits; a package is never that large."""

MOST_LISTED = MOST_FILES * 1024
"""Bytes of the list of files."""

LAYERS = frozenset({".usd", ".usda", ".usdc"})

REPACK = "pack it again with usdzip"


def unpack(package: Path, folder: Path) -> Path:
    """Write the files of a package below an empty folder, and give its first one: the layer to open.

    Args:
        package: a usdz file.
        folder: where to.

    Raises:
        ReadError: it is no package as the specification has it, or holds names or sizes that no
            honest one has.
    """
    try:
        _check_directory(package)
        with zipfile.ZipFile(package) as archive:
            entries = checked_entries(archive, package)
            for entry in entries:
                _write(archive, entry, folder)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError, struct.error) as error:
        raise _refused(package, f"is no sound zip file: {error}") from None
    return folder / entries[0].filename


def _check_directory(package: Path) -> None:
    """Refuse a list of files that is too long before anyone reads it.

    It ends in a record of its own (APPNOTE.TXT, section 4.3.16), which comes last in a package.
    """
    with package.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - END.size - len(ZIP64)))
        tail = file.read()
    if len(tail) < END.size or not tail[-END.size :].startswith(b"PK\5\6"):
        raise _refused(package, "does not end as a zip file without comment does")
    listed = END.unpack(tail[-END.size :])[5]
    if listed > MOST_LISTED or tail.startswith(ZIP64[:4]):
        raise _refused(package, f"holds more than {MOST_FILES:,} files, or is a zip file of more than 4 GB")


def checked_entries(archive: zipfile.ZipFile, package: Path) -> list[zipfile.ZipInfo]:
    """The files in a package, if it is safe to write all of them below a folder.

    Raises:
        ReadError: it is not.
    """
    entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
    if len(archive.infolist()) > MOST_FILES:
        raise _refused(package, f"holds more than {MOST_FILES:,} files")
    for entry in entries:
        _check_entry(entry, package)
    total, size = sum(entry.file_size for entry in entries), package.stat().st_size
    if total > min(size, MOST_BYTES):
        what = f"says that it holds {total:,} bytes, and is {size:,} bytes long"
        raise _refused(package, what if total > size else f"holds more than {MOST_BYTES >> 30} GB")
    names = [entry.filename.lower() for entry in entries]
    if len(set(names)) < len(names):
        raise _refused(package, "holds two files of one name")
    if not entries or PurePosixPath(names[0]).suffix not in LAYERS:
        raise _refused(package, "does not begin with a usda or usdc file")
    return entries


def _check_entry(entry: zipfile.ZipInfo, package: Path) -> None:
    name = entry.filename
    shown = repr(name[:100])
    if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
        raise _refused(package, f"holds {shown} compressed")
    if entry.flag_bits & 0x1:
        raise _refused(package, f"holds {shown} encrypted")
    # Many programs leave the kind of file out: it is a plain one then.
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        raise _refused(package, f"holds {shown}, which is no plain file")
    parts = PurePosixPath(name).parts
    if not is_plain_name(name) or len(parts) > 32 or any(len(part) > 200 for part in parts):
        raise _refused(package, f"holds a file that it calls {shown}")
    if name.lower().endswith(".usdz"):
        raise _refused(package, f"holds {shown}, a package in a package")


def is_plain_name(name: str) -> bool:
    """Whether a name stays below the folder that it is written to, on every system."""
    parts = name.split("/")
    inside = all(part and part.strip(". ") and not part.endswith((".", " ")) for part in parts)
    return inside and name.isprintable() and not any(mark in name for mark in '\\:*?"<>|')


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    target = folder / entry.filename
    target.parent.mkdir(parents=True, exist_ok=True)
    # `read` checks the CRC, and never gives more than the size that was checked.
    target.write_bytes(archive.read(entry))


def _refused(package: Path, what: str) -> ReadError:
    return ReadError(what, where=place(package), remedy=REPACK)

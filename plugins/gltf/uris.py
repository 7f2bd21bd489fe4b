"""What a glTF file refers to: data inside the document, or files beside it."""

import base64
import binascii
from pathlib import Path
from urllib.parse import unquote, urlsplit

from motionloom.core.errors import ReadError


def is_data(uri: str) -> bool:
    """Whether a URI holds the data itself (RFC 2397)."""
    return uri[:5].lower() == "data:"


def decoded(uri: str, where: str) -> bytes:
    """The bytes of a data URI.

    Raises:
        ReadError: it is not base64.
    """
    head, comma, text = uri.partition(",")
    if not comma or not head.lower().endswith(";base64"):
        raise ReadError("its data URI is not base64", where=where, remedy="export the file again")
    try:
        return base64.b64decode(unquote(text) if "%" in text else text, validate=True)
    except (binascii.Error, ValueError):
        raise ReadError("its data URI is broken", where=where, remedy="export the file again") from None


def beside(uri: str, folder: Path, where: str) -> Path:
    """The file that a relative URI names, in the document's folder or below.

    Args:
        uri: as in the document, percent-encoded.
        folder: where the document lies.
        where: the place of the URI.

    Raises:
        ReadError: it names something elsewhere.
    """
    parts = urlsplit(uri)
    name = unquote(parts.path)
    if parts.scheme or parts.netloc or "\0" in name or "\\" in name or not name:
        raise _elsewhere(uri, where)
    root = folder.resolve()
    try:
        found = (root / name).resolve()
    except (OSError, RuntimeError):
        raise _elsewhere(uri, where) from None
    if not found.is_relative_to(root):
        raise _elsewhere(uri, where)
    return found


def _elsewhere(uri: str, where: str) -> ReadError:
    what = f"{uri[:80]!r} names no file in the folder of the document"
    return ReadError(what, where=where, remedy="put all files into one folder, or export .glb")

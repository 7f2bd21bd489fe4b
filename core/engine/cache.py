"""Content-addressed results on disk: atomic to write, safe to share, a damaged entry is a miss.

An entry is one file: a magic number, the SHA-256 of what follows, the length of the JSON part, the
JSON part, and the tensors in the safetensors format.
"""

import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import Tensor

from motionloom.core.data.storage import STORABLE, pack, unpack
from motionloom.core.errors import DataError, GraphError, NodeError

MAGIC = b"motionloom-1\n"
DIGEST = 32
LENGTH = 8

DAY = 24 * 3600.0
"""Seconds after which a file that is still unfinished was left by a killed run."""


class Damaged(Exception):
    """Raised when an entry is not what was written."""


class Cache:
    """Results of nodes by key, and what each node's last key was made of.

    Args:
        folder: where entries live; made when the first is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, key: str) -> bool:
        """Whether there is an entry; it may still turn out damaged."""
        return self._entry(key).is_file()

    def load(self, key: str, annotation: Any) -> Any:
        """The value stored under a key.

        Args:
            key: of the entry.
            annotation: the type that the node declares.

        Raises:
            Damaged: the entry is missing, torn or altered; it is removed.
        """
        path = self._entry(key)
        try:
            plain, tensors = decode_entry(path.read_bytes())
            return unpack(annotation, plain, tensors)
        except FileNotFoundError as error:
            raise Damaged("it is gone") from error
        except (OSError, ValueError, DataError, safetensors.SafetensorError) as error:
            # A shared cache may be read-only here.
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise Damaged(str(error)) from error

    def store(self, key: str, value: Any, annotation: Any) -> None:
        """Store a value under a key; whoever comes first wins, the bytes are the same.

        Args:
            key: of the entry.
            value: to store.
            annotation: the type that the node declares.

        Raises:
            DataError: the value holds something that cannot be stored, or not be read back as that type.
            NodeError: the disk does not take it.
        """
        plain, tensors = pack(value)
        _require_way_back(plain, tensors, annotation)
        self._write(self._entry(key), encode_entry(plain, tensors))

    def keep_warnings(self, key: str, warnings: list[str]) -> None:
        """Note what a node warned of, so that a result from the cache does not hide it."""
        write_atomically(self._warnings(key), json.dumps(warnings).encode())

    def warnings(self, key: str) -> list[str]:
        """What the node warned of when it made this result."""
        try:
            found = json.loads(self._warnings(key).read_bytes())
        except (OSError, ValueError):
            return []
        return [str(one) for one in found] if isinstance(found, list) else []

    def remember(self, place: str, components: Mapping[str, Any]) -> None:
        """Note what the key of a step was made of, so that the next plan can say what changed."""
        self._write(self._note(place), json.dumps(components).encode())

    def prepare(self) -> None:
        """Make the folder, and remove what killed runs left unfinished in it.

        Raises:
            GraphError: it cannot be written to.
        """
        try:
            self._unfinished.mkdir(parents=True, exist_ok=True)
            for leftover in self._unfinished.iterdir():
                with suppress(FileNotFoundError):
                    if time.time() - leftover.stat().st_mtime > DAY:
                        leftover.unlink()
        except OSError as error:
            what = f"the cache {self.folder} cannot be written: {error.strerror or error}"
            raise GraphError(what, remedy="choose another with --cache, or --cache off") from error

    def remembered(self, place: str) -> dict[str, Any] | None:
        """What the key of a step was made of when it last ran here; None where that is not known."""
        try:
            found = json.loads(self._note(place).read_bytes())
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def _entry(self, key: str) -> Path:
        return self.folder / "results" / key[:2] / key

    def _warnings(self, key: str) -> Path:
        return self.folder / "results" / key[:2] / f"{key}.warnings.json"

    def _note(self, place: str) -> Path:
        return self.folder / "last" / place[:2] / f"{place}.json"

    @property
    def _unfinished(self) -> Path:
        return self.folder / "unfinished"

    def _write(self, path: Path, data: bytes) -> None:
        try:
            write_atomically(path, data, self._unfinished)
        except OSError as error:
            # Windows does not replace a file while another process reads it; that one holds the same.
            if isinstance(error, PermissionError) and path.is_file():
                return
            what = f"its result cannot be stored in the cache {self.folder}: {error.strerror or error}"
            raise NodeError(what, remedy="make room, choose another with --cache, or --cache off") from error


def _require_way_back(plain: Any, tensors: Mapping[str, Tensor], annotation: Any) -> None:
    """Refuse now what nobody could read back later, like a subclass of what the node declares."""
    try:
        unpack(annotation, plain, tensors)
    except DataError as error:
        raise DataError(f"the result cannot be stored: {error.what}", remedy=STORABLE) from error


def encode_entry(plain: Any, tensors: Mapping[str, Tensor]) -> bytes:
    """The bytes of an entry."""
    head = json.dumps(plain).encode()
    body = safetensors.torch.save({name: tensor.cpu() for name, tensor in _unshared(tensors).items()})
    payload = len(head).to_bytes(LENGTH, "little") + head + body
    return MAGIC + hashlib.sha256(payload).digest() + payload


def _unshared(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors that share memory, copied apart: the format refuses them."""
    seen: set[int] = set()
    apart = {}
    for name, tensor in tensors.items():
        storage = tensor.untyped_storage().data_ptr()
        partial = tensor.numel() * tensor.element_size() != tensor.untyped_storage().nbytes()
        apart[name] = tensor.clone() if storage in seen or partial else tensor
        seen.add(storage)
    return apart


def decode_entry(data: bytes) -> tuple[Any, dict[str, Tensor]]:
    """The JSON and the tensors of an entry.

    Raises:
        ValueError: the bytes are not those that were written.
    """
    start = len(MAGIC) + DIGEST
    if not data.startswith(MAGIC) or len(data) < start + LENGTH:
        raise ValueError("it is not a cache entry")
    if hashlib.sha256(memoryview(data)[start:]).digest() != data[len(MAGIC) : start]:
        raise ValueError("its checksum is wrong")
    length = int.from_bytes(data[start : start + LENGTH], "little")
    split = start + LENGTH + length
    return json.loads(data[start + LENGTH : split]), safetensors.torch.load(data[split:])


def write_atomically(path: Path, data: bytes, scratch: Path | None = None) -> None:
    """Write a file so that readers see the old contents or the new, never a part.

    Args:
        path: of the file.
        data: its contents.
        scratch: a folder on the same file system for the unfinished file; beside it where None.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if scratch is not None:
        scratch.mkdir(parents=True, exist_ok=True)
    unfinished = (scratch or path.parent) / f".{path.name}.{secrets.token_hex(6)}"
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)

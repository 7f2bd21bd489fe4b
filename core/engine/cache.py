"""Content-addressed results on disk: atomic to write, safe to share, a damaged entry is a miss.

An entry is one file: a magic number, the SHA-256 of what follows, the length of the JSON part, the
JSON part, and the tensors in the safetensors format.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import Tensor

from motionloom.core.data.storage import pack, unpack
from motionloom.core.errors import DataError

MAGIC = b"motionloom-1\n"
DIGEST = 32
LENGTH = 8


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
            path.unlink(missing_ok=True)
            raise Damaged(str(error)) from error

    def store(self, key: str, value: Any) -> None:
        """Store a value under a key; whoever comes first wins, the bytes are the same.

        Raises:
            DataError: the value holds something that cannot be stored.
        """
        write_atomically(self._entry(key), encode_entry(*pack(value)))

    def remember(self, place: str, components: Mapping[str, Any]) -> None:
        """Note what the key of a step was made of, so that the next plan can say what changed."""
        write_atomically(self._note(place), json.dumps(components).encode())

    def remembered(self, place: str) -> dict[str, Any] | None:
        """What the key of a step was made of when it last ran here; None where that is not known."""
        try:
            found = json.loads(self._note(place).read_bytes())
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def _entry(self, key: str) -> Path:
        return self.folder / "results" / key[:2] / key

    def _note(self, place: str) -> Path:
        return self.folder / "last" / place[:2] / f"{place}.json"


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


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that readers see the old contents or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        scratch.write_bytes(data)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)

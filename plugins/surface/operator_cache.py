"""Operators on disk, so that each mesh is worked on once.

An entry is a safetensors file named after its mesh, with the SHA-256 of its tensors in its header.
It is written whole or not at all; one that is torn, altered or of another mesh's size is a miss.
"""

import hashlib
import secrets
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import safetensors
import safetensors.torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.data import to_device
from motionloom.core.errors import DataError
from motionloom.core.node import default_cache_folder
from motionloom.plugins.surface.operators import EIGENPAIRS, SurfaceOperators, surface_operators

VERSION = 1
"""Counted up when the same mesh gets other operators than before."""

NAMES = tuple(field.name for field in fields(SurfaceOperators))
CHECKSUM = "sha256"


def cached_operators(
    vertices: Float[Tensor, "vertices 3"],
    faces: Int[Tensor, "faces 3"],
    eigenpairs: int = EIGENPAIRS,
    folder: Path | None = None,
) -> SurfaceOperators:
    """The operators of a mesh, from disk where they are there: see `surface_operators`.

    Where the folder cannot be written they are worked out and not kept.

    Args:
        vertices: (V, 3) metres.
        faces: (F, 3) counter-clockwise seen from outside.
        eigenpairs: how many.
        folder: where entries live; `operators_folder()` where None.

    Raises:
        DataError: a vertex is not finite.
    """
    path = (folder or operators_folder()) / f"{mesh_digest(vertices, faces, eigenpairs)}.safetensors"
    found = _load(path, len(vertices))
    if found is None:
        found = surface_operators(vertices, faces, eigenpairs)
        # A cache that cannot be written costs time, not the result.
        with suppress(OSError):
            _store(path, found)
    return to_device(found, vertices.device)


def operators_folder() -> Path:
    """The folder `operators` beside the engine's own cache."""
    return default_cache_folder() / "operators"


def mesh_digest(vertices: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"], eigenpairs: int) -> str:
    """The SHA-256, in hexadecimal, of a mesh to the last bit, and of what is asked about it."""
    head = f"operators {VERSION}, {eigenpairs} eigenpairs, {vertices.dtype}, {len(vertices)} vertices"
    digest = hashlib.sha256(head.encode())
    digest.update(_bytes(vertices))
    digest.update(_bytes(faces.long()))
    return digest.hexdigest()


def _bytes(tensor: Tensor) -> bytes:
    content: bytes = tensor.detach().cpu().numpy().tobytes()
    return content


def _checksum(tensors: dict[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for name in NAMES:
        digest.update(f"{name} {tuple(tensors[name].shape)} {tensors[name].dtype}".encode())
        digest.update(_bytes(tensors[name]))
    return digest.hexdigest()


def _load(path: Path, vertices: int) -> SurfaceOperators | None:
    """The entry, or None where there is none that is whole."""
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            written = (file.metadata() or {}).get(CHECKSUM)
            tensors = {name: file.get_tensor(name) for name in NAMES}
        if written != _checksum(tensors):
            return None
        found = SurfaceOperators(**tensors)
    except (OSError, safetensors.SafetensorError, DataError):
        return None
    return found if len(found) == vertices else None


def _store(path: Path, operators: SurfaceOperators) -> None:
    tensors = {name: getattr(operators, name).cpu().contiguous() for name in NAMES}
    data = safetensors.torch.save(tensors, {CHECKSUM: _checksum(tensors)})
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)

"""Multi-PIE's 68 landmarks on ICT-FaceKit's mesh, from the file that it publishes them in."""

import json
from pathlib import Path
from typing import Final

import torch
from jaxtyping import Int
from torch import Tensor

from motionloom.core.errors import ReadError, place
from motionloom.plugins.ict.topology import VERTICES
from motionloom.plugins.ict.where import REMEDY

FILE: Final = "vertex_indices.json"
KEY: Final = "idx_to_landmark_verts"
LARGEST: Final = 4 * 2**20
"""Bytes; the published file has 164,000."""


def landmarks_beside(folder: Path) -> Int[Tensor, "landmarks"] | None:
    """The landmark vertices that `vertex_indices.json` in a folder names; None where it has no such file.

    Raises:
        ReadError: the file is damaged.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    found = _read(path)
    indices = found.get(KEY) if isinstance(found, dict) else None
    fit = isinstance(indices, list) and all(type(index) is int and 0 <= index < VERTICES for index in indices)
    if not fit or not indices:
        raise ReadError(f"{KEY} is no list of vertices", where=place(path), remedy=REMEDY)
    return torch.tensor(indices, dtype=torch.long)


def _read(path: Path) -> object:
    if path.stat().st_size > LARGEST:
        raise ReadError(f"the file is larger than {LARGEST // 2**20} MiB", where=place(path), remedy=REMEDY)
    try:
        found: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ReadError(f"the file cannot be read: {error}", where=place(path), remedy=REMEDY) from error
    return found

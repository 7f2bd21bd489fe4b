"""Pictures that a material names, if they lie below the file's folder."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pxr import Sdf

from motionloom.plugins.scene_graph.stored import StoredTexture
from motionloom.plugins.usd.layers import is_below

LARGEST = 256 * 2**20
"""Bytes of a picture, and of all pictures of a file together four times as many."""

SIGNATURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
"""How PNG (specification, section 5.2) and JPEG files (T.81, B.1.1.3) begin."""


class Pictures:
    """Reads each picture once.

    Args:
        folder: what may be read.
        warn: told of every picture that is left out.
    """

    def __init__(self, folder: Path, warn: Callable[[str], None]) -> None:
        self._folder = folder
        self._warn = warn
        self._known: dict[str, StoredTexture | None] = {}
        self._bytes = 0

    def read(self, asset: Sdf.AssetPath) -> StoredTexture | None:
        """A picture as it is encoded; None, with a warning, where it cannot be had."""
        named, resolved = str(asset.path)[:200], str(asset.resolvedPath)
        if not named:
            return None
        if not resolved or not is_below(resolved, self._folder):
            self._leave_out(named, "lies outside the file's folder" if resolved else "is not there")
            return None
        if resolved not in self._known:
            self._known[resolved] = self._encoded(named, Path(os.path.realpath(resolved)))
        return self._known[resolved]

    def _leave_out(self, named: str, why: str) -> None:
        self._warn(f"the picture {named} {why} and is left out")

    def _encoded(self, named: str, path: Path) -> StoredTexture | None:
        size = path.stat().st_size if path.is_file() else 0
        self._bytes += size
        if size > LARGEST or self._bytes > 4 * LARGEST:
            self._leave_out(named, f"takes more than {LARGEST >> 20} MB")
            return None
        data = path.read_bytes() if size else b""
        for media_type, signature in SIGNATURES.items():
            if data.startswith(signature):
                array = np.frombuffer(data, dtype=np.uint8)
                return {"name": path.stem, "media_type": media_type, "data": array}
        self._leave_out(named, "is neither PNG nor JPEG")
        return None

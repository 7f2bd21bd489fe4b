"""Materials: colour, finish and picture; the rest of what glTF can say has no place in a take."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch

from motionloom.core.data import Material, Texture
from motionloom.core.data.material import MediaType
from motionloom.core.errors import ReadError
from motionloom.plugins.gltf.buffers import Buffers
from motionloom.plugins.gltf.fields import Entry
from motionloom.plugins.gltf.uris import beside, decoded, is_data

SIGNATURES: Final[tuple[tuple[bytes, MediaType], ...]] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)

DEFAULT: Final = Material("default", metallic=1.0, roughness=1.0)
"""What triangles without a material look like: glTF 2.0 specification, section 3.9.2."""


@dataclass(frozen=True)
class Materials:
    """The materials of a document, and after them the default one.

    Args:
        values: one a material.
        uv_sets: the set of texture coordinates that each of the document's own uses.
    """

    values: tuple[Material, ...]
    uv_sets: list[int]


def read_materials(buffers: Buffers, warn: Callable[[str], None]) -> Materials:
    """The materials of a document.

    Args:
        buffers: where pictures may lie.
        warn: told of pictures that are left out.

    Raises:
        ReadError: a colour makes no sense, or a picture is not where the document says.
    """
    entries = buffers.document.entries("materials")
    if not entries:
        return Materials((), [])
    pictures = Pictures(buffers, warn)
    values, uv_sets = [], []
    for number, entry in enumerate(entries):
        finish = entry.entry("pbrMetallicRoughness")
        picture = finish.entry("baseColorTexture")
        values.append(
            Material(
                entry.text("name") or f"material_{number}",
                _colour(finish),
                _share(finish, "metallicFactor"),
                _share(finish, "roughnessFactor"),
                pictures.texture(picture) if finish.has("baseColorTexture") else None,
            )
        )
        uv_sets.append(picture.integer("texCoord", 0, most=64))
    return Materials((*values, DEFAULT), uv_sets)


def _colour(finish: Entry) -> tuple[float, float, float, float]:
    red, green, blue, alpha = (min(max(c, 0.0), 1.0) for c in finish.numbers("baseColorFactor", 4, (1.0,) * 4))
    return red, green, blue, alpha


def _share(finish: Entry, name: str) -> float:
    return min(max(finish.number(name, 1.0), 0.0), 1.0)


class Pictures:
    """The pictures of a document, each read once.

    Args:
        buffers: where they may lie.
        warn: told of those that are left out.
    """

    def __init__(self, buffers: Buffers, warn: Callable[[str], None]) -> None:
        self.buffers = buffers
        self.textures = buffers.document.entries("textures")
        self.images = buffers.document.entries("images")
        self.warn = warn
        self._read: dict[int, Texture | None] = {}

    def texture(self, entry: Entry) -> Texture | None:
        """The picture that a material names; None where it cannot be had."""
        if entry.entry("extensions").has("KHR_texture_transform"):
            self.warn(f"the picture of {entry.where} is shifted or scaled (KHR_texture_transform): that is left out")
        number = entry.index("index", len(self.textures))
        source = None if number is None else self.textures[number].index("source", len(self.images))
        if source is None:
            self.warn(f"the picture of {entry.where} is neither PNG nor JPEG and is left out")
            return None
        if source not in self._read:
            self._read[source] = self._picture(self.images[source], source)
        return self._read[source]

    def _picture(self, entry: Entry, number: int) -> Texture | None:
        name = entry.text("name") or _stem(entry.text("uri")) or f"picture_{number}"
        data = self._bytes(entry)
        if data is None:
            return None
        media = next((media for start, media in SIGNATURES if data.startswith(start)), None)
        if media is None:
            self.warn(f"the picture {name!r} is neither PNG nor JPEG and is left out")
            return None
        self.buffers.budget.spend(len(data), entry.where)
        return Texture(name, media, torch.from_numpy(np.frombuffer(data, np.uint8).copy()))

    def _bytes(self, entry: Entry) -> bytes | None:
        view = self.buffers.index(entry)
        if view is not None:
            return bytes(self.buffers.view(view))
        uri = entry.text("uri")
        if is_data(uri):
            return decoded(uri, entry.where)
        try:
            path = beside(uri, self.buffers.folder, entry.where)
            self.buffers.budget.extend(path.stat().st_size)
            return path.read_bytes()
        except (ReadError, OSError):
            self.warn(f"the picture {uri[:80]!r} is not in the folder of the document and is left out")
            return None


def _stem(uri: str) -> str:
    return "" if is_data(uri) else uri.rsplit("/", 1)[-1].rsplit(".", 1)[0]

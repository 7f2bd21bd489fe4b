"""Materials of a character and the pictures on them."""

import re
from collections.abc import Sequence
from typing import Final

import torch

from motionloom.core.data import Character, Material, Texture
from motionloom.core.errors import ExportError
from motionloom.exporters.gltf.buffer import Json

CLAY: Final[Json] = {
    "name": "clay",
    "pbrMetallicRoughness": {"baseColorFactor": [0.6, 0.6, 0.6, 1.0], "metallicFactor": 0.0, "roughnessFactor": 0.8},
}
"""Plain grey. A mesh without a material is drawn as polished metal, which looks black in most viewers."""

SUFFIXES: Final = {"image/png": ".png", "image/jpeg": ".jpg"}
LONGEST_NAME: Final = 64


def textures_of(character: Character) -> tuple[Texture, ...]:
    """The pictures of all materials, each once.

    Raises:
        ExportError: there is one, but the mesh has no texture coordinates.
    """
    found: list[Texture] = []
    for material in character.materials:
        if material.texture is None:
            continue
        if character.mesh.uv is None:
            what = f"the material {material.name!r} has a texture, and the mesh no texture coordinates to lay it out"
            raise ExportError(what, remedy="give the mesh uv, or leave the texture out")
        if not any(_same(material.texture, texture) for texture in found):
            found.append(material.texture)
    return tuple(found)


def material_documents(character: Character, textures: Sequence[Texture]) -> list[Json]:
    """Describe the materials of a character in order; plain grey where it has none.

    Args:
        character: whose.
        textures: numbered as in the file.
    """
    return [_material(material, textures) for material in character.materials] or [CLAY]


def texture_documents(textures: Sequence[Texture]) -> Json:
    """Describe textures, whose images have the same numbers; nothing where there are none."""
    if not textures:
        return {}
    return {"textures": [{"name": texture.name, "source": number} for number, texture in enumerate(textures)]}


def file_names(stem: str, textures: Sequence[Texture]) -> list[str]:
    """Names for image files beside a document, safe on every file system and different from one another.

    Args:
        stem: of the document's name.
        textures: named and encoded.
    """
    names: list[str] = []
    for number, texture in enumerate(textures):
        safe = re.sub(r"[^\w-]+", "_", texture.name)[:LONGEST_NAME] or "texture"
        name = f"{stem}_{safe}{SUFFIXES[texture.media_type]}"
        if name.casefold() in (earlier.casefold() for earlier in names):
            name = f"{stem}_{safe}_{number}{SUFFIXES[texture.media_type]}"
        names.append(name)
    return names


def _material(material: Material, textures: Sequence[Texture]) -> Json:
    finish: Json = {
        "baseColorFactor": list(material.base_color),
        "metallicFactor": material.metallic,
        "roughnessFactor": material.roughness,
    }
    if material.texture is not None:
        number = next(index for index, texture in enumerate(textures) if _same(texture, material.texture))
        finish["baseColorTexture"] = {"index": number}
    described: Json = {"name": material.name, "pbrMetallicRoughness": finish}
    return described | {"alphaMode": "BLEND"} if material.base_color[3] < 1 else described


def _same(one: Texture, other: Texture) -> bool:
    named_alike = (one.name, one.media_type) == (other.name, other.media_type)
    return one is other or (named_alike and torch.equal(one.data, other.data))

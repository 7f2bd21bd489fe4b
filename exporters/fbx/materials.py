"""Materials in FBX's Phong terms, with their textures inside the file."""

from collections.abc import Sequence
from typing import Final

from motionloom.core.data import Material, Texture
from motionloom.exporters.fbx.objects import Objects
from motionloom.exporters.fbx.properties import color, entry, number, properties, string
from motionloom.exporters.fbx.records import ObjectName, Record

SUFFIXES: Final = {"image/png": ".png", "image/jpeg": ".jpg"}

SHINIEST: Final = 100.0
"""The exponent of a mirror. Blender reads a roughness of 1 - sqrt(exponent / 100), and so do those who follow it."""


def add_materials(objects: Objects, materials: Sequence[Material]) -> list[int]:
    """Store materials and textures, a texture that several share once, and give the materials' numbers."""
    pictures: dict[int, int] = {}
    numbers = []
    for material in materials:
        found = objects.add("Material", ObjectName(material.name, "Material"), "", _phong(material))
        if material.texture is not None:
            key = id(material.texture)
            if key not in pictures:
                pictures[key] = _add_texture(objects, material.texture)
            objects.connect(pictures[key], found, "DiffuseColor")
        numbers.append(found)
    return numbers


def shininess(material: Material) -> float:
    """The exponent of the highlight that a roughness amounts to."""
    return SHINIEST * (1.0 - material.roughness) ** 2


def file_name(texture: Texture) -> str:
    """What the picture would be called on disk."""
    return texture.name + SUFFIXES[texture.media_type]


def _phong(material: Material) -> list[Record]:
    *base, alpha = material.base_color
    entries = [
        color("DiffuseColor", base),
        number("DiffuseFactor", 1.0, "A"),
        color("TransparentColor", (1.0, 1.0, 1.0)),
        number("TransparencyFactor", 1.0 - alpha, "A"),
        number("Opacity", alpha, "A"),
        color("SpecularColor", (0.2, 0.2, 0.2)),
        number("SpecularFactor", 1.0, "A"),
        number("Shininess", shininess(material), "A"),
        number("ShininessExponent", shininess(material), "A"),
        number("ReflectionFactor", material.metallic, "A"),
    ]
    head = [Record("Version", (102,)), Record("ShadingModel", ("phong",)), Record("MultiLayer", (0,))]
    return [*head, properties(entries)]


def _add_texture(objects: Objects, texture: Texture) -> int:
    name = file_name(texture)
    places = [Record("FileName", (name,)), Record("RelativeFilename", (name,))]
    clip = [
        Record("Type", ("Clip",)),
        properties([entry("Path", "KString", "XRefUrl", "", name)]),
        Record("UseMipMap", (0,)),
        Record("Filename", (name,)),
        Record("RelativeFilename", (name,)),
        Record("Content", (texture.data.cpu().numpy().tobytes(),)),
    ]
    video = objects.add("Video", ObjectName(texture.name, "Video"), "Clip", clip)
    layer = [
        Record("Type", ("TextureVideoClip",)),
        Record("Version", (202,)),
        Record("TextureName", (ObjectName(texture.name, "Texture"),)),
        properties([string("UVSet", "UVMap"), entry("UseMaterial", "bool", "", "", 1)]),
        Record("Media", (ObjectName(texture.name, "Video"),)),
        *places,
        Record("ModelUVTranslation", (0.0, 0.0)),
        Record("ModelUVScaling", (1.0, 1.0)),
        Record("Texture_Alpha_Source", ("None",)),
        Record("Cropping", (0, 0, 0, 0)),
    ]
    number_ = objects.add("Texture", ObjectName(texture.name, "Texture"), "", layer)
    objects.connect(video, number_)
    return number_

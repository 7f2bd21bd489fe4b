"""Materials through Autodesk's FBX SDK."""

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from motionloom.core.data import Material, Texture
from motionloom.exporters.fbx.materials import file_name, shininess


def add_materials(sdk: ModuleType, document: Any, materials: Sequence[Material], pictures: Path) -> list[Any]:
    """Add materials.

    Args:
        sdk: the module.
        document: its scene.
        materials: the character's.
        pictures: a folder where textures lie until the file is written.
    """
    added = []
    for number, material in enumerate(materials):
        phong = sdk.FbxSurfacePhong.Create(document, material.name)
        *base, alpha = material.base_color
        phong.Diffuse.Set(sdk.FbxDouble3(*base))
        phong.TransparentColor.Set(sdk.FbxDouble3(1.0, 1.0, 1.0))
        phong.TransparencyFactor.Set(1.0 - alpha)
        phong.Shininess.Set(shininess(material))
        phong.ReflectionFactor.Set(material.metallic)
        if material.texture is not None:
            picture = _picture(pictures / str(number), material.texture)
            phong.Diffuse.ConnectSrcObject(_texture(sdk, document, material.texture, picture))
        added.append(phong)
    return added


def _picture(folder: Path, texture: Texture) -> Path:
    folder.mkdir()
    # The name is a file's: a slash in it must not lead elsewhere.
    path = folder / file_name(texture).replace("/", "_").replace("\\", "_")
    path.write_bytes(texture.data.cpu().numpy().tobytes())
    return path


def _texture(sdk: ModuleType, document: Any, texture: Texture, picture: Path) -> Any:
    added = sdk.FbxFileTexture.Create(document, texture.name)
    added.SetFileName(str(picture))
    added.UVSet.Set("UVMap")
    return added

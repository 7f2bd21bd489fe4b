"""Materials as UsdPreviewSurface, and their pictures as files beside the USD file or inside it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from pxr import Gf, Sdf, Usd, UsdShade

from motionloom.core.data import Character, Material, Mesh, Texture
from motionloom.core.errors import ExportError
from motionloom.exporters.usd.identifiers import identifiers

SUFFIXES: Final = {"image/png": ".png", "image/jpeg": ".jpg"}

LONGEST_STEM: Final = 64

NameFile = Callable[[str], str]
"""The asset path of a picture, relative to the layer, from a file name that is an identifier with a suffix."""


def texture_files(character: Character, name_file: NameFile) -> dict[int, str]:
    """An asset path for the picture of each material that has one; the same for the same picture.

    Args:
        character: with the materials.
        name_file: makes an asset path of a file name.

    Raises:
        ExportError: there is a picture, but the mesh has no texture coordinates.
    """
    different: list[Texture] = []
    chosen: dict[int, int] = {}
    for number, material in enumerate(character.materials):
        if material.texture is not None:
            _refuse_without_uv(character.mesh, material)
            chosen[number] = _place(material.texture, different)
    # Lower case, since many file systems do not tell capitals apart.
    stems = identifiers([texture.name[:LONGEST_STEM].lower() for texture in different])
    paths = [name_file(stem + SUFFIXES[texture.media_type]) for stem, texture in zip(stems, different, strict=True)]
    return {number: paths[place] for number, place in chosen.items()}


def _refuse_without_uv(mesh: Mesh, material: Material) -> None:
    if mesh.uv is None and len(mesh.vertices):
        raise ExportError(
            f"the material {material.name!r} has a texture, and the mesh no texture coordinates to lay it out",
            remedy="give the mesh uv, or leave the texture out",
        )


def _place(texture: Texture, different: list[Texture]) -> int:
    """Where a picture is in the list; it is added where no equal one is."""
    for place, other in enumerate(different):
        if _same_picture(texture, other):
            return place
    different.append(texture)
    return len(different) - 1


def _same_picture(one: Texture, other: Texture) -> bool:
    return (one.name, one.media_type) == (other.name, other.media_type) and one.data.equal(other.data)


def write_textures(materials: Sequence[Material], files: dict[int, str], folder: Path) -> list[Path]:
    """Write the pictures below a folder, each once, and give their paths."""
    written: dict[str, Path] = {}
    for number, name in files.items():
        texture = materials[number].texture
        if texture is not None and name not in written:
            written[name] = folder / name
            written[name].parent.mkdir(exist_ok=True)
            written[name].write_bytes(texture.data.cpu().numpy().tobytes())
    return list(written.values())


def write_materials(
    stage: Usd.Stage, scope: str, materials: Sequence[Material], files: dict[int, str]
) -> list[UsdShade.Material]:
    """Define a Material prim for each material, in order.

    Args:
        stage: where.
        scope: the path of the prim that holds them.
        materials: the character's.
        files: the asset path of each one's picture, from `texture_files`.
    """
    if not materials:
        return []
    stage.DefinePrim(scope, "Scope")
    names = identifiers([material.name for material in materials])
    return [
        _write_material(stage, f"{scope}/{name}", material, files.get(number))
        for number, (name, material) in enumerate(zip(names, materials, strict=True))
    ]


def _write_material(stage: Usd.Stage, path: str, material: Material, file: str | None) -> UsdShade.Material:
    """UsdPreviewSurface specification, "Core Nodes"."""
    prim = UsdShade.Material.Define(stage, path)
    show_name(prim.GetPrim(), material.name)
    surface = UsdShade.Shader.Define(stage, f"{path}/Surface")
    surface.CreateIdAttr("UsdPreviewSurface")
    surface.CreateInput("metallic", Sdf.ValueTypeNames.Float).Set(material.metallic)
    surface.CreateInput("roughness", Sdf.ValueTypeNames.Float).Set(material.roughness)
    color = surface.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f)
    opacity = surface.CreateInput("opacity", Sdf.ValueTypeNames.Float)
    color.Set(Gf.Vec3f(*material.base_color[:3]))
    opacity.Set(material.base_color[3])
    if file is not None:
        picture = _write_texture(stage, path, material, file)
        color.ConnectToSource(picture.CreateOutput("rgb", Sdf.ValueTypeNames.Float3))
        # As in glTF, a picture's alpha counts only where the material is meant to be seen through.
        if material.base_color[3] < 1.0:
            opacity.ConnectToSource(picture.CreateOutput("a", Sdf.ValueTypeNames.Float))
    output = surface.CreateOutput("surface", Sdf.ValueTypeNames.Token)
    prim.CreateSurfaceOutput().ConnectToSource(output)
    return prim


def _write_texture(stage: Usd.Stage, path: str, material: Material, file: str) -> UsdShade.Shader:
    reader = UsdShade.Shader.Define(stage, f"{path}/Coordinates")
    reader.CreateIdAttr("UsdPrimvarReader_float2")
    reader.CreateInput("varname", Sdf.ValueTypeNames.String).Set("st")
    picture = UsdShade.Shader.Define(stage, f"{path}/Picture")
    picture.CreateIdAttr("UsdUVTexture")
    picture.CreateInput("file", Sdf.ValueTypeNames.Asset).Set(Sdf.AssetPath(file))
    picture.CreateInput("sourceColorSpace", Sdf.ValueTypeNames.Token).Set("sRGB")
    picture.CreateInput("scale", Sdf.ValueTypeNames.Float4).Set(Gf.Vec4f(*material.base_color))
    for axis in ("wrapS", "wrapT"):
        picture.CreateInput(axis, Sdf.ValueTypeNames.Token).Set("repeat")
    coordinates = reader.CreateOutput("result", Sdf.ValueTypeNames.Float2)
    picture.CreateInput("st", Sdf.ValueTypeNames.Float2).ConnectToSource(coordinates)
    return picture


def show_name(prim: Usd.Prim, name: str) -> None:
    """Keep what something is really called, where its prim could not be called that."""
    if prim.GetName() != name:
        prim.SetDisplayName(name)

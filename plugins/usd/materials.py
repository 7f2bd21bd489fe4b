"""UsdPreviewSurface materials in metallic-roughness terms, and the faces that have them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from pxr import Sdf, Usd, UsdGeom, UsdShade

from motionloom.plugins.scene_graph.stored import StoredMaterial, StoredTexture
from motionloom.plugins.usd.textures import Pictures
from motionloom.plugins.usd.values import Integers, integers_of, name_of, value_of, wrong

DIFFUSE, METALLIC, ROUGHNESS = (0.18, 0.18, 0.18), 0.0, 0.5
"""What UsdPreviewSurface's inputs are where nothing is said (its specification, "Core Nodes")."""

MOST_HOPS = 16
"""Connections that are followed from an input to what feeds it."""


class Materials:
    """Collects the materials of meshes in the order in which they turn up.

    Args:
        folder: where pictures may be.
        warn: told of what is left out.
    """

    def __init__(self, folder: Path, warn: Callable[[str], None]) -> None:
        self.stored: list[StoredMaterial] = []
        self._numbers: dict[Sdf.Path | None, int] = {}
        self._pictures = Pictures(folder, warn)
        self._warn = warn

    def of_faces(self, mesh: Usd.Prim, source: Integers, polygons: int) -> Integers | None:
        """The material of each triangle; None where the file chooses none for this mesh.

        Args:
            mesh: the Mesh prim.
            source: (F,) the polygon of each triangle.
            polygons: how many the prim has.

        Raises:
            ReadError: a subset names a polygon that is not there.
        """
        whole = _bound(mesh)
        chosen: list[tuple[Integers, UsdShade.Material]] = []
        for child in mesh.GetChildren():
            material = _bound(child) if child.IsA(UsdGeom.Subset) else None
            faces = _subset_faces(child, polygons) if material else None
            if material and faces is not None:
                chosen.append((faces, material))
        if not whole and not chosen:
            return None
        numbers = np.full(polygons, -1, dtype=np.int64)
        for faces, material in chosen:
            numbers[faces] = self._number(material)
        if (numbers < 0).any():
            numbers[numbers < 0] = self._number(whole)
        return numbers[source]

    def _number(self, material: UsdShade.Material | None) -> int:
        path = material.GetPath() if material else None
        if path not in self._numbers:
            self._numbers[path] = len(self.stored)
            self.stored.append(self._read(material) if material else _plain("unassigned"))
        return self._numbers[path]

    def _read(self, material: UsdShade.Material) -> StoredMaterial:
        shader = material.ComputeSurfaceSource()[0]
        name = name_of(material.GetPrim())
        if not shader or shader.GetShaderId() != "UsdPreviewSurface":
            self._warn(f"the material {name} is no UsdPreviewSurface and becomes grey")
            return _plain(name)
        picture, tint = self._base_texture(shader)
        colour = tint if picture is not None else _colour(_value(shader, "diffuseColor"), DIFFUSE)
        return {
            "name": name,
            "base_color": [*colour, _factor(_value(shader, "opacity"), 1.0)],
            "metallic": _factor(_value(shader, "metallic"), METALLIC),
            "roughness": _factor(_value(shader, "roughness"), ROUGHNESS),
            "texture": picture,
        }

    def _base_texture(self, shader: UsdShade.Shader) -> tuple[StoredTexture | None, list[float]]:
        """The picture that feeds the diffuse colour, and what it is multiplied with."""
        source = _feeding(shader, "diffuseColor")
        if source is None or source.GetShaderId() != "UsdUVTexture":
            return None, [1.0, 1.0, 1.0]
        asset = _value(source, "file")
        picture = self._pictures.read(asset) if isinstance(asset, Sdf.AssetPath) else None
        return picture, _colour(_value(source, "scale"), (1.0, 1.0, 1.0))


def _plain(name: str) -> StoredMaterial:
    colour = [*DIFFUSE, 1.0]
    return {"name": name, "base_color": colour, "metallic": METALLIC, "roughness": ROUGHNESS, "texture": None}


def _bound(prim: Usd.Prim) -> UsdShade.Material | None:
    return UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial()[0] or None


def _subset_faces(subset: Usd.Prim, polygons: int) -> Integers | None:
    schema = UsdGeom.Subset(subset)
    if value_of(schema.GetElementTypeAttr()) != UsdGeom.Tokens.face:
        return None
    faces = integers_of(schema.GetIndicesAttr())
    if faces is not None and (faces.min() < 0 or faces.max() >= polygons):
        raise wrong(schema.GetIndicesAttr(), f"names polygons up to {faces.max()}, and there are {polygons}")
    return faces


def _value(shader: UsdShade.Shader, name: str) -> Any:
    """The value of an input, its own or that of the input of the material which feeds it."""
    found = shader.GetInput(name)
    for _ in range(MOST_HOPS):
        if not found:
            return None
        sources = found.GetConnectedSources()[0]
        if not sources:
            return value_of(found.GetAttr())
        if sources[0].sourceType != UsdShade.AttributeType.Input:
            return None
        found = sources[0].source.GetInput(sources[0].sourceName)
    return None


def _feeding(shader: UsdShade.Shader, name: str) -> UsdShade.Shader | None:
    """The shader whose output feeds an input, through node graphs in between."""
    found = shader.GetInput(name)
    for _ in range(MOST_HOPS):
        sources = found.GetConnectedSources()[0] if found else ()
        if not sources:
            return None
        prim, kind = sources[0].source.GetPrim(), sources[0].sourceType
        if prim.IsA(UsdShade.Shader):
            return UsdShade.Shader(prim)
        inside = sources[0].source
        port = sources[0].sourceName
        found = inside.GetInput(port) if kind == UsdShade.AttributeType.Input else inside.GetOutput(port)
    return None


def _colour(value: Any, fallback: tuple[float, float, float]) -> list[float]:
    try:
        numbers = [float(part) for part in value][:3]
    except (TypeError, ValueError):
        return list(fallback)
    return [_factor(part, 0.0) for part in numbers] if len(numbers) == 3 else list(fallback)


def _factor(value: Any, fallback: float) -> float:
    """A number from 0 to 1."""
    good = isinstance(value, (int, float)) and np.isfinite(value)
    return min(max(float(value), 0.0), 1.0) if good else fallback

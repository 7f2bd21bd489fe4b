"""Meshes of ufbx as objects of a scene: one a node that shows it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray

from motionloom.core.errors import ReadError
from motionloom.plugins.fbx.geometry import Geometry, read_geometry
from motionloom.plugins.fbx.held import Held
from motionloom.plugins.fbx.numbers import homogeneous, integers, usable
from motionloom.plugins.fbx.shapes import Channel, read_channels, read_offsets
from motionloom.plugins.fbx.skins import MOST_INFLUENCES, read_binding
from motionloom.plugins.scene_graph.stored import StoredMesh, StoredSkin

MOST_NUMBERS: Final = 2**27
"""Numbers of the vertices of all objects and shapes together: one gigabyte."""

Matrix = Float64[ndarray, "4 4"]


@dataclass
class Objects:
    """The meshes of a scene.

    Args:
        held: keeps what is touched.
        warn: told of what is left out.
        places: the scene's place of each node of ufbx's.
        meshes: what `read` has found.
        channels: each object that has some, by its place among the objects, with each of its channels.
    """

    held: Held
    warn: Callable[[str], None]
    places: dict[int, int]
    meshes: list[StoredMesh] = field(default_factory=list)
    channels: list[tuple[int, Channel]] = field(default_factory=list)
    _numbers: int = 0

    def read(self, scene: Any) -> None:
        """Find all objects of a scene.

        Args:
            scene: ufbx's scene.

        Raises:
            ReadError: they are damaged or out of all proportion.
        """
        for mesh in self.held.each(scene.meshes):
            nodes = [node for node in self.held.each(mesh.instances) if not node.is_root]
            if not nodes or not mesh.num_triangles:
                continue
            geometry, channels = read_geometry(self.held, mesh), read_channels(self.held, mesh)
            for node in nodes:
                self.channels += [(len(self.meshes), channel) for channel in channels]
                self.meshes.append(self._object(mesh, node, geometry, channels))

    def _object(self, mesh: Any, node: Any, geometry: Geometry, channels: list[Channel]) -> StoredMesh:
        name = str(node.name or mesh.name)
        where = f"mesh {name!r}"
        skins = self.held.each(mesh.skin_deformers)
        # A skin's matrices lead from the mesh's own space; without one the node's geometric transform does.
        to_node = np.eye(4) if skins else homogeneous(node.geometry_to_node)
        self._check_size(geometry, channels, where)
        self._warn_of_rest(mesh, channels, where)
        return {
            "name": name,
            "node": self.places[node.typed_id],
            "vertices": usable(geometry.vertices @ to_node[:3, :3].T + to_node[:3, 3], where),
            "faces": geometry.faces,
            "normals": _turned(geometry.normals, to_node[:3, :3]),
            "uv": None if geometry.uv is None else usable(geometry.uv * [1.0, -1.0] + [0.0, 1.0], where),
            "face_materials": self._face_materials(mesh, node, geometry),
            "skin": self._skin(skins, node, geometry, where) if skins else None,
            "shapes": self._shapes(geometry, channels, to_node, where),
        }

    def _check_size(self, geometry: Geometry, channels: list[Channel], where: str) -> None:
        shapes = sum(len(channel.names) for channel in channels)
        self._numbers += (shapes + 3) * 3 * len(geometry.point_of)
        if self._numbers > MOST_NUMBERS:
            what = f"brings vertices and shapes to more than {MOST_NUMBERS} numbers"
            raise ReadError(what, where=where, remedy="split the file")

    def _face_materials(self, mesh: Any, node: Any, geometry: Geometry) -> Int64[ndarray, "faces"] | None:
        # Every node may dress the mesh anew.
        worn = self.held.each(node.materials) or self.held.each(mesh.materials)
        if not worn:
            return None
        numbers = np.array([material.typed_id for material in worn], dtype=np.int64)
        slots = integers(self.held, mesh.face_material)
        chosen = slots[geometry.polygons] if len(slots) else np.zeros(len(geometry.faces), np.int64)
        return np.asarray(numbers[np.minimum(chosen, len(numbers) - 1)])

    def _shapes(
        self, geometry: Geometry, channels: list[Channel], to_node: Matrix, where: str
    ) -> dict[str, Float64[ndarray, "vertices 3"]]:
        found = {}
        for channel in channels:
            for name, shape in zip(channel.names, channel.shapes, strict=True):
                moved = read_offsets(self.held, shape, len(geometry.points))[geometry.point_of]
                found[name] = usable(moved @ to_node[:3, :3].T, f"{where}, shape {name!r}")
        return found

    def _skin(self, skins: list[Any], node: Any, geometry: Geometry, where: str) -> StoredSkin:
        binding = read_binding(self.held, skins[0], node, len(geometry.points))
        self._warn_of_skin(skins, binding.cut, where)
        return {
            "nodes": [self.places[each] for each in binding.nodes],
            "inverse_bind": usable(binding.inverse_bind, f"the skin of {where}"),
            "joints": binding.joints[geometry.point_of],
            "weights": binding.weights[geometry.point_of],
        }

    def _warn_of_skin(self, skins: list[Any], cut: bool, where: str) -> None:
        if len(skins) > 1:
            self.warn(f"{where} has {len(skins)} skins, of which the first is read")
        if self.held(skins[0].skinning_method) > 1:
            self.warn(f"{where} is skinned by dual quaternions, which is read as linear blending")
        if cut:
            self.warn(f"{where} has vertices of more than {MOST_INFLUENCES} joints, of which the heaviest are read")

    def _warn_of_rest(self, mesh: Any, channels: list[Channel], where: str) -> None:
        between = sum(len(channel.names) - 1 for channel in channels)
        if between:
            self.warn(f"{where} has {between} in-between shapes, which become shapes of their own")
        if len(self.held(mesh.cache_deformers)):
            self.warn(f"{where} has a geometry cache, which is left out: bake it to blend shapes to keep it")


def _turned(
    normals: Float64[ndarray, "vertices 3"] | None, matrix: Float64[ndarray, "3 3"]
) -> Float64[ndarray, "vertices 3"] | None:
    """Normals after the matrix, by its cofactors, which a flattening one has too; None where they vanish."""
    if normals is None:
        return None
    first, second, third = matrix.T
    # Those of a mirroring matrix turn normals inwards, as the matrix turns the triangles.
    cofactors = np.stack((np.cross(second, third), np.cross(third, first), np.cross(first, second)), axis=1)
    turned = normals @ cofactors.T
    lengths = np.linalg.norm(turned, axis=-1, keepdims=True)
    return turned / lengths if ((lengths > 0) & np.isfinite(lengths)).all() else None

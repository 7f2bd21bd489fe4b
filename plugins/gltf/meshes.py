"""The meshes on a scene's nodes: their primitives put together, and what binds them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from motionloom.plugins.gltf.accessors import Accessors
from motionloom.plugins.gltf.fields import Entry
from motionloom.plugins.gltf.hierarchy import Hierarchy
from motionloom.plugins.gltf.primitives import Primitive, computed_normals, read_primitive
from motionloom.plugins.gltf.shared_vertices import joined, sharing
from motionloom.plugins.gltf.triangles import FAN, MODES, TRIANGLES
from motionloom.plugins.scene_graph.model import SceneMesh, SceneSkin
from motionloom.plugins.scene_graph.unique_names import unique_names


@dataclass(frozen=True)
class Surface:
    """A mesh of the document, which several nodes may show.

    Args:
        mesh: everything but the node and the skin.
        joints: (V, I) index into the joints of whatever skin binds it.
        weights: (V, I).
        defaults: the weight that each shape has where nothing animates it.
    """

    mesh: SceneMesh
    joints: ndarray
    weights: ndarray
    defaults: tuple[float, ...]


class Meshes:
    """Reads the meshes of a document, each once however many nodes show it.

    Args:
        accessors: the document's arrays.
        uv_sets: the set of texture coordinates that each material's picture uses.
        warn: told of what is left out.
    """

    def __init__(self, accessors: Accessors, uv_sets: list[int], warn: Callable[[str], None]) -> None:
        self.accessors = accessors
        self.entries = accessors.buffers.document.entries("meshes")
        self.skins = accessors.buffers.document.entries("skins")
        self.nodes = len(accessors.buffers.document.entries("nodes"))
        self.uv_sets = uv_sets
        self.warn = warn
        self._read: dict[int, Surface | None] = {}

    def on(self, node: int, hierarchy: Hierarchy) -> tuple[SceneMesh, tuple[float, ...]] | None:
        """The mesh on a node, with its shapes' default weights; None where it shows no triangles.

        Args:
            node: its place in the hierarchy.
            hierarchy: all nodes.

        Raises:
            ReadError: the mesh or its skin makes no sense.
        """
        entry = hierarchy.entries[node]
        number = entry.index("mesh", len(self.entries))
        surface = None if number is None else self._surface(number)
        if surface is None:
            return None
        shapes, vertices = surface.mesh.shapes, len(surface.mesh.vertices)
        self.accessors.buffers.budget.spend(vertices * (160 + 48 * len(shapes)), entry.where)
        name = hierarchy.nodes[node].name if entry.text("name") else surface.mesh.name
        mesh = replace(surface.mesh, name=name, node=node, skin=self._skin(entry, surface, hierarchy))
        return mesh, tuple(entry.numbers("weights", len(shapes), surface.defaults))

    def _surface(self, number: int) -> Surface | None:
        if number not in self._read:
            self._read[number] = self._put_together(number, self.entries[number])
        return self._read[number]

    def _put_together(self, number: int, entry: Entry) -> Surface | None:
        name = entry.text("name") or f"mesh_{number}"
        entries = [one for one in entry.entries("primitives") if self._is_shown(one, name)]
        if not entries:
            return None
        read = [read_primitive(one, self.accessors, one.integer("mode", TRIANGLES), self.uv_sets) for one in entries]
        groups = sharing(entries, read, self.uv_sets)
        primitives = [joined(group) for group in groups]
        shapes = self._shapes(entry, entries, primitives, name)
        joints, weights = _joined_influences(primitives)
        mesh = SceneMesh(
            name,
            0,
            np.concatenate([one.vertices for one in primitives]),
            _joined_faces(primitives),
            _joined_normals(primitives),
            _joined_uv(primitives),
            self._face_materials([one for group in groups for one in group]),
            None,
            shapes,
        )
        return Surface(mesh, joints, weights, tuple(entry.numbers("weights", len(shapes), (0.0,) * len(shapes))))

    def _is_shown(self, entry: Entry, name: str) -> bool:
        """Whether a primitive is made of triangles and not compressed."""
        mode = entry.integer("mode", TRIANGLES, most=FAN)
        if entry.entry("extensions").has("KHR_draco_mesh_compression"):
            raise entry.error("it is compressed with KHR_draco_mesh_compression", remedy="export without compression")
        if mode < TRIANGLES:
            self.warn(f"mesh {name!r} holds {MODES[mode]}, which are left out")
        return mode >= TRIANGLES and entry.entry("attributes").has("POSITION")

    def _face_materials(self, primitives: Sequence[Primitive]) -> ndarray | None:
        if all(one.material is None for one in primitives):
            return None
        # The one after the last is the default material.
        chosen = [len(self.uv_sets) if one.material is None else one.material for one in primitives]
        return np.repeat(np.array(chosen), [len(one.faces) for one in primitives])

    def _shapes(
        self, entry: Entry, entries: Sequence[Entry], primitives: Sequence[Primitive], name: str
    ) -> dict[str, Float64[ndarray, "vertices 3"]]:
        count = max(len(one.targets) for one in primitives)
        vertices = sum(len(one.vertices) for one in primitives)
        self.accessors.buffers.budget.spend(24 * count * vertices, entry.where)
        names = self._target_names(entry, entries[0], count)
        shapes = {}
        for target, shape in enumerate(unique_names(names, f"shapes of mesh {name!r}", self.warn)):
            parts = [_target(one, target) for one in primitives]
            shapes[shape] = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return shapes

    def _target_names(self, entry: Entry, primitive: Entry, count: int) -> list[str]:
        """From `extras.targetNames`, as all exporters write it, else from the accessors, else numbers."""
        for extras in (entry.extras(), primitive.extras()):
            found = extras.values.get("targetNames")
            if isinstance(found, list) and len(found) == count and all(isinstance(one, str) for one in found):
                return [one or f"shape_{number}" for number, one in enumerate(found)]
        names = []
        for number, target in enumerate(primitive.entries("targets")[:count]):
            accessor = target.index("POSITION", len(self.accessors.entries))
            named = "" if accessor is None else self.accessors.entries[accessor].text("name")
            names.append(named or f"shape_{number}")
        return names + [f"shape_{number}" for number in range(len(names), count)]

    def _skin(self, entry: Entry, surface: Surface, hierarchy: Hierarchy) -> SceneSkin | None:
        number = entry.index("skin", len(self.skins))
        if number is None or not surface.weights.shape[1]:
            return None
        skin = self.skins[number]
        nodes = tuple(hierarchy.places[node] for node in skin.indices("joints", self.nodes))
        if not nodes:
            raise skin.error("it has no joints", "joints")
        return SceneSkin(nodes, self._inverse_bind(skin, len(nodes)), surface.joints, surface.weights)

    def _inverse_bind(self, skin: Entry, joints: int) -> Float64[ndarray, "joints 4 4"]:
        if not skin.has("inverseBindMatrices"):
            return np.tile(np.eye(4), (joints, 1, 1))
        columns = self.accessors.floats(self.accessors.number(skin, "inverseBindMatrices"), "MAT4")
        if len(columns) < joints:
            raise skin.error(f"{len(columns)} matrices for {joints} joints", "inverseBindMatrices")
        return columns[:joints].reshape(-1, 4, 4).transpose(0, 2, 1)


def _joined_faces(primitives: Sequence[Primitive]) -> ndarray:
    starts = np.cumsum([0, *(len(one.vertices) for one in primitives)])
    return np.concatenate([one.faces + start for one, start in zip(primitives, starts[:-1], strict=True)])


def _joined_normals(primitives: Sequence[Primitive]) -> ndarray | None:
    if all(one.normals is None for one in primitives):
        return None
    return np.concatenate([computed_normals(one) if one.normals is None else one.normals for one in primitives])


def _joined_uv(primitives: Sequence[Primitive]) -> ndarray | None:
    if all(one.uv is None for one in primitives):
        return None
    return np.concatenate([np.zeros((len(one.vertices), 2)) if one.uv is None else one.uv for one in primitives])


def _joined_influences(primitives: Sequence[Primitive]) -> tuple[ndarray, ndarray]:
    most = max(one.weights.shape[1] for one in primitives)

    def padded(values: ndarray) -> ndarray:
        return np.pad(values, ((0, 0), (0, most - values.shape[1])))

    joints = np.concatenate([padded(one.joints) for one in primitives])
    return joints, np.concatenate([padded(one.weights) for one in primitives])


def _target(primitive: Primitive, number: int) -> ndarray:
    """A morph target, at rest in a primitive that lacks it."""
    return primitive.targets[number] if number < len(primitive.targets) else np.zeros_like(primitive.vertices)

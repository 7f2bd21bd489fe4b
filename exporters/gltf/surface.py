"""The mesh of a character: vertex attributes, triangles and morph targets."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionloom.core.data import Character, FaceRig, Mesh, Skin, vertex_normals
from motionloom.exporters.gltf.buffer import TRIANGLES, VERTICES, Buffer, Json, component_type
from motionloom.exporters.gltf.influence_sets import SET, influence_sets
from motionloom.exporters.prepared.arrays import Floats, floats, unit
from motionloom.exporters.prepared.skin_weights import influences as influences_of

MATERIAL: Json = {
    "name": "clay",
    "pbrMetallicRoughness": {"baseColorFactor": [0.6, 0.6, 0.6, 1.0], "metallicFactor": 0.0, "roughnessFactor": 0.8},
}
"""Plain grey. A mesh without a material is drawn as polished metal, which looks black in most viewers."""


def mesh_document(buffer: Buffer, character: Character, influences: int | None) -> Json:
    """Store a character's surface and describe it as a mesh of one primitive with material 0.

    Args:
        buffer: where the arrays go.
        character: mesh, skin and face rig; normals are computed where the mesh has none.
        influences: the most influences a vertex keeps; all where None.

    Raises:
        ExportError: the skin weights cannot be written.
    """
    primitive: Json = {
        "attributes": _attributes(buffer, character.mesh) | _skin_attributes(buffer, character.skin, influences),
        "indices": buffer.add(_triangles(character.mesh), "SCALAR", target=TRIANGLES),
        "material": 0,
    }
    mesh: Json = {"name": character.name, "primitives": [primitive]}
    rig = character.face_rig
    if rig is not None and rig.names:
        primitive["targets"] = _morph_targets(buffer, rig)
        # glTF has no place for the names of morph targets; this is where every importer looks.
        mesh |= {"weights": [0.0] * len(rig.names), "extras": {"targetNames": list(rig.names)}}
    return mesh


def _attributes(buffer: Buffer, mesh: Mesh) -> dict[str, int]:
    normals = vertex_normals(mesh.vertices, mesh.faces) if mesh.normals is None else mesh.normals
    attributes = {
        "POSITION": buffer.add(floats(mesh.vertices), "VEC3", target=VERTICES, bounds=True),
        "NORMAL": buffer.add(unit(floats(normals)), "VEC3", target=VERTICES),
    }
    if mesh.uv is not None:
        attributes["TEXCOORD_0"] = buffer.add(floats(mesh.uv), "VEC2", target=VERTICES)
    return attributes


def _skin_attributes(buffer: Buffer, skin: Skin, limit: int | None) -> dict[str, int]:
    numbers, weights = influence_sets(*influences_of(skin, limit))
    joints = numbers.astype(np.uint8 if numbers.max() < 2**8 else np.uint16)
    attributes = {}
    for number, start in enumerate(range(0, joints.shape[1], SET)):
        columns = slice(start, start + SET)
        attributes[f"JOINTS_{number}"] = buffer.add(joints[:, columns], "VEC4", target=VERTICES)
        attributes[f"WEIGHTS_{number}"] = buffer.add(weights[:, columns], "VEC4", target=VERTICES)
    return attributes


def _triangles(mesh: Mesh) -> NDArray[Any]:
    # The largest number of a type restarts a primitive and cannot be an index: section 3.7.2.1.
    size = np.uint16 if len(mesh.vertices) < 2**16 else np.uint32
    return mesh.faces.cpu().numpy().astype(size).reshape(-1)


def _morph_targets(buffer: Buffer, rig: FaceRig) -> list[dict[str, int]]:
    deltas = floats(rig.deltas)
    x, y, z = np.moveaxis(deltas != 0, -1, 0)
    moved = x | y | z
    shapes = zip(rig.names, deltas, moved, strict=True)
    return [{"POSITION": _morph_target(buffer, *shape)} for shape in shapes]


def _morph_target(buffer: Buffer, name: str, delta: Floats, moved: NDArray[np.bool_]) -> int:
    # A shape that moves nothing still needs one entry: a sparse accessor without any is invalid.
    rows = np.flatnonzero(moved).astype(np.uint16 if len(delta) <= 2**16 else np.uint32)
    rows = rows if len(rows) else np.zeros(1, dtype=np.uint16)
    values = delta[rows]
    if rows.nbytes + values.nbytes >= delta.nbytes:
        return buffer.add(delta, "VEC3", target=VERTICES, name=name, bounds=True)
    return buffer.add_sparse(_sparse_accessor(buffer, name, len(delta), rows, values))


def _sparse_accessor(buffer: Buffer, name: str, count: int, rows: NDArray[Any], values: Floats) -> Json:
    """An accessor that is zero but for some rows: section 3.6.2.3. It has neither view nor offset itself."""
    index_view, _ = buffer.add_view([rows])
    value_view, _ = buffer.add_view([values])
    return {
        "componentType": component_type(values),
        "count": count,
        "type": "VEC3",
        "name": name,
        "min": np.minimum(values.min(0), 0).tolist(),
        "max": np.maximum(values.max(0), 0).tolist(),
        "sparse": {
            "count": len(rows),
            "indices": {"bufferView": index_view, "componentType": component_type(rows)},
            "values": {"bufferView": value_view},
        },
    }

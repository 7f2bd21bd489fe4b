"""The surfaces of a character as meshes: vertex attributes, triangles a material and morph targets."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionloom.exporters.gltf.buffer import TRIANGLES, VERTICES, Array, Buffer, Json, Kind, component_type
from motionloom.exporters.gltf.encoding import Exact, normalized
from motionloom.exporters.gltf.influence_sets import SET, influence_sets
from motionloom.exporters.gltf.morph_normals import MorphNormals
from motionloom.exporters.prepared.arrays import Floats
from motionloom.exporters.prepared.surfaces import Surface


def mesh_document(buffer: Buffer, surface: Surface, encoding: Exact, morph_normals: bool) -> Json:
    """Store a surface and describe it as a mesh of one primitive a material.

    The primitives share their vertices and morph targets.

    Args:
        buffer: where the arrays go.
        surface: what to store.
        encoding: how to store its numbers.
        morph_normals: whether shapes turn the normals as well.
    """
    shared: Json = {"attributes": _attributes(buffer, surface, encoding) | _skin_attributes(buffer, surface, encoding)}
    if surface.shapes:
        shared["targets"] = _morph_targets(buffer, surface, encoding, morph_normals)
    primitives = [
        shared | {"indices": _triangles(buffer, surface, material), "material": material}
        for material in np.unique(surface.materials).tolist()
    ]
    mesh: Json = {"name": surface.name, "primitives": primitives}
    if surface.shapes:
        # glTF has no place for the names of morph targets; this is where every importer looks.
        names = [shape.name for shape in surface.shapes]
        mesh |= {"weights": [0.0] * len(names), "extras": {"targetNames": names}}
    return mesh


def _attributes(buffer: Buffer, surface: Surface, encoding: Exact) -> dict[str, int]:
    attributes = {
        "POSITION": _attribute(buffer, encoding.positions(surface.vertices), "VEC3", bounds=True),
        "NORMAL": _attribute(buffer, encoding.directions(surface.normals), "VEC3"),
    }
    if surface.uv is not None:
        attributes["TEXCOORD_0"] = _attribute(buffer, encoding.texture_coordinates(surface.uv), "VEC2")
    return attributes


def _attribute(buffer: Buffer, values: Array, kind: Kind, bounds: bool = False) -> int:
    return buffer.add(values, kind, target=VERTICES, bounds=bounds, normalized=normalized(values))


def _skin_attributes(buffer: Buffer, surface: Surface, encoding: Exact) -> dict[str, int]:
    numbers, weights = influence_sets(*encoding.influences(surface.joints, surface.weights))
    joints = numbers.astype(np.uint8 if numbers.max() < 2**8 else np.uint16)
    attributes = {}
    for number, start in enumerate(range(0, joints.shape[1], SET)):
        columns = slice(start, start + SET)
        attributes[f"JOINTS_{number}"] = buffer.add(joints[:, columns], "VEC4", target=VERTICES)
        attributes[f"WEIGHTS_{number}"] = _attribute(buffer, weights[:, columns], "VEC4")
    return attributes


def _triangles(buffer: Buffer, surface: Surface, material: int) -> int:
    # The largest number of a type restarts a primitive and cannot be an index: section 3.7.2.1.
    size = np.uint16 if len(surface.vertices) < 2**16 else np.uint32
    corners = surface.faces[surface.materials == material].astype(size).reshape(-1)
    return buffer.add(corners, "SCALAR", target=TRIANGLES)


def _morph_targets(buffer: Buffer, surface: Surface, encoding: Exact, morph_normals: bool) -> list[dict[str, int]]:
    turned = MorphNormals(surface) if morph_normals else None
    targets = []
    for shape in surface.shapes:
        target = {"POSITION": _morph_target(buffer, shape.name, encoding.offsets(shape.deltas), shape.deltas, True)}
        if turned is not None:
            turn = turned.offsets(shape)
            target["NORMAL"] = _morph_target(buffer, shape.name, encoding.directions(turn), turn, False)
        targets.append(target)
    return targets


def _morph_target(buffer: Buffer, name: str, values: Array, exact: Floats, bounds: bool) -> int:
    """Store offsets, sparse where that is smaller.

    Args:
        buffer: where they go.
        name: of the shape.
        values: (V, 3) as stored.
        exact: (V, 3) the same before they were encoded.
        bounds: write the smallest and largest value.
    """
    x, y, z = np.moveaxis(exact != 0, -1, 0)
    # A shape that moves nothing still needs one entry: a sparse accessor without any is invalid.
    rows = np.flatnonzero(x | y | z).astype(np.uint16 if len(exact) <= 2**16 else np.uint32)
    rows = rows if len(rows) else np.zeros(1, dtype=np.uint16)
    moved = values[rows]
    if rows.nbytes + moved.nbytes >= values.nbytes:
        return buffer.add(values, "VEC3", target=VERTICES, name=name, bounds=bounds, normalized=normalized(values))
    return buffer.add_sparse(_sparse_accessor(buffer, name, len(exact), rows, moved, bounds))


def _sparse_accessor(buffer: Buffer, name: str, count: int, rows: NDArray[Any], values: Array, bounds: bool) -> Json:
    """An accessor that is zero but for some rows: section 3.6.2.3. It has neither view nor offset itself."""
    index_view, _ = buffer.add_view([rows])
    value_view, _ = buffer.add_view([values])
    accessor: Json = {
        "componentType": component_type(values),
        "count": count,
        "type": "VEC3",
        "name": name,
        "sparse": {
            "count": len(rows),
            "indices": {"bufferView": index_view, "componentType": component_type(rows)},
            "values": {"bufferView": value_view},
        },
    }
    if normalized(values):
        accessor["normalized"] = True
    if bounds:
        accessor |= {"min": np.minimum(values.min(0), 0).tolist(), "max": np.maximum(values.max(0), 0).tolist()}
    return accessor

"""Meshes as geometry: control points, polygons, and what their corners carry."""

from collections.abc import Sequence

import numpy as np

from motionloom.exporters.fbx.objects import ROOT, Objects
from motionloom.exporters.fbx.records import Array, ObjectName, Record
from motionloom.exporters.fbx.scene import Indices, MeshObject
from motionloom.exporters.fbx.skeleton import model


def add_mesh(objects: Objects, mesh: MeshObject, materials: Sequence[int]) -> tuple[int, int]:
    """Store a mesh, and give the numbers of its node and of its geometry.

    Args:
        objects: the document's.
        mesh: surface, without skin and shapes.
        materials: the numbers of all materials.
    """
    node = objects.add("Model", ObjectName(mesh.name, "Model"), "Mesh", model([]))
    geometry = objects.add("Geometry", ObjectName(mesh.name, "Geometry"), "Mesh", _geometry(mesh))
    objects.connect(node, ROOT)
    objects.connect(geometry, node)
    for slot in mesh.materials:
        objects.connect(materials[slot], node)
    return node, geometry


def _geometry(mesh: MeshObject) -> list[Record]:
    layers = [_normals(mesh), *([] if mesh.uv is None else [_uv(mesh)]), _face_materials(mesh)]
    names = [layer.name for layer in layers]
    return [
        Record("GeometryVersion", (124,)),
        Record("Vertices", (Array(mesh.points),)),
        Record("PolygonVertexIndex", (Array(_ends_marked(mesh.corners)),)),
        *layers,
        Record("Layer", (0,), [Record("Version", (100,)), *map(_layer_element, names)]),
    ]


def _ends_marked(corners: Indices) -> Indices:
    """The last corner of each polygon as its complement, which is negative."""
    marked = corners.copy()
    marked[:, -1] = ~marked[:, -1]
    return marked


def _normals(mesh: MeshObject) -> Record:
    return _layer("LayerElementNormal", "", "ByPolygonVertex", "Direct", [Record("Normals", (Array(mesh.normals),))])


def _uv(mesh: MeshObject) -> Record:
    assert mesh.uv is not None
    values = [Record("UV", (Array(mesh.uv),)), Record("UVIndex", (Array(mesh.uv_corners),))]
    return _layer("LayerElementUV", "UVMap", "ByPolygonVertex", "IndexToDirect", values)


def _face_materials(mesh: MeshObject) -> Record:
    alone = len(mesh.materials) == 1
    slots = np.zeros(1, dtype=np.int32) if alone else mesh.face_slots
    values = [Record("Materials", (Array(slots),))]
    return _layer("LayerElementMaterial", "", "AllSame" if alone else "ByPolygon", "IndexToDirect", values)


def _layer(name: str, label: str, mapping: str, reference: str, values: list[Record]) -> Record:
    head = [
        Record("Version", (101,)),
        Record("Name", (label,)),
        Record("MappingInformationType", (mapping,)),
        Record("ReferenceInformationType", (reference,)),
    ]
    return Record(name, (0,), [*head, *values])


def _layer_element(name: str) -> Record:
    return Record("LayerElement", children=[Record("Type", (name,)), Record("TypedIndex", (0,))])

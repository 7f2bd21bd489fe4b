"""What deforms a mesh: the skin and its clusters, and blend shapes with a channel each."""

from collections.abc import Sequence

import numpy as np

from motionloom.exporters.fbx.objects import Objects
from motionloom.exporters.fbx.properties import entry, properties
from motionloom.exporters.fbx.records import Array, ObjectName, Record
from motionloom.exporters.fbx.scene import Cluster, Doubles, Joint, MeshObject, ShapeObject
from motionloom.exporters.fbx.skeleton import matrix_array


def add_skin(objects: Objects, mesh: MeshObject, geometry: int, joints: Sequence[Joint], nodes: Sequence[int]) -> None:
    """Store a mesh's skin: a cluster for each joint that moves any of it.

    Args:
        objects: the document's.
        mesh: whose clusters.
        geometry: its number.
        joints: all of the skeleton.
        nodes: their numbers.
    """
    head = [Record("Version", (101,)), Record("Link_DeformAcuracy", (50.0,)), Record("SkinningType", ("Linear",))]
    skin = objects.add("Deformer", ObjectName(mesh.name, "Deformer"), "Skin", head)
    objects.connect(skin, geometry)
    for cluster in mesh.clusters:
        joint = joints[cluster.joint]
        part = objects.add("Deformer", ObjectName(joint.name, "SubDeformer"), "Cluster", _cluster(cluster, joint))
        objects.connect(part, skin)
        objects.connect(nodes[cluster.joint], part)


def _cluster(cluster: Cluster, joint: Joint) -> list[Record]:
    inverse: Doubles = np.linalg.inv(joint.bind).astype(np.float64)
    return [
        Record("Version", (100,)),
        Record("UserData", ("", "")),
        Record("Indexes", (Array(cluster.points),)),
        Record("Weights", (Array(cluster.weights),)),
        # The mesh stands at the origin, so that its place as the joint sees it is the joint's inverse.
        Record("Transform", (matrix_array(inverse),)),
        Record("TransformLink", (matrix_array(joint.bind),)),
    ]


def add_blend_shapes(objects: Objects, mesh: MeshObject, geometry: int) -> list[int]:
    """Store a mesh's blend shapes, and give the numbers of their channels."""
    if not mesh.shapes:
        return []
    blend_shape = objects.add("Deformer", ObjectName(mesh.name, "Deformer"), "BlendShape", [Record("Version", (100,))])
    objects.connect(blend_shape, geometry)
    return [_add_channel(objects, shape, blend_shape) for shape in mesh.shapes]


def _add_channel(objects: Objects, shape: ShapeObject, blend_shape: int) -> int:
    channel = objects.add("Deformer", ObjectName(shape.name, "SubDeformer"), "BlendShapeChannel", _channel())
    target = objects.add("Geometry", ObjectName(shape.name, "Geometry"), "Shape", _target(shape))
    objects.connect(channel, blend_shape)
    objects.connect(target, channel)
    return channel


def _channel() -> list[Record]:
    return [
        Record("Version", (100,)),
        Record("DeformPercent", (0.0,)),
        Record("FullWeights", (Array(np.array([100.0])),)),
        properties([entry("DeformPercent", "Number", "", "A", 0.0)]),
    ]


def _target(shape: ShapeObject) -> list[Record]:
    return [
        Record("Version", (100,)),
        Record("Indexes", (Array(shape.points),)),
        Record("Vertices", (Array(shape.offsets),)),
        # Offsets of the normals, which the format wants; programs compute their own.
        Record("Normals", (Array(np.zeros_like(shape.offsets)),)),
    ]

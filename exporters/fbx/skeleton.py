"""Joints as limb nodes, and the bind pose."""

from collections.abc import Mapping, Sequence

from motionloom.exporters.fbx.objects import ROOT, Objects
from motionloom.exporters.fbx.properties import choice, entry, integer, number, properties, switch, vector
from motionloom.exporters.fbx.records import Array, Long, ObjectName, Record
from motionloom.exporters.fbx.scene import Doubles, Joint

LIMB_SIZE = 1.0
"""How large programs draw a joint: nothing of the animation."""

INHERIT_RSRS = 1
"""A joint inherits rotation and scale in the order of ordinary matrices."""


def add_skeleton(objects: Objects, joints: Sequence[Joint]) -> list[int]:
    """Store the joints in the rest pose, and give their numbers; the root stands at the top of the scene."""
    nodes: list[int] = []
    for joint in joints:
        node = objects.add("Model", ObjectName(joint.name, "Model"), "LimbNode", _limb_node(joint))
        objects.connect(node, ROOT if joint.parent < 0 else nodes[joint.parent])
        nodes.append(node)
    for node, joint in zip(nodes, joints, strict=True):
        attribute = objects.add("NodeAttribute", ObjectName(joint.name, "NodeAttribute"), "LimbNode", _limb_attribute())
        objects.connect(attribute, node)
    return nodes


def model(entries: Sequence[Record]) -> list[Record]:
    """What every node says, and its own properties."""
    # Autodesk's SDK drops the attribute of a node without a default one.
    own = [integer("DefaultAttributeIndex", 0), choice("InheritType", INHERIT_RSRS), *entries]
    return [Record("Version", (232,)), properties(own), Record("Culling", ("CullingOff",))]


def _limb_node(joint: Joint) -> list[Record]:
    """The rest rotation lies in PreRotation, so that the rotation of the rest pose is zero."""
    return model(
        [
            # Without it, Autodesk's SDK ignores PreRotation.
            switch("RotationActive", True),
            vector("PreRotation", joint.pre_rotation.tolist()),
            entry("Lcl Translation", "Lcl Translation", "", "A", *joint.translation.tolist()),
            entry("Lcl Rotation", "Lcl Rotation", "", "A", 0.0, 0.0, 0.0),
            entry("Lcl Scaling", "Lcl Scaling", "", "A", 1.0, 1.0, 1.0),
        ]
    )


def _limb_attribute() -> list[Record]:
    return [properties([number("Size", LIMB_SIZE)]), Record("TypeFlags", ("Skeleton",))]


def add_bind_pose(objects: Objects, matrices: Mapping[int, Doubles]) -> None:
    """Store where nodes are in the world when the skin is bound.

    Args:
        objects: the document's.
        matrices: (4, 4) by node, for column vectors.
    """
    nodes = [
        Record("PoseNode", children=[Record("Node", (Long(node),)), Record("Matrix", (matrix_array(matrix),))])
        for node, matrix in matrices.items()
    ]
    head = [Record("Type", ("BindPose",)), Record("Version", (100,)), Record("NbPoseNodes", (len(nodes),))]
    objects.add("Pose", ObjectName("bind pose", "Pose"), "BindPose", [*head, *nodes])


def matrix_array(matrix: Doubles) -> Array:
    """A matrix for column vectors, column by column, as FBX stores them."""
    return Array(matrix.T)

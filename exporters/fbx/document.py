"""A scene as the whole tree of records that a file is."""

from importlib.metadata import version
from typing import Final

import numpy as np

from motionloom.exporters.fbx.animation import add_animation, last_tick
from motionloom.exporters.fbx.deformers import add_blend_shapes, add_skin
from motionloom.exporters.fbx.geometry import add_mesh
from motionloom.exporters.fbx.materials import add_materials
from motionloom.exporters.fbx.objects import ROOT, Objects
from motionloom.exporters.fbx.properties import choice, entry, integer, moment, number, properties, string
from motionloom.exporters.fbx.records import Long, ObjectName, Record
from motionloom.exporters.fbx.scene import FbxScene
from motionloom.exporters.fbx.skeleton import add_bind_pose, add_skeleton

VERSION: Final = 7500

DOCUMENT: Final = 999_999
"""The number of the document, which is no object of it."""


def document(scene: FbxScene) -> list[Record]:
    """The records of a file, in the order in which programs expect them."""
    objects = Objects()
    _add_objects(objects, scene)
    return [
        _header_extension(),
        _global_settings(scene),
        _documents(scene),
        Record("References", children=[]),
        _definitions(objects),
        Record("Objects", children=objects.records),
        Record("Connections", children=objects.connections),
        _takes(scene),
    ]


def _add_objects(objects: Objects, scene: FbxScene) -> None:
    nodes = add_skeleton(objects, scene.joints)
    materials = add_materials(objects, scene.materials)
    bind = {node: joint.bind for node, joint in zip(nodes, scene.joints, strict=True)}
    channels = []
    for mesh in scene.meshes:
        node, geometry = add_mesh(objects, mesh, materials)
        add_skin(objects, mesh, geometry, scene.joints, nodes)
        channels.append(add_blend_shapes(objects, mesh, geometry))
        bind[node] = np.eye(4)
    add_bind_pose(objects, bind)
    add_animation(objects, scene, nodes, channels)


def creator() -> str:
    """The program that wrote the file."""
    return f"motionloom {version('motionloom')}"


def _header_extension() -> Record:
    # The same moment always: the file's id belongs to it (see `container`), and equal takes give equal files.
    stamp = {
        "Version": 1000,
        "Year": 1970,
        "Month": 1,
        "Day": 1,
        "Hour": 10,
        "Minute": 0,
        "Second": 0,
        "Millisecond": 0,
    }
    about = [
        Record("Type", ("UserData",)),
        Record("Version", (100,)),
        properties(
            [string("Original|ApplicationName", "motionloom"), string("LastSaved|ApplicationName", "motionloom")]
        ),
    ]
    return Record(
        "FBXHeaderExtension",
        children=[
            Record("FBXHeaderVersion", (1003,)),
            Record("FBXVersion", (VERSION,)),
            Record("EncryptionType", (0,)),
            Record("CreationTimeStamp", children=[Record(name, (value,)) for name, value in stamp.items()]),
            Record("Creator", (creator(),)),
            Record("SceneInfo", (ObjectName("GlobalInfo", "SceneInfo"), "UserData"), about),
        ],
    )


def _global_settings(scene: FbxScene) -> Record:
    """Centimetres, Y up, +Z to the front, right-handed: `SPACES["maya"]`; and the frame rate."""
    end = max((last_tick(stack, scene.rate) for stack in scene.stacks), default=0)
    axes = {"UpAxis": 1, "FrontAxis": 2, "CoordAxis": 0, "OriginalUpAxis": 1}
    signed = [integer(name + part, value) for name, axis in axes.items() for part, value in (("", axis), ("Sign", 1))]
    entries = [
        *signed,
        number("UnitScaleFactor", 1.0),
        number("OriginalUnitScaleFactor", 1.0),
        choice("TimeMode", scene.rate.mode),
        choice("TimeProtocol", 2),
        choice("SnapOnFrameMode", 0),
        moment("TimeSpanStart", 0),
        moment("TimeSpanStop", end),
        number("CustomFrameRate", scene.rate.fps),
    ]
    return Record("GlobalSettings", children=[Record("Version", (1000,)), properties(entries)])


def _documents(scene: FbxScene) -> Record:
    playing = scene.stacks[0].name if scene.stacks else ""
    entries = [entry("SourceObject", "object", "", ""), string("ActiveAnimStackName", playing)]
    children = [properties(entries), Record("RootNode", (Long(ROOT),))]
    return Record(
        "Documents",
        children=[Record("Count", (1,)), Record("Document", (Long(DOCUMENT), scene.name, "Scene"), children)],
    )


def _definitions(objects: Objects) -> Record:
    """How many objects there are of each kind."""
    counts = {"GlobalSettings": 1, **objects.counts}
    kinds = [Record("ObjectType", (kind,), [Record("Count", (count,))]) for kind, count in counts.items()]
    total = Record("Count", (sum(counts.values()),))
    return Record("Definitions", children=[Record("Version", (100,)), total, *kinds])


def _takes(scene: FbxScene) -> Record:
    """The stacks once more, as programs from before version 7 look for them."""
    takes = []
    for stack in scene.stacks:
        span = Long(0), Long(last_tick(stack, scene.rate))
        times = [Record("LocalTime", span), Record("ReferenceTime", span)]
        takes.append(Record("Take", (stack.name,), [Record("FileName", (f"{stack.name}.tak",)), *times]))
    return Record("Takes", children=[Record("Current", (scene.stacks[0].name if scene.stacks else "",)), *takes])

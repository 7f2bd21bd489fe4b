"""Takes as animation stacks: a layer each, curve nodes for what moves, curves of keys on frames."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from motionloom.exporters.fbx.frame_rate import FrameRate
from motionloom.exporters.fbx.objects import Objects
from motionloom.exporters.fbx.properties import moment, number, properties
from motionloom.exporters.fbx.records import Array, ObjectName, Record
from motionloom.exporters.fbx.scene import Curve, FbxScene, JointTrack, ShapeTrack, Stack

LINEAR: Final = 24836
"""Flags of a key: linear interpolation, as Autodesk's programs write them."""

FLAT_TANGENTS: Final = np.frombuffer(np.array([0, 0, 218434821, 0], dtype="<i4").tobytes(), dtype="<f4")
"""What linear keys say of tangents: slopes, and packed weights and velocities, the defaults of Autodesk's programs."""

AXES: Final = ("d|X", "d|Y", "d|Z")


def last_tick(stack: Stack, rate: FrameRate) -> int:
    """When a stack's last frame is."""
    return int(rate.ticks(np.array([stack.frames - 1]))[0])


def add_animation(objects: Objects, scene: FbxScene, nodes: Sequence[int], channels: Sequence[Sequence[int]]) -> None:
    """Store a stack a take.

    Args:
        objects: the document's.
        scene: whose stacks.
        nodes: the numbers of the joints.
        channels: the numbers of each mesh's blend shape channels.
    """
    for stack in scene.stacks:
        layer = _add_stack(objects, stack, scene.rate)
        writer = _LayerWriter(objects, layer, scene.rate)
        for joint_track in stack.joints:
            writer.add_joint(joint_track, nodes[joint_track.joint])
        for shape_track in stack.shapes:
            writer.add_shape(shape_track, channels[shape_track.mesh][shape_track.shape])


def _add_stack(objects: Objects, stack: Stack, rate: FrameRate) -> int:
    end = last_tick(stack, rate)
    span = [
        moment("LocalStart", 0),
        moment("LocalStop", end),
        moment("ReferenceStart", 0),
        moment("ReferenceStop", end),
    ]
    number_ = objects.add("AnimationStack", ObjectName(stack.name, "AnimStack"), "", [properties(span)])
    layer = objects.add("AnimationLayer", ObjectName("BaseLayer", "AnimLayer"), "", [])
    objects.connect(layer, number_)
    return layer


class _LayerWriter:
    """Stores the curves of one layer; key times and attributes are shared by all curves that have them alike."""

    def __init__(self, objects: Objects, layer: int, rate: FrameRate) -> None:
        self._objects, self._layer, self._rate = objects, layer, rate
        self._times: dict[tuple[int, int], Array] = {}

    def add_joint(self, track: JointTrack, node: int) -> None:
        if track.translation is not None:
            self._add("T", "Lcl Translation", node, dict(zip(AXES, track.translation, strict=True)))
        if track.rotation is not None:
            self._add("R", "Lcl Rotation", node, dict(zip(AXES, track.rotation, strict=True)))

    def add_shape(self, track: ShapeTrack, channel: int) -> None:
        self._add("DeformPercent", "DeformPercent", channel, {"d|DeformPercent": track.curve})

    def _add(self, name: str, property_name: str, target: int, curves: dict[str, Curve]) -> None:
        first = [number(channel, float(curve.values[0]), "A") for channel, curve in curves.items()]
        node = self._objects.add("AnimationCurveNode", ObjectName(name, "AnimCurveNode"), "", [properties(first)])
        self._objects.connect(node, self._layer)
        self._objects.connect(node, target, property_name)
        for channel, curve in curves.items():
            number_ = self._objects.add("AnimationCurve", ObjectName("", "AnimCurve"), "", self._curve(curve))
            self._objects.connect(number_, node, channel)

    def _curve(self, curve: Curve) -> list[Record]:
        return [
            Record("Default", (float(curve.values[0]),)),
            Record("KeyVer", (4009,)),
            Record("KeyTime", (self._ticks(curve),)),
            Record("KeyValueFloat", (Array(curve.values),)),
            *_attributes(len(curve.values)),
        ]

    def _ticks(self, curve: Curve) -> Array:
        key = len(curve.frames), int(curve.frames[-1])
        if key not in self._times:
            self._times[key] = Array(self._rate.ticks(curve.frames))
        return self._times[key]


def _attributes(keys: int) -> list[Record]:
    """One entry for all keys."""
    return [
        Record("KeyAttrFlags", (Array(np.array([LINEAR], dtype=np.int32)),)),
        Record("KeyAttrDataFloat", (Array(FLAT_TANGENTS),)),
        Record("KeyAttrRefCount", (Array(np.array([keys], dtype=np.int32)),)),
    ]

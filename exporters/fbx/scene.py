"""A scene in FBX's terms, centimetres and degrees, before any backend has written it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motionloom.core.data import Material
from motionloom.exporters.fbx.frame_rate import FrameRate
from motionloom.exporters.prepared.arrays import Floats

Doubles = NDArray[np.float64]
Indices = NDArray[np.int32]


@dataclass(frozen=True)
class Joint:
    """A limb node in the rest pose, which is the bind pose.

    Args:
        name: unique among joints.
        parent: index of an earlier joint; -1 for the root.
        translation: (3,) relative to the parent, centimetres.
        pre_rotation: (3,) the rest rotation as XYZ Euler angles, degrees.
        bind: (4, 4) rest pose in the world, for column vectors, centimetres.
    """

    name: str
    parent: int
    translation: Doubles
    pre_rotation: Doubles
    bind: Doubles


@dataclass(frozen=True)
class Cluster:
    """The control points that a joint moves, and how much.

    Args:
        joint: index.
        points: (N,) indices of control points.
        weights: (N,) above zero.
    """

    joint: int
    points: Indices
    weights: Doubles


@dataclass(frozen=True)
class ShapeObject:
    """A blend shape.

    Args:
        name: of the channel.
        points: (N,) the control points that it moves; at least one, for readers that expect one.
        offsets: (N, 3) where to at full weight, centimetres.
    """

    name: str
    points: Indices
    offsets: Doubles


@dataclass(frozen=True)
class MeshObject:
    """A surface: points that are skinned, and corners of triangles that carry normals and texture coordinates.

    Args:
        name: of the node.
        points: (P, 3) control points, centimetres.
        corners: (F, 3) a control point each.
        normals: (3 F, 3) one a corner.
        uv: (U, 2) origin bottom left, if any.
        uv_corners: (F, 3) a texture coordinate each; empty where there are none.
        clusters: the skin.
        shapes: the blend shapes.
        materials: indices into the scene's materials: the node's slots.
        face_slots: (F,) a slot each.
    """

    name: str
    points: Doubles
    corners: Indices
    normals: Doubles
    uv: Doubles | None
    uv_corners: Indices
    clusters: tuple[Cluster, ...]
    shapes: tuple[ShapeObject, ...]
    materials: tuple[int, ...]
    face_slots: Indices


@dataclass(frozen=True)
class Curve:
    """Keys of one number.

    Args:
        frames: (K,) where the keys are: every frame, or the first and last of what holds still.
        values: (K,) centimetres, degrees or per cent.
    """

    frames: NDArray[np.int64]
    values: Floats


@dataclass(frozen=True)
class JointTrack:
    """What a joint's `Lcl Translation` and `Lcl Rotation` do, X, Y, Z each; None for one that keeps its rest value."""

    joint: int
    translation: tuple[Curve, Curve, Curve] | None
    rotation: tuple[Curve, Curve, Curve] | None


@dataclass(frozen=True)
class ShapeTrack:
    """What the weight of a mesh's shape does, both by index; per cent."""

    mesh: int
    shape: int
    curve: Curve


@dataclass(frozen=True)
class Stack:
    """One take: an animation stack of one layer.

    Args:
        name: the take's.
        frames: how many; it plays from frame 0 on.
        joints: those that move.
        shapes: those that move.
    """

    name: str
    frames: int
    joints: tuple[JointTrack, ...]
    shapes: tuple[ShapeTrack, ...]


@dataclass(frozen=True)
class FbxScene:
    """All that a file holds.

    Args:
        name: the character's.
        rate: frames a second of all stacks.
        joints: parents first, one root.
        meshes: none for a bare skeleton.
        materials: what the meshes choose from.
        stacks: none where nothing moves.
    """

    name: str
    rate: FrameRate
    joints: tuple[Joint, ...]
    meshes: tuple[MeshObject, ...]
    materials: tuple[Material, ...]
    stacks: tuple[Stack, ...]

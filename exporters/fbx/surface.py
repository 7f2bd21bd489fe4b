"""A surface of a character as an FBX mesh: control points, corners, clusters and shapes."""

import numpy as np
import torch

from motionloom.core.data import SPACES
from motionloom.exporters.fbx.scene import Cluster, Doubles, Indices, MeshObject, ShapeObject
from motionloom.exporters.fbx.weld import Labels, control_points
from motionloom.exporters.prepared.arrays import Floats
from motionloom.exporters.prepared.surfaces import Shape, Surface


def mesh_object(surface: Surface) -> MeshObject:
    """Weld a surface and convert it to centimetres."""
    chosen, points = control_points(surface)
    materials, slots = np.unique(surface.materials, return_inverse=True)
    return MeshObject(
        name=surface.name,
        points=centimetres(surface.vertices[chosen]),
        corners=_indices(points[surface.faces]),
        normals=surface.normals[surface.faces.reshape(-1)].astype(np.float64),
        uv=None if surface.uv is None else _upwards(surface.uv),
        uv_corners=_indices(surface.faces if surface.uv is not None else surface.faces[:0]),
        clusters=_clusters(surface.joints[chosen], surface.weights[chosen]),
        shapes=tuple(_shape(shape, chosen) for shape in surface.shapes),
        materials=tuple(materials.tolist()) or (0,),
        face_slots=_indices(slots.reshape(-1)),
    )


def centimetres(lengths: Floats) -> Doubles:
    """Positions or offsets in metres as FBX files have them; (..., 3)."""
    return SPACES["maya"].points_from_ours(torch.from_numpy(lengths.astype(np.float64))).numpy()


def _upwards(uv: Floats) -> Doubles:
    """Texture coordinates with their origin at the bottom left."""
    return uv.astype(np.float64) * (1.0, -1.0) + (0.0, 1.0)


def _clusters(joints: Labels, weights: Floats) -> tuple[Cluster, ...]:
    """The points of each joint that moves any, ascending."""
    points, column = np.nonzero(weights > 0)
    owners, shares = joints[points, column], weights[points, column].astype(np.float64)
    order = np.argsort(owners, kind="stable")
    moving, starts = np.unique(owners[order], return_index=True)
    runs = np.split(order, starts[1:])
    pairs = zip(moving.tolist(), runs, strict=True) if len(moving) else ()
    return tuple(Cluster(joint, _indices(points[run]), shares[run]) for joint, run in pairs)


def _shape(shape: Shape, chosen: Labels) -> ShapeObject:
    deltas = shape.deltas[chosen]
    moved = np.flatnonzero(deltas.any(1))
    moved = moved if len(moved) else np.zeros(1, dtype=np.int64)
    return ShapeObject(shape.name, _indices(moved), centimetres(deltas[moved]))


def _indices(values: Labels) -> Indices:
    return np.ascontiguousarray(values, dtype=np.int32)

"""BlendShape prims: which points of a mesh a shape moves, and how its normals turn."""

import numpy as np
from numpy.typing import NDArray
from pxr import Sdf, Usd, UsdSkel, Vt

from motionloom.core.data import Space
from motionloom.exporters.prepared.arrays import Floats
from motionloom.exporters.prepared.surfaces import Indices, Shape, Surface
from motionloom.exporters.usd.conversion import Doubles, directions, points
from motionloom.exporters.usd.identifiers import identifiers

TURNED = 1e-4
"""How far a unit normal must move to be written: a hundredth of a degree shows nowhere."""

SHORTEST = 1e-20
"""Square metres. Around a vertex without any area there is no normal to turn."""


def write_blend_shapes(stage: Usd.Stage, mesh: Usd.Prim, surface: Surface, space: Space) -> None:
    """Define a BlendShape below the mesh for each shape of a surface, and bind them.

    Prims are named by identifiers; `skel:blendShapes`, which animations refer to, has the names as
    they are.

    Args:
        stage: where.
        mesh: the prim of the surface.
        surface: vertices and shapes.
        space: the file's axes and unit.
    """
    if not surface.shapes:
        return
    binding = UsdSkel.BindingAPI(mesh)
    names = [shape.name for shape in surface.shapes]
    targets = [mesh.GetPath().AppendChild(name) for name in identifiers(names)]
    binding.CreateBlendShapesAttr(Vt.TokenArray(names))
    binding.CreateBlendShapeTargetsRel().SetTargets(targets)
    turns = _NormalTurns(surface)
    for shape, target in zip(surface.shapes, targets, strict=True):
        _write_shape(stage, target, shape, turns.of(shape), space)


def _write_shape(stage: Usd.Stage, path: Sdf.Path, shape: Shape, turns: Floats, space: Space) -> None:
    prim = UsdSkel.BlendShape.Define(stage, path)
    rows = np.flatnonzero(_any(shape.deltas != 0) | _any(abs(turns) > TURNED)).astype(np.int32)
    # A shape that moves nothing still needs one entry: readers take an empty list for "all points".
    rows = rows if len(rows) else np.zeros(1, dtype=np.int32)
    prim.CreateOffsetsAttr(Vt.Vec3fArray.FromNumpy(points(shape.deltas[rows], space)))
    prim.CreateNormalOffsetsAttr(Vt.Vec3fArray.FromNumpy(directions(turns[rows], space)))
    prim.CreatePointIndicesAttr(Vt.IntArray.FromNumpy(rows))


class _NormalTurns:
    """What is added to a surface's normals at weight one of a shape: `vertex_normals` after less before.

    A shape turns the normals around what it moves and no others, so that only those faces are looked at.
    """

    def __init__(self, surface: Surface) -> None:
        self.vertices = surface.vertices.astype(np.float64)
        self.faces = surface.faces
        self.weighted = _weighted_normals(self.vertices, self.faces)
        self.sums = _sums(self.weighted, self.faces, len(self.vertices))

    def of(self, shape: Shape) -> Floats:
        """(V, 3); zero but around the vertices that the shape moves."""
        changed = _any(_any(shape.deltas != 0)[self.faces])
        faces = self.faces[changed]
        moved = _weighted_normals(self.vertices + shape.deltas, faces)
        sums = self.sums + _sums(moved - self.weighted[changed], faces, len(self.vertices))
        return (_unit_or_zero(sums) - _unit_or_zero(self.sums)).astype(np.float32)


def _weighted_normals(vertices: Doubles, faces: Indices) -> Doubles:
    """Normals of faces, twice their area long."""
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    return np.cross(b - a, c - a)


def _sums(normals: Doubles, faces: Indices, vertices: int) -> Doubles:
    """(V, 3): of the normals of the faces around each vertex."""
    corners, each = faces.reshape(-1), np.repeat(normals, 3, axis=0)
    sums = np.zeros((vertices, 3))
    for axis in range(3):
        sums[:, axis] = np.bincount(corners, each[:, axis], minlength=vertices)
    return sums


def _unit_or_zero(vectors: Doubles) -> Doubles:
    long = np.sqrt(np.einsum("vi,vi->v", vectors, vectors))[:, None]
    return np.divide(vectors, long, out=np.zeros_like(vectors), where=long > SHORTEST)


def _any(three: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where any of the three columns is true; `any(1)` takes three times as long."""
    x, y, z = three.T
    return x | y | z

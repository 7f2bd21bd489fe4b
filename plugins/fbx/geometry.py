"""The surface of a mesh of ufbx: triangles of vertices that are split where a normal or a coordinate is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray

from motionloom.plugins.fbx.held import Held
from motionloom.plugins.fbx.numbers import integers, vectors
from motionloom.plugins.fbx.polygons import triangulated


@dataclass(frozen=True)
class Geometry:
    """A mesh in its own space.

    Args:
        points: (P, 3) the control points, which skins and shapes speak of.
        point_of: (V,) the control point of each vertex.
        faces: (F, 3) vertices of each triangle.
        polygons: (F,) the polygon that each triangle is of.
        normals: (V, 3) unit, if there are any.
        uv: (V, 2) of the first set, origin bottom left, if there are any.
    """

    points: Float64[ndarray, "points 3"]
    point_of: Int64[ndarray, "vertices"]
    faces: Int64[ndarray, "faces 3"]
    polygons: Int64[ndarray, "faces"]
    normals: Float64[ndarray, "vertices 3"] | None
    uv: Float64[ndarray, "vertices 2"] | None

    @property
    def vertices(self) -> Float64[ndarray, "vertices 3"]:
        """Where the vertices lie."""
        return np.asarray(self.points[self.point_of])


def read_geometry(held: Held, mesh: Any) -> Geometry:
    """A mesh of ufbx; vertices keep the order of their control points.

    Args:
        held: keeps what is touched.
        mesh: the mesh.
    """
    points = vectors(held, mesh.vertices, 3)
    corners = integers(held, mesh.vertex_indices)
    runs = _faces(held, mesh)
    triangles, polygons = triangulated(points[corners], runs[:, 0], runs[:, 1])
    used = np.unique(triangles)
    normals, uv = _normals(held, mesh, used), _attribute(held, mesh.vertex_uv, used, 2)
    vertex_of, firsts = _split(corners[used], normals, uv)
    place = np.zeros(len(corners), np.int64)
    place[used] = vertex_of
    return Geometry(
        points,
        corners[used][firsts],
        place[triangles],
        polygons,
        None if normals is None else normals[firsts],
        None if uv is None else uv[firsts],
    )


def _faces(held: Held, mesh: Any) -> Int64[ndarray, "polygons 2"]:
    faces = held(mesh.faces)
    if not len(faces):
        return np.zeros((0, 2), np.int64)
    return np.array(held(memoryview(faces)), dtype=np.int64).reshape(-1, 2)


def _attribute(
    held: Held, attribute: Any, used: Int64[ndarray, "used"], size: int
) -> Float64[ndarray, "used size"] | None:
    """The values at the corners that triangles use."""
    if not held(attribute).exists:
        return None
    values = vectors(held, attribute.values, size)
    return np.asarray(values[integers(held, attribute.indices)[used]])


def _normals(held: Held, mesh: Any, used: Int64[ndarray, "used"]) -> Float64[ndarray, "used 3"] | None:
    """Of length one; none where the file gives some without a direction, so that they are computed."""
    normals = _attribute(held, mesh.vertex_normal, used, 3)
    if normals is None:
        return None
    lengths = np.linalg.norm(normals, axis=-1, keepdims=True)
    return normals / lengths if ((lengths > 0) & np.isfinite(lengths)).all() else None


def _split(
    points: Int64[ndarray, "corners"],
    normals: Float64[ndarray, "corners 3"] | None,
    uv: Float64[ndarray, "corners 2"] | None,
) -> tuple[Int64[ndarray, "corners"], Int64[ndarray, "vertices"]]:
    """The vertex of each corner, and the first corner of each vertex, ordered by control point."""
    # Files repeat normals corner by corner: values that agree to float32 are one.
    keys = [values.astype(np.float32) for values in (normals, uv) if values is not None]
    columns = [column for values in keys for column in values.T] + [points]
    order = np.lexsort(columns)
    changes = [column[order][1:] != column[order][:-1] for column in columns]
    starts = np.concatenate(([True], np.any(changes, axis=0))) if len(points) else np.zeros(0, bool)
    vertex_of = np.empty(len(points), np.int64)
    vertex_of[order] = np.cumsum(starts) - 1
    return vertex_of, order[starts]

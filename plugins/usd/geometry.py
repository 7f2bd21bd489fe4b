"""The surface of a Mesh prim: triangles, normals and texture coordinates."""

from dataclasses import dataclass

import numpy as np
from pxr import Sdf, Usd, UsdGeom

from motionloom.plugins.usd.corners import Split, Triangles, split, triangulated
from motionloom.plugins.usd.values import (
    STILL,
    Floats,
    Integers,
    floats_in,
    floats_of,
    integers_of,
    value_of,
    wrong,
    wrong_prim,
)

MOST_CORNERS = 50_000_000
"""Corners of the polygons of a mesh; a face count of millions costs four bytes in a file."""

USUAL_UV = ("st", "UVMap", "st0", "map1", "uv", "st1")
"""What programs call the texture coordinates of the base colour, most usual first."""


@dataclass(frozen=True)
class Geometry:
    """A triangulated mesh.

    Args:
        points: how many the prim has.
        polygons: how many.
        copied: (V,) the point that each vertex is a copy of.
        vertices: (V, 3) in the prim's space.
        faces: (F, 3) counter-clockwise from outside.
        source: (F,) the polygon of each face.
        normals: (V, 3) unit, if any.
        uv: (V, 2) origin top left, if any.
    """

    points: int
    polygons: int
    copied: Integers
    vertices: Floats
    faces: Integers
    source: Integers
    normals: Floats | None
    uv: Floats | None


def read_geometry(prim: Usd.Prim) -> Geometry | None:
    """The surface of a Mesh prim where it stands still; None where it has no face.

    Raises:
        ReadError: its lists contradict each other.
    """
    mesh = UsdGeom.Mesh(prim)
    points = floats_of(mesh.GetPointsAttr(), 3)
    counts, indices = integers_of(mesh.GetFaceVertexCountsAttr()), integers_of(mesh.GetFaceVertexIndicesAttr())
    if points is None or counts is None or indices is None:
        return None
    _check_topology(mesh, counts, indices, len(points))
    flipped = value_of(mesh.GetOrientationAttr()) == UsdGeom.Tokens.leftHanded
    triangles = _without_holes(triangulated(counts, flipped), mesh, len(counts))
    layout = _Layout(len(points), counts, indices)
    parts = _split(triangles, layout, [rows for rows in (_normals(mesh, layout), _uv(prim, layout)) if rows])
    named = dict(zip([rows.name for rows in parts.rows], parts.split.values, strict=True))
    copied = parts.split.points
    uv, normals = named.get("uv"), named.get("normals")
    return Geometry(
        len(points),
        len(counts),
        copied,
        points[copied],
        parts.split.faces,
        triangles.polygons,
        None if normals is None else _unit(normals),
        None if uv is None else uv * [1.0, -1.0] + [0.0, 1.0],
    )


@dataclass(frozen=True)
class _Layout:
    """What the elements of a primvar may belong to."""

    points: int
    counts: Integers
    indices: Integers


@dataclass(frozen=True)
class _Rows:
    """Values of a primvar by point, or by corner."""

    name: str
    values: Floats
    by_corner: bool


@dataclass(frozen=True)
class _Parts:
    rows: list[_Rows]
    split: Split


def _check_topology(mesh: UsdGeom.Mesh, counts: Integers, indices: Integers, points: int) -> None:
    prim = mesh.GetPrim()
    if counts.min() < 0 or counts.sum() != len(indices):
        raise wrong_prim(prim, f"its polygons have {counts.sum()} corners, and {len(indices)} are listed")
    if len(indices) > MOST_CORNERS:
        raise wrong_prim(prim, f"its polygons have more than {MOST_CORNERS:,} corners")
    outside = (indices < 0) | (indices >= points)
    if outside.any():
        raise wrong_prim(prim, f"a face names point {indices[outside][0]}, and there are {points}")


def _without_holes(triangles: Triangles, mesh: UsdGeom.Mesh, polygons: int) -> Triangles:
    holes = integers_of(mesh.GetHoleIndicesAttr())
    if holes is None:
        return triangles
    kept = ~np.isin(triangles.polygons, holes)
    return Triangles(triangles.corners[kept], triangles.polygons[kept])


def _split(triangles: Triangles, layout: _Layout, rows: list[_Rows]) -> _Parts:
    """Vertices are points as they are, unless something differs from corner to corner."""
    if not any(each.by_corner for each in rows):
        faces = layout.indices[triangles.corners]
        return _Parts(rows, Split(np.arange(layout.points), faces, [each.values for each in rows]))
    used, corners = np.unique(triangles.corners, return_inverse=True)
    points = layout.indices[used]
    values = [each.values[used if each.by_corner else points] for each in rows]
    return _Parts(rows, split(points, corners.reshape(-1, 3), values))


def _normals(mesh: UsdGeom.Mesh, layout: _Layout) -> _Rows | None:
    primvar = UsdGeom.PrimvarsAPI(mesh).GetPrimvar("normals")
    if primvar and primvar.HasAuthoredValue():
        return _primvar(primvar, 3, layout, "normals")
    attribute = mesh.GetNormalsAttr()
    values = floats_of(attribute, 3)
    return None if values is None else _spread(attribute, values, mesh.GetNormalsInterpolation(), layout, "normals")


def _uv(prim: Usd.Prim, layout: _Layout) -> _Rows | None:
    """Texture coordinates by their usual names, else the first that there are."""
    primvars = [
        primvar
        for primvar in UsdGeom.PrimvarsAPI(prim).GetPrimvarsWithAuthoredValues()
        if primvar.GetTypeName() in _UV_TYPES
    ]
    named = {str(primvar.GetPrimvarName()): primvar for primvar in primvars}
    chosen = next((name for name in USUAL_UV if name in named), None)
    if chosen is None:
        chosen = next((name for name, primvar in named.items() if primvar.GetTypeName().role), None)
    return None if chosen is None else _primvar(named[chosen], 2, layout, "uv")


_UV_TYPES = (
    Sdf.ValueTypeNames.TexCoord2fArray,
    Sdf.ValueTypeNames.TexCoord2dArray,
    Sdf.ValueTypeNames.TexCoord2hArray,
    Sdf.ValueTypeNames.Float2Array,
    Sdf.ValueTypeNames.Double2Array,
)


def _primvar(primvar: UsdGeom.Primvar, width: int, layout: _Layout, name: str) -> _Rows | None:
    attribute = primvar.GetAttr()
    value = primvar.ComputeFlattened(STILL)
    values = None if value is None else floats_in(value, width, attribute)
    if values is None:
        return None
    return _spread(attribute, values, primvar.GetInterpolation(), layout, name)


def _spread(attribute: Usd.Attribute, values: Floats, interpolation: str, layout: _Layout, name: str) -> _Rows:
    """One row a point or a corner."""
    tokens = UsdGeom.Tokens
    corners, polygons = len(layout.indices), len(layout.counts)
    wanted = {tokens.faceVarying: corners, tokens.uniform: polygons, tokens.constant: 1}.get(
        interpolation, layout.points
    )
    if len(values) != wanted:
        raise wrong(attribute, f"has {len(values)} elements, {interpolation} needs {wanted}")
    if interpolation == tokens.faceVarying:
        return _Rows(name, values, True)
    if interpolation == tokens.uniform:
        return _Rows(name, np.repeat(values, layout.counts, axis=0), True)
    return _Rows(name, np.broadcast_to(values, (layout.points, values.shape[1])), False)


def _unit(normals: Floats) -> Floats | None:
    """Normals of length one; None where one of them has no direction, so that they are worked out anew."""
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    return normals / lengths if (lengths > 1e-12).all() else None

"""Mesh prims: geometry, skin and what they are made of."""

import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade, UsdSkel, Vt

from motionloom.core.data import Space
from motionloom.exporters.prepared.surfaces import Surface
from motionloom.exporters.usd.blend_shapes import write_blend_shapes
from motionloom.exporters.usd.conversion import directions, points
from motionloom.exporters.usd.identifiers import identifiers

CLAY = Gf.Vec3f(0.6)
"""The colour of a surface without a material."""


def write_surface(
    stage: Usd.Stage, path: str, surface: Surface, materials: list[UsdShade.Material], skeleton: str, space: Space
) -> None:
    """Define the Mesh prim of a surface, with its skin, blend shapes and materials.

    Args:
        stage: where.
        path: of the prim.
        surface: what to write.
        materials: the character's, in order.
        skeleton: the path of the Skeleton prim.
        space: the file's axes and unit.
    """
    mesh = UsdGeom.Mesh.Define(stage, path)
    _write_geometry(mesh, surface, space)
    _write_skin(mesh, surface, skeleton)
    write_blend_shapes(stage, mesh.GetPrim(), surface, space)
    if materials:
        _bind_materials(mesh, surface, materials)
    else:
        mesh.CreateDisplayColorPrimvar(UsdGeom.Tokens.constant).Set(Vt.Vec3fArray([CLAY]))


def _write_geometry(mesh: UsdGeom.Mesh, surface: Surface, space: Space) -> None:
    corners = surface.faces.astype(np.int32)
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    mesh.CreateFaceVertexCountsAttr(Vt.IntArray(len(corners), corners.shape[1]))
    mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(corners.reshape(-1)))
    positions = Vt.Vec3fArray.FromNumpy(points(surface.vertices, space))
    mesh.CreatePointsAttr(positions)
    mesh.CreateExtentAttr(UsdGeom.PointBased.ComputeExtent(positions))
    mesh.CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(directions(surface.normals, space)))
    mesh.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
    if surface.uv is not None:
        # The origin of USD's pictures is the lower left corner.
        upright = surface.uv * np.array([1, -1], np.float32) + np.array([0, 1], np.float32)
        st = UsdGeom.PrimvarsAPI(mesh).CreatePrimvar("st", Sdf.ValueTypeNames.TexCoord2fArray, UsdGeom.Tokens.vertex)
        st.Set(Vt.Vec2fArray.FromNumpy(upright))


def _write_skin(mesh: UsdGeom.Mesh, surface: Surface, skeleton: str) -> None:
    binding = UsdSkel.BindingAPI.Apply(mesh.GetPrim())
    influences = surface.joints.shape[1]
    joints = Vt.IntArray.FromNumpy(surface.joints.astype(np.int32).reshape(-1))
    binding.CreateJointIndicesPrimvar(False, influences).Set(joints)
    binding.CreateJointWeightsPrimvar(False, influences).Set(Vt.FloatArray.FromNumpy(surface.weights.reshape(-1)))
    # The vertices are in the bind pose as they stand in the world.
    binding.CreateGeomBindTransformAttr(Gf.Matrix4d(1.0))
    binding.CreateSkeletonRel().SetTargets([skeleton])


def _bind_materials(mesh: UsdGeom.Mesh, surface: Surface, materials: list[UsdShade.Material]) -> None:
    """Bind the one material of a mesh, or one to each of the subsets that its faces are divided into."""
    used = np.unique(surface.materials).tolist()
    binding = UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim())
    if len(used) == 1:
        binding.Bind(materials[used[0]])
        return
    shapes = [child.GetName() for child in mesh.GetPrim().GetChildren()]
    names = identifiers([materials[number].GetPrim().GetName() for number in used], shapes)
    for name, number in zip(names, used, strict=True):
        faces = np.flatnonzero(surface.materials == number).astype(np.int32)
        subset = binding.CreateMaterialBindSubset(name, Vt.IntArray.FromNumpy(faces))
        UsdShade.MaterialBindingAPI.Apply(subset.GetPrim()).Bind(materials[number])
    binding.SetMaterialBindSubsetsFamilyType(UsdGeom.Tokens.partition)

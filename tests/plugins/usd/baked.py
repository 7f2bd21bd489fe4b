"""What UsdSkel itself makes of a file: every triangle on every frame, in metres, Y up."""

from pathlib import Path

import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom, UsdSkel


def baked_corners(path: Path, codes: list[float]) -> dict[str, np.ndarray]:
    """(T, F, 3, 3) corners of the triangles of every mesh, by name, counter-clockwise seen from outside."""
    stage = Usd.Stage.Open(Sdf.Layer.OpenAsAnonymous(str(path)))
    for prim in list(stage.Traverse()):
        if prim.IsA(UsdSkel.Root):
            assert UsdSkel.BakeSkinning(UsdSkel.Root(prim), Gf.Interval(codes[0], codes[-1]))
    meshes = [UsdGeom.Mesh(prim) for prim in stage.Traverse() if prim.IsA(UsdGeom.Mesh)]
    return {mesh.GetPrim().GetName(): np.stack([_corners(stage, mesh, code) for code in codes]) for mesh in meshes}


def _corners(stage: Usd.Stage, mesh: UsdGeom.Mesh, code: float) -> np.ndarray:
    to_world = np.array(UsdGeom.Xformable(mesh).ComputeLocalToWorldTransform(code))
    points = np.array(mesh.GetPointsAttr().Get(code), dtype=np.float64)
    world = (points @ to_world[:3, :3] + to_world[3, :3]) * UsdGeom.GetStageMetersPerUnit(stage)
    if UsdGeom.GetStageUpAxis(stage) == "Z":
        world = np.stack((world[:, 0], world[:, 2], -world[:, 1]), 1)
    return world[_fans(mesh)]


def _fans(mesh: UsdGeom.Mesh) -> np.ndarray:
    indices, start, fans = list(mesh.GetFaceVertexIndicesAttr().Get()), 0, []
    for count in mesh.GetFaceVertexCountsAttr().Get():
        polygon = indices[start : start + count]
        fans += [[polygon[0], polygon[k], polygon[k + 1]] for k in range(1, count - 1)]
        start += count
    flipped = mesh.GetOrientationAttr().Get() == "leftHanded"
    return np.array([fan[::-1] for fan in fans] if flipped else fans)

"""Mesh prims: surface, skin, blend shapes and materials put together."""

from collections.abc import Callable, Mapping
from pathlib import Path

from pxr import Sdf, Usd, UsdGeom

from motionloom.plugins.scene_graph.stored import StoredMesh
from motionloom.plugins.usd.animations import ShapedMesh
from motionloom.plugins.usd.blend_shapes import ShapeReader
from motionloom.plugins.usd.geometry import read_geometry
from motionloom.plugins.usd.materials import Materials
from motionloom.plugins.usd.node_table import NodeTable
from motionloom.plugins.usd.skeletons import Joints
from motionloom.plugins.usd.skins import bound_skeleton, read_skin
from motionloom.plugins.usd.values import STILL, name_of

OTHER_SURFACES = ("Capsule", "Cone", "Cube", "Cylinder", "NurbsPatch", "Plane", "PointInstancer", "Sphere", "TetMesh")
"""Types of prims that show a surface without being a Mesh."""


class MeshReader:
    """Reads the meshes of a stage.

    Args:
        table: the stage's nodes.
        skeletons: its skeletons.
        folder: where pictures may be.
        warn: told of what is left out.
    """

    def __init__(
        self, table: NodeTable, skeletons: Mapping[Sdf.Path, Joints], folder: Path, warn: Callable[[str], None]
    ) -> None:
        self.meshes: list[StoredMesh] = []
        self.shaped: list[ShapedMesh] = []
        self.materials = Materials(folder, warn)
        self._table = table
        self._skeletons = skeletons
        self._shapes = ShapeReader(warn)
        self._warn = warn

    def add(self, prim: Usd.Prim) -> None:
        """Add a prim if it is a mesh that shows.

        Raises:
            ReadError: it contradicts itself.
        """
        kind = prim.GetTypeName()
        if kind in OTHER_SURFACES:
            self._warn(f"{prim.GetPath()} is a {kind}, no Mesh, and is left out")
        if not prim.IsA(UsdGeom.Mesh) or not self._shows(prim):
            return
        geometry = read_geometry(prim)
        if geometry is None:
            return
        if UsdGeom.Mesh(prim).GetPointsAttr().ValueMightBeTimeVarying():
            self._warn(f"{prim.GetPath()} moves point by point, which is left out: its first shape stays")
        skeleton = bound_skeleton(prim, self._skeletons)
        shapes = self._shapes.read(prim, geometry.points, geometry.copied)
        if shapes and skeleton is not None:
            self.shaped.append(ShapedMesh(len(self.meshes), skeleton.path, list(shapes)))
        skin = read_skin(prim, skeleton, geometry.points, geometry.copied, self._warn) if skeleton else None
        mesh: StoredMesh = {
            "name": name_of(prim),
            "node": self._table.at[prim.GetPath()],
            "vertices": geometry.vertices,
            "faces": geometry.faces,
            "normals": geometry.normals,
            "uv": geometry.uv,
            "face_materials": self.materials.of_faces(prim, geometry.source, geometry.polygons),
            "skin": skin,
            "shapes": shapes,
        }
        self.meshes.append(mesh)

    def _shows(self, prim: Usd.Prim) -> bool:
        imageable = UsdGeom.Imageable(prim)
        purpose = imageable.ComputePurpose()
        if purpose in (UsdGeom.Tokens.guide, UsdGeom.Tokens.proxy):
            self._warn(f"{prim.GetPath()} is a {purpose} and is left out")
            return False
        if imageable.ComputeVisibility(STILL) == UsdGeom.Tokens.invisible:
            self._warn(f"{prim.GetPath()} is invisible and is left out")
            return False
        return True

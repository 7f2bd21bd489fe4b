"""Meshes, skins and blend shapes through Autodesk's FBX SDK."""

from collections.abc import Sequence
from types import ModuleType
from typing import Any

from motionloom.exporters.fbx.scene import Doubles, MeshObject, ShapeObject


def add_mesh(sdk: ModuleType, document: Any, mesh: MeshObject, materials: Sequence[Any]) -> tuple[Any, Any]:
    """Add a mesh with its materials, and give its node and its surface."""
    surface = sdk.FbxMesh.Create(document, mesh.name)
    _set_points(sdk, surface, mesh.points)
    layer = surface.GetLayer(surface.CreateLayer())
    layer.SetMaterials(_element(sdk, sdk.FbxLayerElementMaterial, surface, "", "eByPolygon", "eIndexToDirect"))
    for slot, corners in zip(mesh.face_slots.tolist(), mesh.corners.tolist(), strict=True):
        surface.BeginPolygon(slot)
        for corner in corners:
            surface.AddPolygon(corner)
        surface.EndPolygon()
    layer.SetNormals(_normals(sdk, surface, mesh))
    if mesh.uv is not None:
        layer.SetUVs(_uv(sdk, surface, mesh))
    node = sdk.FbxNode.Create(document, mesh.name)
    node.SetNodeAttribute(surface)
    for slot in mesh.materials:
        node.AddMaterial(materials[slot])
    document.GetRootNode().AddChild(node)
    return node, surface


def _set_points(sdk: ModuleType, target: Any, points: Doubles) -> None:
    target.InitControlPoints(len(points))
    for number, point in enumerate(points.tolist()):
        target.SetControlPointAt(sdk.FbxVector4(*point), number)


def _element(sdk: ModuleType, kind: Any, surface: Any, name: str, mapping: str, reference: str) -> Any:
    base = sdk.FbxLayerElement
    element = kind.Create(surface, name)
    element.SetMappingMode(getattr(getattr(base, "EMappingMode", base), mapping))
    element.SetReferenceMode(getattr(getattr(base, "EReferenceMode", base), reference))
    return element


def _normals(sdk: ModuleType, surface: Any, mesh: MeshObject) -> Any:
    element = _element(sdk, sdk.FbxLayerElementNormal, surface, "", "eByPolygonVertex", "eDirect")
    values = element.GetDirectArray()
    for normal in mesh.normals.tolist():
        values.Add(sdk.FbxVector4(*normal))
    return element


def _uv(sdk: ModuleType, surface: Any, mesh: MeshObject) -> Any:
    assert mesh.uv is not None
    element = _element(sdk, sdk.FbxLayerElementUV, surface, "UVMap", "eByPolygonVertex", "eIndexToDirect")
    values, indices = element.GetDirectArray(), element.GetIndexArray()
    for pair in mesh.uv.tolist():
        values.Add(sdk.FbxVector2(*pair))
    for corner in mesh.uv_corners.reshape(-1).tolist():
        indices.Add(corner)
    return element


def add_skin(sdk: ModuleType, document: Any, mesh: MeshObject, surface: Any, nodes: Sequence[Any]) -> None:
    """Add a cluster for each joint that moves any of the mesh; the nodes are in the bind pose."""
    skin = sdk.FbxSkin.Create(document, mesh.name)
    mode = getattr(sdk.FbxCluster, "ELinkMode", sdk.FbxCluster).eNormalize
    for part in mesh.clusters:
        node = nodes[part.joint]
        cluster = sdk.FbxCluster.Create(document, node.GetName())
        cluster.SetLink(node)
        cluster.SetLinkMode(mode)
        for point, weight in zip(part.points.tolist(), part.weights.tolist(), strict=True):
            cluster.AddControlPointIndex(point, weight)
        # The mesh stands at the origin: a new matrix is the identity.
        cluster.SetTransformMatrix(sdk.FbxAMatrix())
        cluster.SetTransformLinkMatrix(node.EvaluateGlobalTransform())
        skin.AddCluster(cluster)
    surface.AddDeformer(skin)


def add_blend_shape(sdk: ModuleType, document: Any, mesh: MeshObject, surface: Any) -> list[Any]:
    """Add a mesh's blend shapes, and give their channels."""
    if not mesh.shapes:
        return []
    blend_shape = sdk.FbxBlendShape.Create(document, mesh.name)
    channels = []
    for shape in mesh.shapes:
        target = sdk.FbxShape.Create(document, shape.name)
        _set_points(sdk, target, _moved(mesh.points, shape))
        channel = sdk.FbxBlendShapeChannel.Create(document, shape.name)
        channel.AddTargetShape(target, 100.0)
        blend_shape.AddBlendShapeChannel(channel)
        channels.append(channel)
    surface.AddDeformer(blend_shape)
    return channels


def _moved(points: Doubles, shape: ShapeObject) -> Doubles:
    """All points at full weight: the SDK wants positions, and stores offsets."""
    moved = points.copy()
    moved[shape.points] += shape.offsets
    return moved

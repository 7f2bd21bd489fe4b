"""The same scene through Autodesk's FBX SDK, where its Python module `fbx` is installed.

Written against the SDK's documented Python API (FBX Python SDK 2020). Enumerations are looked up both
inside their own class, as from 2020.3 on, and beside it, as before.
"""

import importlib
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from motionloom.core.errors import ExportError, place
from motionloom.exporters.fbx.autodesk_animation import add_stacks
from motionloom.exporters.fbx.autodesk_materials import add_materials
from motionloom.exporters.fbx.autodesk_mesh import add_blend_shape, add_mesh, add_skin
from motionloom.exporters.fbx.frame_rate import CUSTOM
from motionloom.exporters.fbx.scene import FbxScene, Joint

TIME_MODES = {
    1: "eFrames120",
    2: "eFrames100",
    3: "eFrames60",
    4: "eFrames50",
    5: "eFrames48",
    6: "eFrames30",
    9: "eNTSCFullFrame",
    10: "eFrames25",
    11: "eFrames24",
    13: "eFrames23976",
    CUSTOM: "eCustom",
}


def write_autodesk(scene: FbxScene, path: Path, ascii: bool = False) -> None:
    """Write a scene with Autodesk's SDK.

    Args:
        scene: what the file holds.
        path: where.
        ascii: whether as text.

    Raises:
        ExportError: the SDK could not write the file, with its own words.
    """
    sdk = importlib.import_module("fbx")
    manager = sdk.FbxManager.Create()
    try:
        # The SDK takes pictures from the disk when it exports.
        with tempfile.TemporaryDirectory() as pictures:
            document = _document(sdk, manager, scene, Path(pictures))
            _export(sdk, manager, document, path, ascii)
    finally:
        manager.Destroy()


def member(owner: Any, group: str, name: str) -> Any:
    """A member of an enumeration, wherever this version of the module keeps it."""
    return getattr(getattr(owner, group, owner), name)


def _document(sdk: ModuleType, manager: Any, scene: FbxScene, pictures: Path) -> Any:
    document = sdk.FbxScene.Create(manager, scene.name)
    _set_globals(sdk, document.GetGlobalSettings(), scene)
    nodes = _add_joints(sdk, document, scene.joints)
    materials = add_materials(sdk, document, scene.materials, pictures)
    channels, posed = [], list(nodes)
    for mesh in scene.meshes:
        node, surface = add_mesh(sdk, document, mesh, materials)
        add_skin(sdk, document, mesh, surface, nodes)
        channels.append(add_blend_shape(sdk, document, mesh, surface))
        posed.append(node)
    _add_bind_pose(sdk, document, posed)
    add_stacks(sdk, document, scene, nodes, channels)
    return document


def _set_globals(sdk: ModuleType, settings: Any, scene: FbxScene) -> None:
    settings.SetAxisSystem(sdk.FbxAxisSystem.MayaYUp)
    settings.SetSystemUnit(sdk.FbxSystemUnit.cm)
    settings.SetTimeMode(member(sdk.FbxTime, "EMode", TIME_MODES[scene.rate.mode]))
    if scene.rate.mode == CUSTOM:
        settings.SetCustomFrameRate(scene.rate.fps)


def _add_joints(sdk: ModuleType, document: Any, joints: tuple[Joint, ...]) -> list[Any]:
    nodes: list[Any] = []
    for joint in joints:
        attribute = sdk.FbxSkeleton.Create(document, joint.name)
        attribute.SetSkeletonType(member(sdk.FbxSkeleton, "EType", "eLimbNode"))
        node = sdk.FbxNode.Create(document, joint.name)
        node.SetNodeAttribute(attribute)
        node.SetRotationActive(True)
        node.SetPreRotation(
            member(sdk.FbxNode, "EPivotSet", "eSourcePivot"), sdk.FbxVector4(*joint.pre_rotation.tolist())
        )
        node.LclTranslation.Set(sdk.FbxDouble3(*joint.translation.tolist()))
        parent = document.GetRootNode() if joint.parent < 0 else nodes[joint.parent]
        parent.AddChild(node)
        nodes.append(node)
    return nodes


def _add_bind_pose(sdk: ModuleType, document: Any, nodes: list[Any]) -> None:
    pose = sdk.FbxPose.Create(document, "bind pose")
    pose.SetIsBindPose(True)
    for node in nodes:
        pose.Add(node, sdk.FbxMatrix(node.EvaluateGlobalTransform()))
    document.AddPose(pose)


def _export(sdk: ModuleType, manager: Any, document: Any, path: Path, ascii: bool) -> None:
    settings = sdk.FbxIOSettings.Create(manager, sdk.IOSROOT)
    settings.SetBoolProp(sdk.EXP_FBX_EMBEDDED, True)
    manager.SetIOSettings(settings)
    exporter = sdk.FbxExporter.Create(manager, "")
    written = exporter.Initialize(str(path), _file_format(manager, ascii), settings) and exporter.Export(document)
    reason = exporter.GetStatus().GetErrorString()
    exporter.Destroy()
    if not written:
        raise ExportError(
            f"Autodesk's SDK could not write it: {reason}", where=place(path), remedy="use backend: builtin"
        )


def _file_format(manager: Any, ascii: bool) -> int:
    """The number that the SDK gives to binary or to text FBX."""
    registry = manager.GetIOPluginRegistry()
    if ascii:
        for number in range(registry.GetWriterFormatCount()):
            if registry.WriterIsFBX(number) and "ascii" in registry.GetWriterFormatDescription(number).lower():
                return number
        raise ExportError("this version of Autodesk's SDK writes no text", remedy="use backend: builtin")
    return int(registry.GetNativeWriterFormat())

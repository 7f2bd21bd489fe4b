"""Autodesk's module, played by a stand-in, is told the scene that the builtin backend writes."""

import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import autodesk_stand_in as sdk
import numpy as np
import pytest
import synthetic
from binary_records import Document, name_of, read
from dressed import dressed

from motionloom.core.data import Take
from motionloom.core.errors import ExportError
from motionloom.core.node import Context
from motionloom.exporters.fbx.nodes import export_fbx


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fbx", sdk)
    monkeypatch.setattr(sdk, "__spec__", ModuleSpec("fbx", None))
    monkeypatch.setattr(sdk, "EXPORTED", [])


def both(folder: Path, *takes: Take) -> tuple[sdk.FbxScene, Document]:
    """What the stand-in was told, and what the builtin backend wrote."""
    export_fbx(takes, path=folder / "sdk.fbx", backend="autodesk", ctx=Context())
    path = export_fbx(takes, path=folder / "own.fbx", backend="builtin", ctx=Context()).path
    ((_, _, scene),) = sdk.EXPORTED
    return scene, read(path)


def below(node: sdk.FbxNode) -> list[sdk.FbxNode]:
    return [found for child in node.children for found in (child, *below(child))]


def keys(curve: sdk.AnimCurve) -> tuple[list[int], list[float]]:
    ticks, values = zip(*curve.keys, strict=True)
    return list(ticks), list(values)


def test_the_module_is_told_names_hierarchy_and_rest_pose(installed: None, tmp_path: Path) -> None:
    scene, document = both(tmp_path, synthetic.take())
    nodes = {node.name: node for node in below(scene.root)}
    assert set(nodes) == {name_of(model) for model in document.objects("Model")}
    for model in document.objects("Model", "LimbNode"):
        node, properties = nodes[name_of(model)], model.properties()
        assert node.active and node.attribute.kind == "limb"
        assert list(node.pre_rotation) == properties["PreRotation"]
        assert list(node.LclTranslation.value.values) == properties["Lcl Translation"]
        children = {name_of(child) for child in document.sources(model) if child.name == "Model"}
        assert {child.name for child in node.children} == children
    assert [node.name for node in scene.root.children] == ["hips", "tube"]
    (pose,) = scene.poses
    assert pose.bind and {node.name for node in pose.nodes} == set(nodes)
    assert (scene.settings.axes, scene.settings.unit, scene.settings.mode) == ("Y up", "cm", "30")


def test_the_module_is_told_surface_skin_and_shapes(installed: None, tmp_path: Path) -> None:
    scene, document = both(tmp_path, synthetic.take())
    mesh = next(node.attribute for node in below(scene.root) if node.name == "tube")
    geometry = document.objects("Geometry", "Mesh")[0]
    points = geometry.value("Vertices").reshape(-1, 3)
    assert np.array_equal(mesh.points, points)
    corners = geometry.value("PolygonVertexIndex").reshape(-1, 3)
    assert np.array_equal([polygon for _, polygon in mesh.polygons], np.where(corners < 0, ~corners, corners))
    normals, uv = geometry.one("LayerElementNormal").value("Normals"), geometry.one("LayerElementUV")
    assert np.array_equal(np.ravel(mesh.layers[0].normals.direct.values), normals)
    assert np.array_equal(np.ravel(mesh.layers[0].uv.direct.values), uv.value("UV"))
    assert np.array_equal(mesh.layers[0].uv.index.values, uv.value("UVIndex"))
    skin, blend_shape = mesh.deformers
    for cluster in skin.clusters:
        own = document.named("Deformer", cluster.name)
        assert [point for point, _ in cluster.influences] == own.value("Indexes").tolist()
        assert [weight for _, weight in cluster.influences] == own.value("Weights").tolist()
    assert [channel.name for channel in blend_shape.channels] == list(synthetic.SHAPES)
    for channel, shape in zip(blend_shape.channels, document.objects("Geometry", "Shape"), strict=True):
        moved = points.copy()
        moved[shape.value("Indexes")] += shape.value("Vertices").reshape(-1, 3)
        assert np.array_equal(channel.target.points, moved) and channel.percent == 100.0


def test_the_module_is_told_every_key_of_every_take(installed: None, tmp_path: Path) -> None:
    first, second = synthetic.take(31), synthetic.take(21)
    takes = [first, Take("second", first.character, second.motion, second.face)]
    scene, document = both(tmp_path, *takes)
    for number, stack in enumerate(document.objects("AnimationStack")):
        (layer,) = document.sources(stack)
        told = told_curves(scene, number)
        for node in document.sources(layer):
            (target,) = (c for c in document.connections() if c[1] == node.values[0] and c[0] == "OP")
            owner = next(o for o in document.root.one("Objects").children if o.values[0] == target[2])
            for curve, channel in curves_of(document, node):
                ticks, values = told.pop((name_of(owner), target[3], channel))
                assert ticks == curve.value("KeyTime").tolist()
                assert values == curve.value("KeyValueFloat").tolist()
        assert not told


def curves_of(document: Document, node: Any) -> list[tuple[Any, str]]:
    by_number = {found.values[0]: found for found in document.objects("AnimationCurve")}
    return [(by_number[c[1]], c[3]) for c in document.connections() if c[0] == "OP" and c[2] == node.values[0]]


def told_curves(scene: sdk.FbxScene, number: int) -> dict[tuple[str, str, str], tuple[list[int], list[float]]]:
    """Keys by object, property and channel, of one of the layers in the order in which they were made."""
    found: dict[tuple[str, str, str], Any] = {}
    owners: list[tuple[str, str, Any]] = []
    for node in below(scene.root):
        owners += [(node.name, "Lcl Translation", node.LclTranslation), (node.name, "Lcl Rotation", node.LclRotation)]
        for deformer in getattr(node.attribute, "deformers", [])[1:]:
            owners += [(channel.name, "DeformPercent", channel.DeformPercent) for channel in deformer.channels]
    layers = list(dict.fromkeys(layer for _, _, owner in owners for layer, *_ in owner.curves))
    for name, kind, owner in owners:
        for (layer, *channel), curve in owner.curves.items():
            if layer is layers[number]:
                found[name, kind, f"d|{channel[0] if channel else 'DeformPercent'}"] = keys(curve)
    return found


def test_the_module_is_told_materials_and_textures(installed: None, tmp_path: Path) -> None:
    scene, document = both(tmp_path, dressed(synthetic.take()))
    nodes = {node.name: node for node in below(scene.root)}
    assert [material.name for material in nodes["body"].materials] == ["skin", "hair"]
    (cloth,) = nodes["coat"].materials
    (texture,) = cloth.Diffuse.sources
    assert texture.data == document.objects("Video")[0].value("Content")
    assert texture.UVSet.value == "UVMap"
    for material in (*nodes["body"].materials, cloth):
        properties = document.named("Material", material.name).properties()
        assert list(material.Diffuse.value.values) == properties["DiffuseColor"]
        assert [material.TransparencyFactor.value] == properties["TransparencyFactor"]
        assert [material.Shininess.value] == properties["Shininess"]


@pytest.mark.parametrize(("fps", "mode", "custom"), [(24000 / 1001, "23.976", None), (37.5, "custom", 37.5)])
def test_the_module_is_told_the_frame_rate(
    fps: float, mode: str, custom: float | None, installed: None, tmp_path: Path
) -> None:
    scene, _ = both(tmp_path, synthetic.take(fps=fps))
    assert (scene.settings.mode, scene.settings.custom) == (mode, custom)


@pytest.mark.parametrize(("ascii", "number"), [(False, 0), (True, 1)])
def test_the_module_writes_binary_or_text(ascii: bool, number: int, installed: None, tmp_path: Path) -> None:
    export_fbx([synthetic.still()], path=tmp_path / "take.fbx", ascii=ascii, ctx=Context())
    ((path, chosen, _),) = sdk.EXPORTED
    assert (path, chosen) == (str(tmp_path / "take.fbx"), number)


def test_auto_prefers_the_module_where_it_is_installed(installed: None, tmp_path: Path) -> None:
    export_fbx([synthetic.still()], path=tmp_path / "take.fbx", ctx=Context())
    assert len(sdk.EXPORTED) == 1
    export_fbx([synthetic.still()], path=tmp_path / "take.fbx", backend="builtin", ctx=Context())
    assert len(sdk.EXPORTED) == 1


def test_auto_does_without_the_module(tmp_path: Path) -> None:
    path = export_fbx([synthetic.still()], path=tmp_path / "take.fbx", ctx=Context()).path
    assert path.read_bytes().startswith(b"Kaydara")


def test_asking_for_an_absent_module_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="is not installed; install the FBX Python SDK from Autodesk's site, or use"):
        export_fbx([synthetic.still()], path=tmp_path / "take.fbx", backend="autodesk", ctx=Context())


def test_what_the_module_says_about_a_failure_is_passed_on(
    installed: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sdk, "WRITES", False)
    with pytest.raises(ExportError, match="Autodesk's SDK could not write it: the disk is full"):
        export_fbx([synthetic.still()], path=tmp_path / "take.fbx", ctx=Context())

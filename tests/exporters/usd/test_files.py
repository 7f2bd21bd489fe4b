"""Files on disk: suffixes, layers, packages, the same every time, and within bounded memory."""

import struct
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import synthetic
import torch
from pxr import Sdf, Usd
from usd_takes import parts_take, picture

from motionloom.core.data import Take
from motionloom.core.errors import ExportError
from motionloom.core.node import spec_of
from motionloom.exporters.usd import package
from motionloom.exporters.usd.nodes import export_usd, motionloom_nodes
from motionloom.exporters.usd.writer import write_usd

BINARY, TEXT = b"PXR-USDC", b"#usda 1."


@pytest.mark.parametrize(
    ("name", "start"), [("a.usd", BINARY), ("a.usdc", BINARY), ("A.USDC", BINARY), ("a.usda", TEXT)]
)
def test_a_suffix_says_whether_it_is_text(name: str, start: bytes, tmp_path: Path) -> None:
    assert write_usd([synthetic.still()], tmp_path / name)[0].read_bytes().startswith(start)


@pytest.mark.parametrize("name", ["日本 1.usda", "a walk, 50%.usdc", "it's @ [2] #3.usda", "-.usdz", "42.usdz"])
@pytest.mark.parametrize("layers", ["one", "separate"])
def test_any_file_name_will_do(name: str, layers: str, tmp_path: Path) -> None:
    if name.endswith("usdz") and layers == "separate":
        return
    folder = tmp_path / "é 走る"
    folder.mkdir()
    path = write_usd([synthetic.take(3)], folder / name, layers=layers)[0]
    stage = Usd.Stage.Open(str(path))
    assert stage.GetDefaultPrim().GetTypeName() == "SkelRoot"
    assert stage.GetPrimAtPath("/tube/Skeleton/wave").GetTypeName() == "SkelAnimation"
    assert all(file.parent == folder for file in folder.iterdir())


def test_separate_layers_hold_geometry_and_animation_apart(tmp_path: Path) -> None:
    whole, animation, geometry = write_usd([synthetic.take(3)], tmp_path / "walk.usda", layers="separate")
    assert (animation.name, geometry.name) == ("walk.anim.usdc", "walk.geo.usdc")
    assert list(Sdf.Layer.FindOrOpen(str(whole)).subLayerPaths) == ["./walk.anim.usdc", "./walk.geo.usdc"]
    assert len(Sdf.Layer.FindOrOpen(str(whole)).rootPrims) == 0
    moving = Usd.Stage.Open(str(animation))
    assert [str(prim.GetPath()) for prim in moving.TraverseAll()] == ["/tube", "/tube/Skeleton", "/tube/Skeleton/wave"]
    assert not Usd.Stage.Open(str(geometry)).GetPrimAtPath("/tube/Skeleton/wave")
    for file in (whole, animation, geometry):
        stage = Usd.Stage.Open(str(file))
        assert (stage.GetTimeCodesPerSecond(), stage.GetEndTimeCode()) == (30.0, 2.0)
        assert stage.GetDefaultPrim().GetPath() == "/tube"


def test_a_studio_can_put_another_animation_on_the_geometry(tmp_path: Path) -> None:
    first = synthetic.take(3)
    second = replace(first, name="other", motion=synthetic.motion(first.character.skeleton, 9), face=None)
    geometry = write_usd([first], tmp_path / "first.usda", layers="separate")[2]
    animation = write_usd([second], tmp_path / "second.usda", layers="separate")[1]
    composed = Sdf.Layer.CreateNew(str(tmp_path / "shot.usda"))
    composed.subLayerPaths = [animation.name, geometry.name]
    composed.Save()
    stage = Usd.Stage.Open(str(tmp_path / "shot.usda"))
    assert stage.GetPrimAtPath("/tube").GetRelationship("skel:animationSource").GetTargets() == ["/tube/Skeleton/other"]
    assert stage.GetPrimAtPath("/tube/tube_mesh").GetTypeName() == "Mesh"


def test_a_package_lies_as_viewers_map_it(tmp_path: Path) -> None:
    (path,) = write_usd([parts_take(5)], tmp_path / "été 1.usdz")
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == ["ete_1.usdc", "textures/skin_e.png"]
    for entry in entries:
        assert entry.compress_type == zipfile.ZIP_STORED and not entry.flag_bits
        name, extra = struct.unpack_from("<HH", data, entry.header_offset + 26)
        assert (entry.header_offset + 30 + name + extra) % 64 == 0
    assert [file.name for file in tmp_path.iterdir()] == ["été 1.usdz"]


def test_a_package_too_large_for_zip_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(package, "LARGEST", 1000)
    with pytest.raises(ExportError, match=r"take.usdz.*GiB.*write .usdc instead"):
        write_usd([synthetic.still()], tmp_path / "take.usdz")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".usda", ".usdc", ".usdz"])
def test_the_same_take_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    files = [write_usd([parts_take(9)], tmp_path / folder / f"take{suffix}") for folder in ("", "")]
    first = [file.read_bytes() for file in files[0]]
    assert first == [file.read_bytes() for file in files[1]]


def test_another_process_writes_the_same_bytes(tmp_path: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(Path(synthetic.__file__).parent)!r}); import pathlib, synthetic; "
    code += "from motionloom.exporters.usd.writer import write_usd; "
    code += f"write_usd([synthetic.take(9)], pathlib.Path({str(tmp_path)!r}, 'other.usdc'))"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=600)
    mine = write_usd([synthetic.take(9)], tmp_path / "mine.usdc")[0]
    assert mine.read_bytes() == (tmp_path / "other.usdc").read_bytes()


def test_a_file_that_is_open_can_be_written_again(tmp_path: Path) -> None:
    path = tmp_path / "take.usdc"
    write_usd([synthetic.take(3)], path)
    stage = Usd.Stage.Open(str(path))
    write_usd([synthetic.take(7)], path)
    stage.Reload()
    assert stage.GetEndTimeCode() == 6


@pytest.mark.parametrize("frames", [1, 30])
def test_an_export_changes_nothing_in_the_take(frames: int, tmp_path: Path) -> None:
    take, untouched = (synthetic.take(frames, sliding=True) for _ in range(2))
    write_usd([take], tmp_path / "take.usdc", up="z", unit="cm")
    assert torch.equal(take.motion.rotations, untouched.motion.rotations)
    assert torch.equal(take.motion.joint_translations, untouched.motion.joint_translations)
    assert torch.equal(take.character.mesh.vertices, untouched.character.mesh.vertices)
    assert torch.equal(take.character.face_rig.deltas, untouched.character.face_rig.deltas)


def test_pictures_whose_names_differ_in_case_alone_get_files_of_their_own(tmp_path: Path) -> None:
    take = parts_take(3)
    one, two = (replace(picture(), name=name) for name in ("Skin", "skin"))
    other = replace(two, data=torch.cat((two.data, two.data[:1])))
    skin, eye, hat = take.character.materials
    materials = replace(skin, texture=one), replace(eye, texture=other), replace(hat, texture=one)
    take = replace(take, character=replace(take.character, materials=materials))
    files = write_usd([take], tmp_path / "take.usda")
    assert [file.name for file in files] == ["take.usda", "take.skin.png", "take.skin_1.png"]
    assert [len(file.read_bytes()) for file in files[1:]] == [len(one.data), len(one.data) + 1]


def test_the_plugin_offers_the_node_and_the_node_says_that_it_writes(tmp_path: Path) -> None:
    (node,) = motionloom_nodes()
    spec = spec_of(node)
    assert (spec.name, [port.name for port in spec.ports], spec.writes_files) == ("export.usd", ["take"], True)
    assert all(part.help for part in (*spec.ports, *spec.parameters))
    take: Take = synthetic.take(3)
    assert export_usd([take], path=tmp_path / "take.usdc").files == (tmp_path / "take.usdc",)

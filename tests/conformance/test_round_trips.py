"""What is read, written and read again is what it was, along every way from format to format."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import synthetic
import torch
from same_performance import assert_same_performance

from motionloom.core.data import Material, Mesh, MeshPart, Take, Texture, bare_character
from motionloom.core.node import Context
from motionloom.exporters.files.writer import write_file
from motionloom.exporters.gltf.nodes import export_gltf
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.files.reader import read_file

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fccf"
    "c0f01f00050001ff89993d1d0000000049454e44ae426082"
)
"""A PNG of one pixel."""

FORMATS = ("glb", "gltf", "fbx", "usda", "usdc", "usdz")
WAYS = [*[(format_,) for format_ in FORMATS], ("glb", "fbx", "usdc", "glb"), ("usdc", "glb", "fbx"), ("fbx", "usdz")]


def said(*warnings: str) -> None:
    """A reader of our own files has nothing to say."""
    raise AssertionError(warnings)


def along(takes: Sequence[Take], way: Sequence[str], folder: Path) -> tuple[Take, ...]:
    """The takes after they were written and read in one format after another."""
    for step, suffix in enumerate(way):
        path = folder / f"{step}.{suffix}"
        write_file(takes, path, Context(report_warning=said))
        takes = read_file(path, said)
    return tuple(takes)


def two_parts(take: Take) -> Take:
    """The take's mesh as two objects of two materials, one of them with a texture."""
    mesh = take.character.mesh
    doubled = Mesh(
        torch.cat((mesh.vertices, mesh.vertices + 0.5)),
        torch.cat((mesh.faces, mesh.faces + len(mesh.vertices))),
        uv=None if mesh.uv is None else torch.cat((mesh.uv, mesh.uv)),
        parts=tuple(MeshPart(name, len(mesh.vertices), len(mesh.faces)) for name in ("body", "coat")),
        face_materials=torch.arange(2).repeat_interleave(len(mesh.faces)),
    )
    skin, rig = take.character.skin, take.character.face_rig
    assert rig is not None
    texture = Texture("dot", "image/png", torch.frombuffer(bytearray(PIXEL), dtype=torch.uint8))
    dressed = replace(
        take.character,
        mesh=doubled,
        skin=replace(skin, joint_indices=skin.joint_indices.repeat(2, 1), weights=skin.weights.repeat(2, 1)),
        face_rig=replace(rig, deltas=torch.cat((rig.deltas, torch.zeros_like(rig.deltas)), 1)),
        materials=(Material("skin", texture=texture), Material("wool", (0.1, 0.2, 0.6, 1.0))),
    )
    return replace(take, character=dressed)


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_a_performance_survives(way: tuple[str, ...], tmp_path: Path) -> None:
    take = synthetic.take(frames=25, fps=24.0, influences=4)
    (back,) = along([take], way, tmp_path)
    assert_same_performance(take, back)


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_objects_materials_and_textures_survive(way: tuple[str, ...], tmp_path: Path) -> None:
    take = two_parts(synthetic.take(frames=3, influences=4))
    (back,) = along([take], way, tmp_path)
    assert_same_performance(take, back)


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_sliding_joints_and_odd_frame_rates_survive(way: tuple[str, ...], tmp_path: Path) -> None:
    take = synthetic.take(frames=13, fps=24000 / 1001, sliding=True, influences=4)
    (back,) = along([take], way, tmp_path)
    assert_same_performance(take, back)


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_several_takes_survive_with_their_names(way: tuple[str, ...], tmp_path: Path) -> None:
    long, short = synthetic.take(frames=9, influences=4), synthetic.take(frames=5, influences=4)
    takes = [replace(long, name="walk"), replace(short, name="stand still")]
    back = along(takes, way, tmp_path)
    assert len(back) == 2
    for one, other in zip(takes, back, strict=True):
        assert_same_performance(one, other)


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_a_skeleton_without_a_surface_survives(way: tuple[str, ...], tmp_path: Path) -> None:
    take = replace(synthetic.take(frames=7), face=None)
    bare = replace(take, character=bare_character("bones", take.character.skeleton))
    (back,) = along([bare], way, tmp_path)
    assert_same_performance(bare, back)


@pytest.mark.parametrize("way", [("glb", "fbx", "usdc", "glb")], ids=" ".join)
def test_the_default_character_survives(way: tuple[str, ...], tmp_path: Path) -> None:
    who = character(ctx=Context())
    pose = synthetic.motion_of(who.skeleton, frames=12)
    face = synthetic.face_of(who, frames=12)
    take = Take("talk", who, pose, face)
    (back,) = along([take], way, tmp_path)
    assert_same_performance(take, back)


@pytest.mark.parametrize("quantize", [False, True])
def test_a_face_of_several_objects_stays_whole_with_fewer_keys(quantize: bool, tmp_path: Path) -> None:
    who = character(ctx=Context())
    take = Take("talk", who, synthetic.motion_of(who.skeleton, frames=40), synthetic.face_of(who, frames=40))
    path = tmp_path / "few.glb"
    export_gltf([take], path=path, tolerance=1e-3, quantize=quantize)
    (back,) = read_file(path, said)
    assert back.face is not None
    assert take.face is not None
    assert back.face.names == take.face.names
    assert (back.face.weights - take.face.weights).abs().max() < 0.3


@pytest.fixture(scope="module")
def knight(data_folder: Path) -> tuple[Take, ...]:
    """Five animations of a character of fifteen objects, with a texture."""
    return read_file(data_folder / "glb" / "kaykit_knight.glb", said)[:5]


@pytest.mark.parametrize(("first", "second"), list(pairwise(["glb", "fbx", "usdc", "glb"])))
def test_a_characters_own_animations_survive(first: str, second: str, knight: tuple[Take, ...], tmp_path: Path) -> None:
    back = along(knight, [first, second], tmp_path)
    for one, other in zip(knight, back, strict=True):
        assert_same_performance(one, other)

"""gltf-validator accepts what is exported, and three.js poses it as motionloom does."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import synthetic
import torch
from gltf_oracle import TOLERANCE, assert_all_conform, assert_conforms, readings, requires_three
from gltf_takes import MATERIALS, default_take, dressed_take, swaying, talking

from motionloom.core.data import FaceRig, Skin, Take, bare_character, quat_product
from motionloom.core.node import Context
from motionloom.exporters.gltf.nodes import export_gltf
from motionloom.exporters.prepared.skin_weights import influences
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.bvh.reader import read_bvh_file

pytestmark = requires_three

DATA = Path(__file__).parents[2] / os.environ.get("MOTIONLOOM_DATA", "../shared/data")
CLIPS = sorted((DATA / "bvh").glob("*.bvh"))

FIFTY_MICROMETRES = 5e-5

TAKES = {
    "body and face": synthetic.take(frames=95),
    "a rate that is no whole number": synthetic.take(frames=95, fps=29.97),
    "three influences": synthetic.take(frames=31, influences=3),
    "ten influences": synthetic.take(frames=31, influences=10),
    "sliding joints": synthetic.take(frames=31, sliding=True),
    "one frame": synthetic.take(frames=1),
    "two frames": synthetic.take(frames=2),
    "nothing": synthetic.still(),
    "body only": replace(synthetic.take(frames=31), face=None),
    "face only": replace(synthetic.take(frames=31), motion=None),
}


def test_every_kind_of_take_is_read_as_it_was_meant(tmp_path: Path) -> None:
    written = [(take, tmp_path / f"{name}.glb") for name, take in TAKES.items()]
    for take, path in written:
        export_gltf([take], path=path)
    assert_all_conform(written)


@pytest.mark.parametrize("rig", ["mixamo", "game_engine"])
def test_another_rig_is_read_as_it_was_meant(rig: str, tmp_path: Path) -> None:
    who = character(rig=rig, ctx=Context())
    take = Take("sway", who, swaying(who, 41), talking(who, 41))
    assert_conforms(take, export_gltf([take], path=tmp_path / "sway.glb").path)


def test_the_default_character_is_read_as_it_was_meant_at_every_rate(tmp_path: Path) -> None:
    takes = [default_take(frames=41, fps=fps) for fps in (30.0, 60.0, 24.0, 24000 / 1001)]
    written = [(take, export_gltf([take], path=tmp_path / f"{take.fps:.3f}.glb").path) for take in takes]
    assert max(assert_all_conform(written, every=5)) < FIFTY_MICROMETRES


@pytest.mark.parametrize("suffix", [".glb", ".gltf"])
def test_parts_with_materials_and_pictures_are_read_as_they_were_meant(suffix: str, tmp_path: Path) -> None:
    take = dressed_take()
    path = export_gltf([take], path=tmp_path / f"dressed{suffix}").path
    assert_conforms(take, path)
    (reading,) = readings([path], ["wave"], [np.zeros(1, np.float32)])
    described = [primitive for mesh in reading.meshes for primitive in mesh["primitives"]]
    assert all(mesh["textured"] for mesh in reading.meshes)
    for found, material in zip(described, MATERIALS, strict=True):
        assert found["material"] == material.name
        assert found["color"] == pytest.approx(material.base_color)
        assert (found["metallic"], found["roughness"]) == (material.metallic, material.roughness)
        picture = material.texture
        assert found["texture"] == (picture and {"name": picture.name, "bytes": len(picture.data)})


def test_several_takes_are_animations_of_one_file(tmp_path: Path) -> None:
    takes = [dressed_take(31), dressed_take(45, "run", 60.0), replace(dressed_take(7, "look"), motion=None)]
    path = export_gltf(takes, path=tmp_path / "takes.glb").path
    assert_all_conform([(take, path) for take in takes])
    (reading,) = readings([path], ["run"], [np.zeros(1, np.float32)])
    assert [animation["name"] for animation in reading.animations] == ["wave", "run", "look"]


def test_a_take_that_moves_nothing_is_a_pose_among_others(tmp_path: Path) -> None:
    takes = [dressed_take(31), replace(dressed_take(name="stand"), motion=None, face=None)]
    path = export_gltf(takes, path=tmp_path / "takes.glb").path
    (reading,) = readings([path], ["stand"], [np.zeros(1, np.float32)])
    assert [animation["duration"] for animation in reading.animations] == [1.0, 0.0]
    assert np.allclose(reading.vertices[0], takes[1].character.mesh.vertices, atol=1e-5)


@pytest.mark.parametrize("moving", [True, False])
def test_a_skeleton_without_a_mesh_is_read_as_joints(moving: bool, tmp_path: Path) -> None:
    bones = synthetic.skeleton()
    who = bare_character("bare", bones)
    take = Take("walk", who, synthetic.motion(bones, 61) if moving else None)
    assert_conforms(take, export_gltf([take], path=tmp_path / "bare.glb").path)


def test_sixteen_bits_are_read_within_their_steps(tmp_path: Path) -> None:
    takes = [dressed_take(), default_take(41)]
    written = [(take, export_gltf([take], path=tmp_path / f"{take.name}.glb", quantize=True).path) for take in takes]
    distances = assert_all_conform(written, tolerance=2e-4)
    print("largest distance of a vertex, quantized:", ", ".join(f"{far:.1e} m" for far in distances))


@pytest.mark.parametrize("tolerance", [1e-4, 1e-3])
def test_fewer_keys_are_read_within_the_tolerance(tolerance: float, tmp_path: Path) -> None:
    takes = [dressed_take(95), synthetic.take(61, sliding=True), default_take(61)]
    written = [
        (take, export_gltf([take], path=tmp_path / f"{number}.glb", tolerance=tolerance).path)
        for number, take in enumerate(takes)
    ]
    assert_all_conform(written, every=3, tolerance=tolerance + TOLERANCE)


@pytest.mark.skipif(not CLIPS, reason="no bvh folder where MOTIONLOOM_DATA points")
def test_recorded_clips_are_read_as_they_were_meant(tmp_path: Path) -> None:
    written = []
    for clip in CLIPS:
        motion = read_bvh_file(clip)
        take = Take(clip.stem, synthetic.sticks(motion.skeleton), motion)
        written.append((take, export_gltf([take], path=tmp_path / f"{clip.stem}.glb").path))
    assert_all_conform(written)


def test_four_influences_are_what_a_reader_with_a_limit_sees(tmp_path: Path) -> None:
    who = character(ctx=Context())
    take = Take("sway", who, swaying(who, 21))
    path = export_gltf([take], path=tmp_path / "sway.glb", influences=4).path
    reduced = Skin(*map(torch.from_numpy, influences(who.skin, 4)))
    assert reduced.weights.shape[1] == 4
    assert_conforms(replace(take, character=replace(who, skin=reduced)), path)


def turned(take: Take) -> Take:
    """One joint a quarter of a degree off in one frame."""
    rotations = take.motion.rotations.clone()
    angle = torch.tensor(0.25).deg2rad() / 2
    rotations[20, 3] = quat_product(rotations[20, 3], torch.stack((angle.sin(), 0 * angle, 0 * angle, angle.cos())))
    return replace(take, motion=replace(take.motion, rotations=rotations))


def reshaped(take: Take) -> Take:
    """One shape a little weaker."""
    return replace(take, face=replace(take.face, weights=take.face.weights * 0.999))


def reordered(take: Take) -> Take:
    """Two shapes under each other's name."""
    rig = take.character.face_rig
    swapped = FaceRig((rig.names[3], *rig.names[1:3], rig.names[0]), rig.deltas)
    return replace(take, character=replace(take.character, face_rig=swapped))


def late(take: Take) -> Take:
    """The motion one frame late."""
    motion = take.motion
    return replace(take, motion=replace(motion, root_translation=motion.root_translation.roll(1, 0)))


def faster(take: Take) -> Take:
    """The same frames at another rate."""
    return replace(take, motion=replace(take.motion, fps=60.0), face=replace(take.face, fps=60.0))


@pytest.mark.parametrize("wrong", [turned, reshaped, reordered, late, faster])
def test_a_file_that_holds_something_else_does_not_conform(wrong: Callable[[Take], Take], tmp_path: Path) -> None:
    take = synthetic.take(frames=31)
    path = export_gltf([wrong(take)], path=tmp_path / "wrong.glb").path
    with pytest.raises(AssertionError):
        assert_conforms(take, path)


def test_a_file_that_the_validator_faults_does_not_conform(tmp_path: Path) -> None:
    path = export_gltf([synthetic.still()], path=tmp_path / "take.glb").path
    path.write_bytes(path.read_bytes().replace(b'"count":640', b'"count":639', 1))
    with pytest.raises(AssertionError, match="MESH_PRIMITIVE_UNEQUAL_ACCESSOR_COUNT"):
        assert_conforms(synthetic.still(), path)

"""gltf-validator accepts what is exported, and three.js poses it as motionloom does."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import synthetic
import torch
from gltf_oracle import assert_all_conform, assert_conforms, requires_three

from motionloom.core.data import ARKIT_SHAPES, Character, FaceMotion, FaceRig, Motion, Skin, Take, quat_product
from motionloom.core.node import Context
from motionloom.exporters.gltf.nodes import export_gltf
from motionloom.exporters.prepared.skin_weights import influences
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.bvh.reader import read_bvh_file

pytestmark = requires_three

DATA = Path(__file__).parents[2] / os.environ.get("MOTIONLOOM_DATA", "../shared/data")
CLIPS = sorted((DATA / "bvh").glob("*.bvh"))

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
        export_gltf(take, path=path)
    assert_all_conform(written)


@pytest.mark.parametrize("rig", ["anny", "mixamo", "game_engine"])
def test_the_default_character_is_read_as_it_was_meant(rig: str, tmp_path: Path) -> None:
    who = character(rig=rig, ctx=Context())
    take = Take("sway", who, swaying(who, 61), talking(61))
    assert_conforms(take, export_gltf(take, path=tmp_path / "sway.glb").path)


@pytest.mark.skipif(not CLIPS, reason="no bvh folder where MOTIONLOOM_DATA points")
def test_recorded_clips_are_read_as_they_were_meant(tmp_path: Path) -> None:
    written = []
    for clip in CLIPS:
        motion = read_bvh_file(clip)
        take = Take(clip.stem, synthetic.sticks(motion.skeleton), motion)
        written.append((take, export_gltf(take, path=tmp_path / f"{clip.stem}.glb").path))
    assert_all_conform(written)


def test_four_influences_are_what_a_reader_with_a_limit_sees(tmp_path: Path) -> None:
    who = character(ctx=Context())
    take = Take("sway", who, swaying(who, 21))
    path = export_gltf(take, path=tmp_path / "sway.glb", influences=4).path
    reduced = Skin(*map(torch.from_numpy, influences(who.skin, 4)))
    assert reduced.weights.shape[1] == 4
    assert_conforms(replace(take, character=replace(who, skin=reduced)), path)


def swaying(who: Character, frames: int) -> Motion:
    """Every joint turns about an axis of its own while the root walks."""
    random = torch.Generator().manual_seed(3)
    time = torch.arange(frames).reshape(-1, 1, 1) / 30.0
    axes = torch.nn.functional.normalize(torch.randn(1, len(who.skeleton), 3, generator=random), dim=-1)
    half_angles = 0.2 * torch.sin(3 * time + 7 * axes[..., :1])
    turns = torch.cat((axes * half_angles.sin(), half_angles.cos()), -1)
    rotations = quat_product(turns, who.skeleton.rest_rotations.expand(frames, -1, -1))
    path = who.skeleton.rest_translations[0] + time[:, 0] * torch.tensor([0.3, 0.0, 1.2])
    return Motion(who.skeleton, path, rotations, 30.0)


def talking(frames: int) -> FaceMotion:
    """Every shape opens and closes."""
    time = torch.arange(frames).reshape(-1, 1) / 30.0
    return FaceMotion(ARKIT_SHAPES, 0.5 + 0.5 * torch.sin(5 * time + torch.arange(52)), 30.0)


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
    path = export_gltf(wrong(take), path=tmp_path / "wrong.glb").path
    with pytest.raises(AssertionError):
        assert_conforms(take, path)


def test_a_file_that_the_validator_faults_does_not_conform(tmp_path: Path) -> None:
    path = export_gltf(synthetic.still(), path=tmp_path / "take.glb").path
    path.write_bytes(path.read_bytes().replace(b'"count":640', b'"count":639', 1))
    with pytest.raises(AssertionError, match="MESH_PRIMITIVE_UNEQUAL_ACCESSOR_COUNT"):
        assert_conforms(synthetic.still(), path)

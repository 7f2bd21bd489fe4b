"""USD's own library accepts what is exported, and bakes it to the vertices that motionloom poses."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import synthetic
import torch
from usd_oracle import assert_conforms, complaints
from usd_takes import default_take, parts_take

from motionloom.core.data import FaceRig, Take, bare_character, quat_product
from motionloom.exporters.usd.writer import write_usd

NTSC_FILM = 24000 / 1001


TAKES: dict[str, Callable[[], Take]] = {
    "body and face": lambda: synthetic.take(frames=61),
    "three influences": lambda: synthetic.take(frames=31, influences=3),
    "sliding joints": lambda: synthetic.take(frames=31, sliding=True),
    "one frame": lambda: synthetic.take(frames=1),
    "nothing moves": synthetic.still,
    "body only": lambda: replace(synthetic.take(frames=31), face=None),
    "face only": lambda: replace(synthetic.take(frames=31), motion=None),
    "many parts": parts_take,
}


@pytest.mark.parametrize("kind", TAKES)
def test_every_kind_of_take_is_read_as_it_was_meant(kind: str, tmp_path: Path) -> None:
    take = TAKES[kind]()
    assert_conforms(take, write_usd([take], tmp_path / "take.usdc")[0])


@pytest.mark.parametrize("suffix", [".usd", ".usda", ".usdc", ".usdz"])
def test_every_suffix_is_read_as_it_was_meant(suffix: str, tmp_path: Path) -> None:
    take = parts_take()
    assert_conforms(take, write_usd([take], tmp_path / f"take{suffix}")[0])


@pytest.mark.parametrize("up", ["y", "z"])
@pytest.mark.parametrize("unit", ["m", "cm", "inch"])
def test_size_and_up_axis_are_what_the_file_says(up: str, unit: str, tmp_path: Path) -> None:
    take = parts_take(11)
    assert_conforms(take, write_usd([take], tmp_path / "take.usdc", up=up, unit=unit)[0])


@pytest.mark.parametrize("fps", [24.0, 30.0, 60.0, NTSC_FILM, 29.97])
def test_a_frame_rate_is_exactly_what_it_was(fps: float, tmp_path: Path) -> None:
    take = synthetic.take(frames=12, fps=fps)
    assert_conforms(take, write_usd([take], tmp_path / "take.usda")[0])


@pytest.mark.parametrize("fps", [24.0, 30.0, 60.0, NTSC_FILM])
def test_the_default_character_is_read_as_it_was_meant(fps: float, tmp_path: Path) -> None:
    take = default_take(31, fps)
    who = take.character
    assert (len(who.skeleton), len(take.face.names)) == (104, 52)
    assert_conforms(take, write_usd([take], tmp_path / "sway.usdc")[0])


@pytest.mark.parametrize("layers", ["one", "separate"])
def test_each_of_several_takes_is_read_as_it_was_meant(layers: str, tmp_path: Path) -> None:
    long, still = parts_take(31), replace(parts_take(), name="still", motion=None, face=None)
    short = replace(parts_take(11), name="short", character=long.character)
    path = write_usd([long, short, still], tmp_path / "several.usda", layers=layers)[0]
    assert_conforms(long, path, longest=31)
    assert_conforms(long, path, variant="wave_1", longest=31)
    assert_conforms(short, path, variant="short", longest=31)
    assert_conforms(still, path, variant="still", longest=31)


def test_each_layer_is_valid_alone(tmp_path: Path) -> None:
    files = write_usd([parts_take()], tmp_path / "été 1.usda", layers="separate")
    assert [file.name for file in files] == ["été 1.usda", "été 1.anim.usdc", "été 1.geo.usdc", "été 1.skin_e.png"]
    assert [complaints(file) for file in files[:3]] == [[], [], []]
    assert_conforms(replace(parts_take(), motion=None, face=None), files[2])


def test_a_bare_skeleton_is_read_as_it_was_meant(tmp_path: Path) -> None:
    bones = synthetic.skeleton()
    take = Take("walk", bare_character("bones", bones), synthetic.motion(bones, 31, sliding=True))
    assert_conforms(take, write_usd([take], tmp_path / "bones.usdc")[0])


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


def still_face(take: Take) -> Take:
    """Blend shapes that do not play."""
    return replace(take, face=None)


def bound_in_frame_one(take: Take) -> Take:
    """The first frame for a bind pose."""
    skeleton, first = take.character.skeleton, take.motion.rotations[0]
    posed = skeleton.with_rest(skeleton.rest_translations, first)
    moved = replace(take.motion, skeleton=posed)
    return replace(take, character=replace(take.character, skeleton=posed), motion=moved)


WRONGS = [turned, reshaped, reordered, late, faster, still_face, bound_in_frame_one]


@pytest.mark.parametrize("wrong", WRONGS)
def test_a_file_that_holds_something_else_does_not_conform(wrong: Callable[[Take], Take], tmp_path: Path) -> None:
    take = synthetic.take(frames=37)
    path = write_usd([wrong(take)], tmp_path / "wrong.usdc")[0]
    with pytest.raises(AssertionError):
        assert_conforms(take, path)

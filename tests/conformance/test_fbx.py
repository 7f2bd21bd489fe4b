"""ufbx, three.js, Autodesk's SDK and Blender see in FBX files what was exported."""

from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import synthetic
import torch
from dressed import dressed, png
from fbx_oracle import (
    TOLERANCE,
    TOLERANCE_OF_BLENDER_PYTHON,
    Job,
    Reading,
    distance,
    mesh_names,
    numbered,
    read_with_blender,
    read_with_sdk,
    read_with_three,
    read_with_ufbx,
    requires_blender,
    requires_sdk,
    requires_three,
    ten_frames,
    written,
)

from motionloom.core.data import (
    Character,
    Skin,
    Take,
    bare_character,
    forward_kinematics,
    rest_pose,
)
from motionloom.core.node import Context
from motionloom.exporters.prepared.skin_weights import influences
from motionloom.plugins.anny.nodes import character

RATES = (30.0, 60.0, 24.0, 24000 / 1001)
IMPORTERS = {"python": TOLERANCE_OF_BLENDER_PYTHON, "c++": TOLERANCE}


anny = cache(lambda: character(ctx=Context()))


def performing(who: Character, fps: float, slowness: int = 1) -> Take:
    """Body and face, all of it moving, for two seconds."""
    frames = round(2 * fps) + 1
    motion = replace(synthetic.motion_of(who.skeleton, frames, slowness * fps), fps=fps)
    face = replace(synthetic.face_of(who, frames, slowness * fps), fps=fps)
    return numbered(Take(f"sway at {fps:g}", who, motion, face))


def spread(who: Character) -> Character:
    """The character with the joints that stand in one place with the root 5 cm above it.

    Blender makes a bone as long as its children are far, here a tenth of a millimetre, and keeps where
    its ends are in single precision: the direction of such a bone is off by 0.0001 in radians.
    """
    places = who.skeleton.rest_translations.clone()
    places[list(who.skeleton.children[0]), 1] += 0.05
    return replace(who, skeleton=who.skeleton.with_rest(places, who.skeleton.rest_rotations))


def limited(who: Character, limit: int | None) -> Character:
    """The character as readers with a limit to the influences of a vertex see it."""
    if limit is None:
        return who
    return replace(who, skin=Skin(*map(torch.from_numpy, influences(who.skin, limit))))


class Files:
    """The default character at all rates; each kind is written when a reader first asks for it."""

    def __init__(self, folders: pytest.TempPathFactory) -> None:
        self.folders = folders

    @cached_property
    def whole(self) -> list[Job]:
        """As it is."""
        return self.at_all_rates("anny", anny())

    @cached_property
    def four(self) -> list[Job]:
        """With the four influences that some readers stop at."""
        return self.at_all_rates("anny_four", limited(anny(), 4))

    @cached_property
    def spread(self) -> list[Job]:
        """With joints that stand apart."""
        return self.at_all_rates("anny_spread", spread(anny()))

    def at_all_rates(self, name: str, who: Character) -> list[Job]:
        folder = self.folders.mktemp(name)
        return [written(folder, performing(who, fps)) for fps in RATES]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory)


@pytest.fixture(scope="module")
def seen_by_ufbx(files: Files) -> list[Reading]:
    return read_with_ufbx(files.whole)


@pytest.fixture(scope="module")
def seen_by_three(files: Files) -> list[Reading]:
    return read_with_three(files.four)


@pytest.fixture(scope="module", params=IMPORTERS)
def seen_by_blender(files: Files, request: pytest.FixtureRequest) -> tuple[str, list[Reading]]:
    return request.param, read_with_blender([*files.spread, files.whole[0]], request.param)


@pytest.mark.parametrize("number", range(len(RATES)), ids=[f"{fps:g} fps" for fps in RATES])
class TestTheDefaultCharacter:
    def test_is_posed_by_ufbx_as_by_us(self, number: int, files: Files, seen_by_ufbx: list[Reading]) -> None:
        job, reading = files.whole[number], seen_by_ufbx[number]
        assert distance(job, reading) < TOLERANCE
        assert_facts(job, reading.facts)

    @requires_three
    def test_is_posed_by_three_as_by_us(self, number: int, files: Files, seen_by_three: list[Reading]) -> None:
        job, (facts, _) = files.four[number], vars(seen_by_three[number]).values()
        assert distance(job, seen_by_three[number]) < TOLERANCE
        # A joint that several meshes hang on is there several times.
        assert list(dict.fromkeys(facts["joints"])) == depth_first(job.take.character)
        assert set(facts["shapes"]) == set(job.take.character.face_rig.names)
        (seen,) = facts["takes"]
        assert seen["name"] == job.take.name
        assert seen["duration"] == pytest.approx((len(job.take) - 1) / RATES[number], abs=1e-6)

    @requires_sdk
    def test_is_posed_by_autodesks_sdk_as_by_us(self, number: int, files: Files, tmp_path: Path) -> None:
        # Frames that lie where fbx2gltf samples; at 23.976 nearly so, and slow enough for that not to matter.
        fps = RATES[number]
        whole = fps == round(fps)
        job = files.four[number] if whole else written(tmp_path, performing(limited(anny(), 4), fps, slowness=8))
        job = replace(job, frames=list(range(0, 40, 4)))
        facts, farthest = read_with_sdk(job, tmp_path)
        assert farthest < TOLERANCE
        assert set(facts["joints"]) == moving_joints(job.take.character)
        assert facts["meshes"] == mesh_names(job.take.character)
        assert facts["shapes"] >= len(job.take.character.face_rig.names) - 1
        assert facts["takes"] == [job.take.name]
        assert facts["durations"] == [pytest.approx((len(job.take) - 1) / RATES[number], abs=1 / 30)]

    @requires_blender
    def test_is_posed_by_blender_as_by_us(
        self, number: int, files: Files, seen_by_blender: tuple[str, list[Reading]]
    ) -> None:
        (importer, readings), job = seen_by_blender, files.spread[number]
        facts = readings[number].facts
        assert distance(job, readings[number]) < IMPORTERS[importer]
        assert sorted(facts["joints"]) == sorted(job.take.character.skeleton.names)
        assert set(facts["shapes"]) == set(job.take.character.face_rig.names)
        assert facts["fps"] == pytest.approx(RATES[number], rel=1e-4)
        last = 1 + (len(job.take) - 1) / RATES[number] * facts["rate_of_keys"]
        assert all(action["range"] == pytest.approx([1, last], abs=1e-3) for action in facts["actions"])
        places = rest_pose(job.take.character.skeleton)[1]
        for name, place in zip(job.take.character.skeleton.names, places.tolist(), strict=True):
            assert facts["rest"][name] == pytest.approx(place, abs=1e-4)


@requires_blender
def test_joints_in_one_place_cost_blender_a_quarter_of_a_millimetre(
    files: Files, seen_by_blender: tuple[str, list[Reading]]
) -> None:
    assert distance(files.whole[0], seen_by_blender[1][-1]) < 3e-4


def assert_facts(job: Job, facts: dict[str, Any]) -> None:
    """Names, hierarchy, rate, length, axis, unit, bind pose and path of the root, as ufbx sees them."""
    who = job.take.character
    assert facts["version"] == 7500 and not facts["warnings"]
    assert dict(zip(facts["joints"], facts["parents"], strict=True)) == parents(who)
    assert set(facts["nodes"]) == {*who.skeleton.names, *mesh_names(who)}
    assert set(facts["shapes"]) == set(who.face_rig.names)
    assert (facts["up"], facts["metre"]) == (2, 0.01)
    assert facts["fps"] == pytest.approx(job.take.fps, rel=1e-5)
    (seen,) = facts["takes"]
    assert (seen["name"], seen["begin"]) == (job.take.name, 0.0)
    assert seen["end"] == pytest.approx((len(job.take) - 1) / job.take.fps, rel=1e-9)
    assert facts["key_times"] == pytest.approx(np.arange(len(job.take)) / job.take.fps, abs=1e-9)
    assert facts["control_points"] == [part.vertices for part in who.mesh.parts]
    assert_bind_pose(who, facts)
    root = facts["joints"].index(who.skeleton.names[0])
    path = np.array(facts["joint_places"])[:, root] / 100
    assert path == pytest.approx(job.take.motion.root_translation[job.frames].numpy(), abs=1e-5)


def assert_bind_pose(who: Character, facts: dict[str, Any]) -> None:
    """The static pose, the clusters' and the bind pose are the rest pose, and not the first frame."""
    places = dict(zip(who.skeleton.names, (100 * rest_pose(who.skeleton)[1]).tolist(), strict=True))
    (pose,) = facts["poses"]
    static = dict(zip(facts["joints"], facts["rest"], strict=True))
    for found in (static, {name: pose[name] for name in places}, facts["bound"]):
        for name, columns in found.items():
            assert columns[3] == pytest.approx(places[name], abs=1e-3)
    assert set(static) == set(places)


def parents(who: Character) -> dict[str, str]:
    """The name of each joint's parent; the root has the scene's, which has none."""
    names = who.skeleton.names
    return {
        name: names[parent] if parent >= 0 else "" for name, parent in zip(names, who.skeleton.parents, strict=True)
    }


def depth_first(who: Character) -> list[str]:
    """The joints as one meets them going down each branch."""

    def below(joint: int) -> list[str]:
        return [who.skeleton.names[joint], *(name for child in who.skeleton.children[joint] for name in below(child))]

    return below(0)


def moving_joints(who: Character) -> set[str]:
    """The joints that move any vertex."""
    used = who.skin.joint_indices[who.skin.weights > 0].unique().tolist()
    return {who.skeleton.names[joint] for joint in used}


TAKES = {
    "a rate that has no number": synthetic.take(frames=41, fps=37.5),
    "sliding joints": synthetic.take(frames=31, sliding=True),
    "ten influences": synthetic.take(frames=31, influences=10),
    "one frame": synthetic.take(frames=1),
    "two frames": synthetic.take(frames=2),
    "nothing": synthetic.still(),
    "body only": replace(synthetic.take(frames=31), face=None),
    "face only": replace(synthetic.take(frames=31), motion=None),
}


def test_every_kind_of_take_is_posed_by_ufbx_as_by_us(tmp_path: Path) -> None:
    jobs = [written(tmp_path, replace(take, name=name)) for name, take in TAKES.items()]
    for job, reading in zip(jobs, read_with_ufbx(jobs), strict=True):
        assert distance(job, reading) < TOLERANCE, job.take.name
        assert not reading.facts["warnings"]
        assert reading.facts["fps"] == pytest.approx(job.take.fps)


@requires_three
def test_text_is_read_as_the_binary_file_is(tmp_path: Path) -> None:
    take = synthetic.take(frames=31, influences=4)
    for read in (read_with_ufbx, read_with_three):
        job = written(tmp_path, take, ascii=True)
        (reading,) = read([job])
        assert distance(job, reading) < TOLERANCE
    assert job.path.read_bytes().startswith(b"; FBX 7.5.0")


def test_parts_and_materials_and_the_texture_arrive_in_ufbx(tmp_path: Path) -> None:
    job = written(tmp_path, dressed(synthetic.take(frames=31)))
    (reading,) = read_with_ufbx([job])
    assert distance(job, reading) < TOLERANCE
    assert reading.facts["meshes"] == ["body", "coat"]
    assert reading.facts["materials"] == ["skin", "hair", "cloth"]
    assert reading.facts["pictures"] == [len(png())]


@requires_three
def test_parts_and_materials_and_the_texture_arrive_in_three(tmp_path: Path) -> None:
    job = written(tmp_path, dressed(synthetic.take(frames=31, influences=4)))
    (reading,) = read_with_three([job])
    assert distance(job, reading) < TOLERANCE
    assert reading.facts["meshes"] == ["body", "coat"]
    assert reading.facts["materials"] == ["skin", "hair", "cloth"]
    assert reading.facts["textured"] == [False, False, True]


@requires_blender
@pytest.mark.parametrize("importer", IMPORTERS)
def test_parts_and_materials_and_the_texture_arrive_in_blender(importer: str, tmp_path: Path) -> None:
    job = written(tmp_path, dressed(synthetic.take(frames=31)))
    (reading,) = read_with_blender([job], importer)
    assert distance(job, reading) < IMPORTERS[importer]
    assert reading.facts["materials"] == ["skin", "hair", "cloth"]
    assert reading.facts["pictures"] == [[1, 1]]


def several() -> list[Take]:
    """Two takes of one character, of different lengths, in the first of which another joint rests."""
    first = replace(synthetic.take(frames=41, influences=4), name="first")
    second = synthetic.take(frames=21, influences=4)
    return [first, Take("second", first.character, second.motion, second.face)]


@pytest.mark.parametrize("chosen", [0, 1])
def test_each_of_several_takes_is_a_stack_that_readers_play(chosen: int, tmp_path: Path) -> None:
    takes = several()
    job = replace(written(tmp_path, *takes), take=takes[chosen], frames=ten_frames(takes[chosen]))
    (reading,) = read_with_ufbx([job])
    assert distance(job, reading) < TOLERANCE
    assert [take["name"] for take in reading.facts["takes"]] == ["first", "second"]
    assert [take["end"] for take in reading.facts["takes"]] == pytest.approx([40 / 30, 20 / 30])


@requires_three
@pytest.mark.parametrize("chosen", [0, 1])
def test_three_plays_each_of_several_takes(chosen: int, tmp_path: Path) -> None:
    takes = several()
    job = replace(written(tmp_path, *takes), take=takes[chosen], frames=ten_frames(takes[chosen]))
    (reading,) = read_with_three([job])
    assert distance(job, reading) < TOLERANCE
    assert {take["name"]: take["duration"] for take in reading.facts["takes"]} == pytest.approx(
        {"first": 40 / 30, "second": 20 / 30}
    )


@requires_blender
@pytest.mark.parametrize("chosen", [0, 1])
@pytest.mark.parametrize("importer", IMPORTERS)
def test_blender_plays_each_of_several_takes(importer: str, chosen: int, tmp_path: Path) -> None:
    takes = several()
    job = replace(written(tmp_path, *takes), take=takes[chosen], frames=ten_frames(takes[chosen]))
    (reading,) = read_with_blender([job], importer)
    assert distance(job, reading) < IMPORTERS[importer]


def test_a_bare_skeleton_moves_as_it_should(tmp_path: Path) -> None:
    bones = synthetic.skeleton()
    take = Take("bare", bare_character("bones", bones), synthetic.motion(bones, 31))
    job = written(tmp_path, take)
    (reading,) = read_with_ufbx([job])
    assert reading.facts["meshes"] == [] and reading.facts["materials"] == []
    assert set(reading.facts["nodes"]) == set(bones.names)
    order = [bones.index(name) for name in reading.facts["joints"]]
    motion = take.motion.at(job.frames)
    expected = forward_kinematics(bones, motion.root_translation, motion.rotations)[1][:, order]
    assert np.array(reading.facts["joint_places"]) / 100 == pytest.approx(expected.numpy(), abs=1e-5)


@requires_blender
@pytest.mark.parametrize("importer", IMPORTERS)
def test_a_bare_skeleton_has_no_bones_of_blenders_own(importer: str, tmp_path: Path) -> None:
    bones = synthetic.skeleton()
    job = written(tmp_path, Take("bare", bare_character("bones", bones), synthetic.motion(bones, 31)))
    (reading,) = read_with_blender([job], importer)
    assert sorted(reading.facts["joints"]) == sorted(bones.names)
    assert [action["range"] for action in reading.facts["actions"]] == [pytest.approx([1, 31])]


def test_a_file_that_holds_something_else_does_not_conform(tmp_path: Path) -> None:
    take = synthetic.take(frames=31)
    wrong = replace(take, motion=replace(take.motion, root_translation=take.motion.root_translation.roll(1, 0)))
    (reading,) = read_with_ufbx([written(tmp_path, wrong)])
    assert distance(Job(tmp_path, take, ten_frames(take)), reading) > TOLERANCE

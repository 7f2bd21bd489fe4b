import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from bodies import RIGS, hero, stroll
from conventions import CONVENTIONS, convention
from hypothesis import given, settings
from hypothesis import strategies as st

from motionloom.core.data import Skeleton
from motionloom.core.errors import NodeError, ReadError
from motionloom.core.node import Context
from motionloom.plugins.files.reader import read_file
from motionloom.plugins.retarget.nodes import solve
from motionloom.plugins.retarget.roles.mapping import JointMapping, find_mapping, search_mapping
from motionloom.plugins.retarget.roles.mapping_file import read_mapping
from motionloom.plugins.retarget.roles.mapping_text import mapping_text
from motionloom.plugins.retarget.roles.parts import JointRoles, Role

MIXAMO = convention("mixamo")[0]
UNREAL = convention("unreal5")[0]

LEGS = """
  hips: {source: Hips, target: pelvis}
  left_upper_leg: {source: LeftUpLeg, target: thigh_l}
  right_upper_leg: {source: RightUpLeg, target: thigh_r}
  left_lower_leg: {source: LeftLeg, target: calf_l}
  right_lower_leg: {source: RightLeg, target: calf_r}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "map.yaml"


def read(file: Path, text: str, source: Skeleton = MIXAMO, target: Skeleton = UNREAL) -> JointMapping:
    file.write_text(text, encoding="utf-8")
    return read_mapping(file, source, target)


def with_roles(lines: str, rest: str = "") -> str:
    return f"roles:{LEGS}{lines}\n{rest}"


def refusal(file: Path, text: str) -> str:
    with pytest.raises(ReadError) as caught:
        read(file, text)
    return str(caught.value)


def names(skeleton: Skeleton, joints: tuple[int, ...]) -> list[str]:
    return [skeleton.names[joint] for joint in joints]


@pytest.mark.parametrize("name", CONVENTIONS)
def test_a_mapping_that_is_written_and_read_is_the_same(name: str, file: Path) -> None:
    for source, target in ((convention(name)[0], MIXAMO), (UNREAL, convention(name)[0])):
        mapping = search_mapping(source, target)
        assert read(file, mapping_text("one", "other", source, target, mapping), source, target) == mapping


@pytest.mark.parametrize("rig", RIGS)
def test_a_mapping_of_a_recording_to_a_rig_is_read_as_it_was_found(rig: str, file: Path) -> None:
    source, target = stroll().skeleton, hero(rig).skeleton
    mapping = find_mapping(source, target, "hero")
    assert read(file, mapping_text("walk.bvh", rig, source, target, mapping), source, target) == mapping


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12), min_size=7, max_size=7, unique=True))
def test_joints_of_any_name_survive_a_file(tmp_path_factory: pytest.TempPathFactory, told: list[str]) -> None:
    rotations = torch.tensor([[0.0, 0.0, 0.0, 1.0]]).repeat(7, 1)
    skeleton = Skeleton(tuple(told), (-1, 0, 1, 0, 3, 0, 5), torch.zeros(7, 3), rotations)
    legs = (Role.LEFT_UPPER_LEG, Role.LEFT_LOWER_LEG, Role.RIGHT_UPPER_LEG, Role.RIGHT_LOWER_LEG)
    roles = JointRoles({Role.HIPS: (0,), **{role: (joint,) for joint, role in enumerate(legs, start=1)}})
    mapping = JointMapping(roles, roles, ((5, 5), (6, 6)))
    text = mapping_text(told[0], told[1], skeleton, skeleton, mapping)
    assert read(tmp_path_factory.mktemp("any") / "map.yaml", text, skeleton, skeleton) == mapping


def test_a_role_switched_off_is_carried_by_neither_side(file: Path) -> None:
    mapping = read(file, with_roles("  left_hand: null\n  head: {source: Head, target: head}"))
    assert Role.LEFT_HAND not in mapping.source and Role.LEFT_HAND not in mapping.target
    assert names(UNREAL, mapping.target.of(Role.HEAD)) == ["head"]


def test_a_role_may_have_joints_on_one_side_only(file: Path) -> None:
    mapping = read(file, with_roles("  neck: {source: null, target: [neck_01, neck_02]}"))
    assert Role.NECK not in mapping.source
    assert names(UNREAL, mapping.target.of(Role.NECK)) == ["neck_01", "neck_02"]


def test_joints_are_put_in_order_from_the_hips_outwards(file: Path) -> None:
    heard: list[str] = []
    file.write_text(with_roles("  spine: {source: [Spine2, Spine, Spine1], target: spine_01}"))
    mapping = read_mapping(file, MIXAMO, UNREAL, heard.append)
    assert len(heard) == 1 and "map.yaml:7:19: the joints of spine of the source do not stand" in heard[0]
    assert names(MIXAMO, mapping.source.of(Role.SPINE)) == [
        f"mixamorig:{name}" for name in ("Spine", "Spine1", "Spine2")
    ]


def test_one_mapping_suits_a_rig_under_any_namespace(file: Path) -> None:
    numbered = convention("mixamo_numbered")[0]
    text = mapping_text("a", "b", MIXAMO, UNREAL, find_mapping(MIXAMO, UNREAL, "b"))
    assert read(file, text, numbered, UNREAL).source == find_mapping(numbered, UNREAL, "b").source


def test_pairs_follow_each_other_in_the_order_of_the_target(file: Path) -> None:
    also = "also:\n  - {source: LeftEye, target: weapon_l}\n  - {source: LeftEye, target: center_of_mass}\n"
    mapping = read(file, with_roles("", also))
    eye, weapon, mass = MIXAMO.index("mixamorig:LeftEye"), UNREAL.index("weapon_l"), UNREAL.index("center_of_mass")
    assert mapping.pairs == tuple(sorted(((eye, weapon), (eye, mass)), key=lambda pair: pair[1]))


def test_eyes_that_are_spelled_otherwise_are_found_as_pairs() -> None:
    source, target = MIXAMO, convention("makehuman")[0]
    found = {(source.names[one], target.names[other]) for one, other in find_mapping(source, target, "hero").pairs}
    assert found == {("mixamorig:LeftEye", "eye.L"), ("mixamorig:RightEye", "eye.R")}


def test_a_tail_of_another_spelling_is_found_below_the_same_part() -> None:
    rotations = torch.tensor([[0.0, 0.0, 0.0, 1.0]])
    tails = [
        Skeleton(
            (*MIXAMO.names, name),
            (*MIXAMO.parents, parent),
            torch.cat((MIXAMO.rest_translations, torch.ones(1, 3))),
            torch.cat((MIXAMO.rest_rotations, rotations)),
        )
        for name, parent in (("Tail_01", 0), ("tail1", 0), ("tail1", MIXAMO.index("mixamorig:Head")))
    ]
    last = len(MIXAMO)
    assert (last, last) in find_mapping(tails[0], tails[1], "hero").pairs
    assert (last, last) not in find_mapping(tails[0], tails[2], "hero").pairs


def test_an_unknown_joint_is_refused_with_its_line_and_the_nearest_names(file: Path) -> None:
    told = refusal(file, with_roles("  left_hand: {source: LeftHandd, target: hand_l}"))
    assert re.search(r"map\.yaml:7:23: the source has no joint 'LeftHandd'; did you mean .*LeftHand", told)


def test_a_joint_that_stands_on_the_wrong_side_is_refused(file: Path) -> None:
    told = refusal(file, with_roles("  left_hand: {source: hand_l, target: LeftHand}"))
    assert "'hand_l' is a joint of the target, but stands as one of the source" in told


def test_a_joint_with_two_places_is_refused(file: Path) -> None:
    told = refusal(
        file, with_roles("  spine: {source: Spine, target: spine_01}\n  neck: {source: Spine, target: neck_01}")
    )
    assert "map.yaml:8:18: the joint 'Spine' of the source has a place already, as spine in line 7" in told


def test_a_role_whose_joints_lie_on_two_paths_is_refused(file: Path) -> None:
    told = refusal(file, with_roles("  left_upper_arm: {source: [LeftArm, RightArm], target: upperarm_l}"))
    assert "'mixamorig:RightArm' does not hang on 'mixamorig:LeftArm'" in told


def test_a_forearm_above_its_upper_arm_is_refused(file: Path) -> None:
    lines = "  left_upper_arm: {source: LeftForeArm, target: null}\n  left_forearm: {source: LeftArm, target: null}"
    assert "left_forearm ('mixamorig:LeftArm') of the source does not hang on left_upper_arm" in refusal(
        file, with_roles(lines)
    )


def test_hips_and_legs_are_needed_on_both_sides(file: Path) -> None:
    told = refusal(file, "roles: {hips: {source: Hips, target: pelvis}}")
    assert "map.yaml:1:1: the mapping names no joint of the source for left_upper_leg" in told
    told = refusal(file, with_roles("").replace("hips: {source: Hips, target: pelvis}", "hips: null"))
    assert "map.yaml:2:3: the mapping names no joint of the source for hips" in told


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "it has no `roles:`"),
        ("- a\n- b\n", "it has no `roles:`"),
        ("source: a\n", "the mapping has no `roles:`"),
        ("rolls: {}\n", r":1:1: the file has no key 'rolls'; did you mean roles"),
        ("roles:\n  left_arm: {source: a}\n", r":2:3: there is no role 'left_arm'; did you mean left_"),
        ("roles:\n  hips: {source: Hips, targt: pelvis}\n", r":2:24: hips has no key 'targt'; did you mean target"),
        ("roles:\n  hips: Hips\n", r":2:9: hips must be a mapping.*write hips: \{source: JOINT, target: JOINT\}"),
        ("roles:\n  hips: {source: [], target: pelvis}\n", r":2:18: hips names no joint of the source; write null"),
        ("roles:\n  head: {}\n", r":2:9: head names no joint; write null"),
        (with_roles("", "also: {source: LeftEye, target: root}"), r":8:7: also must be a list; .* a dash: - \{"),
        ("roles:\n  hips: {source: {a: b}}\n", r":2:18: hips names joints, each by one word"),
        ("roles:\n  hips: null\n  hips: null\n", r":3:3: the key 'hips' stands in roles twice, first in line 2"),
        ("roles: &a {hips: *a}\n", "no anchors and aliases"),
        ("roles: !!python/object:os.system {}\n", "no tags"),
        ("a: " + "[" * 5000, "nests 6 levels at most"),
        ("roles: {}\n---\nroles: {}\n", "second document"),
        ("roles: {a: b\n", "this is not YAML"),
        ("roles: \x07\n", r"U\+0007"),
        ("? [a]\n: b\n", "a key in the file must be a plain word"),
        ("#" * (1 << 20) + "\n", "1 MiB at most"),
        (with_roles("", "also: [{source: LeftEye}]"), "names one joint of the source and one of the target"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused_in_one_sentence(file: Path, text: str, what: str) -> None:
    assert re.search(what, refusal(file, text))


def test_bytes_that_are_no_text_are_refused_with_their_line(file: Path) -> None:
    file.write_bytes(b"roles:\n  \xff\xfe")
    with pytest.raises(ReadError, match=r"map\.yaml:2: this is not text in UTF-8"):
        read_mapping(file, MIXAMO, UNREAL)


def test_a_missing_file_is_refused(file: Path) -> None:
    with pytest.raises(ReadError, match="cannot be read"):
        read_mapping(file, MIXAMO, UNREAL)


def test_a_name_that_says_the_other_side_is_a_warning_with_its_line(file: Path) -> None:
    heard: list[str] = []
    file.write_text(with_roles("  left_upper_arm: {source: RightArm, target: upperarm_l}"))
    read_mapping(file, MIXAMO, UNREAL, heard.append)
    assert [message for message in heard if "map.yaml:7:28" in message and "whose name says right" in message]


def test_left_and_right_against_the_rest_pose_are_a_warning(file: Path) -> None:
    skeleton = hero("mixamo").skeleton
    text = mapping_text("a", "b", skeleton, skeleton, find_mapping(skeleton, skeleton, "b"))
    heard: list[str] = []
    file.write_text(text)
    read_mapping(file, skeleton, skeleton, heard.append)
    assert heard == []
    source = re.sub(r"source: ([^}]*?), +target", lambda told: f"source: {_mirrored(told[1])}, target", text)
    file.write_text(source)
    read_mapping(file, skeleton, skeleton, heard.append)
    assert "left and right legs of the source are swapped" in " ".join(heard)
    assert "left and right arms of the source are swapped" in " ".join(heard)
    assert "of the target" not in " ".join(heard)


def test_arms_that_are_swapped_against_the_legs_are_refused_with_their_lines(file: Path) -> None:
    skeleton = hero("mixamo").skeleton
    text = mapping_text("a", "b", skeleton, skeleton, find_mapping(skeleton, skeleton, "b"))
    arms = re.compile(r"(?m)^  (?:left|right)_(?:clavicle|upper_arm|forearm|hand|thumb|index|middle|ring|pinky):.*$")
    file.write_text(arms.sub(lambda line: re.sub(r"source: ([^}]*?), +target", _swapped_source, line[0]), text))
    with pytest.raises(ReadError) as caught:
        read_mapping(file, skeleton, skeleton)
    lines = [1 + text[: text.index(role)].count("\n") for role in ("left_upper_arm:", "right_upper_arm:")]
    assert f"map.yaml:{lines[0]}:" in str(caught.value)
    assert "left and right arms of the source are swapped against its legs" in str(caught.value)
    assert f"from line {lines[0]} on with those from line {lines[1]} on" in str(caught.value)


def _swapped_source(told: re.Match[str]) -> str:
    return f"source: {_mirrored(told[1])}, target"


def _mirrored(names: str) -> str:
    return re.sub("Left|Right", lambda side: "Right" if side[0] == "Left" else "Left", names)


def test_the_file_says_how_roles_were_found_and_what_is_left_out() -> None:
    source = convention("cmu_bvh")[0]
    text = mapping_text("walk.bvh", "unreal", source, UNREAL, find_mapping(source, UNREAL, "unreal"))
    assert re.search(r"left_upper_arm: +\{source: LeftArm, +target: upperarm_l\} +# by name", text)
    assert re.search(r"left_index: .*only the target has it: it follows the nearest finger", text)
    assert "# Above the hips of the target, part of its path (see `root` of retarget.solve):\n#   root\n" in text
    assert re.search(r"# Joints of the target that are left out:\n(#  .*\n)*#  .* ik_foot_root", text)
    assert "of the source, part of its path" not in text


def test_a_fox_is_refused_by_name_and_still_gets_a_file_to_fill_in(file: Path) -> None:
    rotations = torch.tensor([[0.0, 0.0, 0.0, 1.0]]).repeat(2, 1)
    fox = Skeleton(("snout", "brush"), (-1, 0), torch.ones(2, 3), rotations)
    with pytest.raises(NodeError, match=r"the source of the motion has no joint for hips.*retarget\.same"):
        find_mapping(fox, UNREAL, "hero")
    text = mapping_text("fox", "unreal", fox, UNREAL, search_mapping(fox, UNREAL))
    assert re.search(r"hips: +\{source: null, +target: pelvis\} +# needed: which joint of the source\?", text)


def test_a_fox_is_asked_for_its_legs_and_with_them_performs_its_own_walk(recordings: Path, file: Path) -> None:
    walk = read_file(recordings / "glb/mesh2motion/fox-walk.glb", lambda message: None)[0].motion
    assert walk is not None
    fox = walk.skeleton
    text = mapping_text("fox", "fox", fox, fox, search_mapping(fox, fox))
    assert re.search(r"hips: +\{source: Hips, +target: Hips\} +# by name", text)
    assert re.search(r"left_upper_leg: .*# needed: which joint .*\? Take it out of also: below", text)
    assert "# A joint has one place: take its line out here when a role above gets it.\nalso:\n" in text
    for role, name in (("upper", "Upper"), ("lower", "Lower")):
        for side in ("left", "right"):
            joint = f"Back_Leg_{name}_{side[0].upper()}"
            text = re.sub(rf"({side}_{role}_leg: +)\{{.*", rf"\1{{source: {joint}, target: {joint}}}", text)
            text = text.replace(f"  - {{source: {joint}, target: {joint}}}\n", "")
    assert read(file, text, fox, fox).source.of(Role.LEFT_UPPER_LEG) == (fox.index("Back_Leg_Upper_L"),)
    result = solve(
        walk, replace(walk, rotations=fox.rest_rotations.expand_as(walk.rotations)), mapping=file, ctx=Context()
    )
    torch.testing.assert_close(result.world()[1], walk.world()[1], atol=2e-3, rtol=0)

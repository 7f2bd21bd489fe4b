from dataclasses import replace
from pathlib import Path

import pytest
import torch
from bodies import RIGS, hero, nameless, recording, reposed, stroll
from hypothesis import given, settings
from hypothesis import strategies as st

from motionloom.core.data import Skeleton
from motionloom.core.errors import NodeError
from motionloom.core.node import Context
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.files.reader import read_file
from motionloom.plugins.retarget.roles.assemble import assemble
from motionloom.plugins.retarget.roles.find import find_roles
from motionloom.plugins.retarget.roles.names import read_names
from motionloom.plugins.retarget.roles.parts import BODY, Part, Role, Side, role_of
from motionloom.plugins.retarget.roles.topology import roles_by_topology

SEEN = frozenset(
    {Part.HIPS, Part.SPINE, Part.NECK, Part.HEAD, Part.CLAVICLE, Part.UPPER_ARM, Part.FOREARM}
    | {Part.UPPER_LEG, Part.LOWER_LEG, Part.FOOT}
)
"""What the rest pose gives away joint by joint; of hands and toes it shows the first joint."""


def assert_names_and_pose_agree(skeleton: Skeleton) -> None:
    named, seen = assemble(skeleton, read_names(skeleton.names)), roles_by_topology(nameless(skeleton))
    for role in named:
        if role.part in SEEN:
            assert seen.of(role) == named.of(role), role
        if role.part is Part.HAND:
            assert seen.of(role) == named.of(role)[:1]
        if role.part is Part.TOES:
            assert len(seen.of(role)) == 1 and seen.of(role)[0] in named.of(role)


@pytest.mark.parametrize("rig", RIGS)
def test_names_and_rest_pose_agree_on_every_rig_of_the_default_character(rig: str) -> None:
    assert_names_and_pose_agree(hero(rig).skeleton)


@pytest.mark.parametrize(
    "clip",
    ["bvh/cmu_01_01.bvh", "bvh/cmu_12_01_walk.bvh", "bvh/cmu_131_01.bvh", "bvh/fair_dab.bvh", "cmu/02/02_01.amc"],
)
def test_names_and_rest_pose_agree_on_every_recorded_skeleton(recordings: Path, clip: str) -> None:
    assert_names_and_pose_agree(recording(recordings / clip).skeleton)


POSES = {
    "arms hanging": {"upper_arm": (0.0, 0.0, -80.0)},
    "arms half way down": {"upper_arm": (0.0, 0.0, -45.0)},
    "arms up": {"upper_arm": (0.0, 0.0, 60.0)},
    "arms forward": {"upper_arm": (0.0, -80.0, 0.0)},
    "elbows bent": {"upper_arm": (0.0, 0.0, -40.0), "forearm": (0.0, -90.0, 0.0)},
    "legs apart": {"upper_leg": (0.0, 0.0, 35.0)},
}
"""Turns of the left side by degrees about X, Y and Z; the right side's are mirrored."""


@pytest.mark.parametrize("pose", POSES)
@pytest.mark.parametrize("rig", RIGS)
def test_the_body_is_seen_in_any_rest_pose(rig: str, pose: str) -> None:
    skeleton = hero(rig).skeleton
    named = assemble(skeleton, read_names(skeleton.names))
    turns = {}
    for part, (x, y, z) in POSES[pose].items():
        turns[skeleton.names[named.of(role_of(Part(part), Side.LEFT))[0]]] = (x, y, z)
        turns[skeleton.names[named.of(role_of(Part(part), Side.RIGHT))[0]]] = (x, -y, -z)
    seen = roles_by_topology(nameless(reposed(skeleton, turns)))
    assert {role: seen.of(role) for role in BODY} == {role: named.of(role) for role in BODY}


@pytest.mark.parametrize("age", [0.0, 1 / 3, 1.0])
def test_the_body_of_a_baby_a_child_and_the_old_is_seen(age: float) -> None:
    skeleton = character(rig="anny", age=age, face_shapes=False, ctx=Context()).skeleton
    named, seen = assemble(skeleton, read_names(skeleton.names)), roles_by_topology(nameless(skeleton))
    assert {role: seen.of(role) for role in BODY} == {role: named.of(role) for role in BODY}


def test_a_short_body_without_clavicles_and_fingers_is_seen() -> None:
    names, parents, offsets = ["hips", "chest", "head"], [-1, 0, 1], [(0.0, 0.4, 0.0), (0.0, 0.4, 0.0), (0.0, 0.4, 0.0)]
    limbs = {
        1: [("arm", 0.2, 0.0), ("fore", 0.24, 0.0), ("wrist", 0.26, 0.0), ("hand", 0.07, 0.0), ("slot", 0.11, 0.0)],
        0: [("thigh", 0.17, 0.0), ("shin", 0.0, -0.2), ("foot", 0.0, -0.15)],
    }
    for root, limb in limbs.items():
        for side in (1.0, -1.0):
            for step, (name, out, up) in enumerate(limb):
                parents.append(root if step == 0 else len(names) - 1)
                names.append(f"{name}{side}")
                offsets.append((out * side, up, 0.0))
    rotations = torch.tensor([[0.0, 0.0, 0.0, 1.0]]).repeat(len(names), 1)
    seen = roles_by_topology(nameless(Skeleton(tuple(names), tuple(parents), torch.tensor(offsets), rotations)))
    assert not seen.missing(BODY)
    for role, name in ((Role.LEFT_UPPER_ARM, "arm"), (Role.LEFT_FOREARM, "fore"), (Role.LEFT_HAND, "wrist")):
        assert [names[joint] for joint in seen.of(role)] == [f"{name}1.0"]


def test_the_body_of_a_game_character_is_seen(recordings: Path) -> None:
    path = recordings / "glb/mesh2motion_human_male.glb"
    skeleton = read_file(path, lambda message: None)[0].character.skeleton
    named, seen = assemble(skeleton, read_names(skeleton.names)), roles_by_topology(nameless(skeleton))
    assert {role: seen.of(role) for role in BODY} == {role: named.of(role) for role in BODY}


@pytest.mark.parametrize("animal", ["fox-walk", "dragon-walk"])
def test_an_animal_is_refused_by_name_with_what_to_do(recordings: Path, animal: str) -> None:
    skeleton = read_file(recordings / f"glb/mesh2motion/{animal}.glb", lambda message: None)[0].character.skeleton
    with pytest.raises(NodeError, match=rf"{animal} has hips \('[Hh]ips'\), but no .*stands on 4 legs.*retarget\.same"):
        find_roles(skeleton, animal)


def test_the_remedy_stands_before_the_first_of_many_joints(recordings: Path) -> None:
    skeleton = read_file(recordings / "glb/mesh2motion/fox-walk.glb", lambda message: None)[0].character.skeleton
    with pytest.raises(NodeError, match=r"retarget\.same; its joints are root, Hips, .* and 40 more$"):
        find_roles(skeleton, "the fox")


def test_a_body_without_legs_is_told_so_and_not_to_write_a_mapping() -> None:
    whole = stroll().skeleton
    kept = [joint for joint, name in enumerate(whole.names) if not any(leg in name for leg in ("Leg", "Foot", "Toe"))]
    ghost = Skeleton(
        tuple(whole.names[joint] for joint in kept),
        tuple(-1 if joint == 0 else kept.index(whole.parents[joint]) for joint in kept),
        whole.rest_translations[kept],
        whole.rest_rotations[kept],
    )
    with pytest.raises(NodeError, match=r"the ghost has no legs: its names tell of hips \('Hips'\)") as caught:
        find_roles(ghost, "the ghost")
    assert "retarget.same" in str(caught.value) and "mapping" not in str(caught.value)


def test_a_spider_is_refused_with_the_number_of_its_legs() -> None:
    names, parents, offsets = ["body", "abdomen"], [-1, 0], [(0.0, 0.3, 0.0), (0.0, 0.1, -0.3)]
    for leg in range(8):
        side, along = (-1.0 if leg % 2 else 1.0), 0.1 * (leg // 2) - 0.2
        for step, offset in enumerate([(0.1 * side, 0.0, along), (0.2 * side, 0.1, 0.0), (0.2 * side, -0.35, 0.0)]):
            parents.append(0 if step == 0 else len(names) - 1)
            names.append(f"j{leg}{step}")
            offsets.append(offset)
    rotations = torch.tensor([[0.0, 0.0, 0.0, 1.0]]).repeat(len(names), 1)
    spider = Skeleton(tuple(names), tuple(parents), torch.tensor(offsets), rotations)
    with pytest.raises(NodeError, match=r"the spider has no joint for hips.*which stands on 8 legs"):
        find_roles(spider, "the spider")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), st.integers(2, 40))
def test_any_tree_in_any_pose_is_looked_at(seed: int, joints: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    parents = [-1] + [
        int(torch.randint(max(0, joint - 4), joint, (), generator=generator)) for joint in range(1, joints)
    ]
    rotations = torch.randn(joints, 4, generator=generator)
    rotations = rotations / rotations.norm(dim=-1, keepdim=True)
    names = tuple(f"j{joint}" for joint in range(joints))
    skeleton = Skeleton(names, tuple(parents), torch.randn(joints, 3, generator=generator), rotations)
    roles = roles_by_topology(skeleton)
    playing = [joint for role in roles for joint in roles.of(role)]
    assert len(playing) == len(set(playing))


def test_left_is_told_from_right_by_where_the_toes_point() -> None:
    skeleton = stroll().skeleton
    about = torch.tensor([0.0, 1.0, 0.0, 0.0])
    rotations = skeleton.rest_rotations.clone()
    rotations[0] = about
    backwards = nameless(skeleton.with_rest(skeleton.rest_translations, rotations))
    assert roles_by_topology(backwards).of(Role.LEFT_FOOT) == (skeleton.index("LeftFoot"),)


def test_a_four_legged_animal_is_no_human() -> None:
    names = ["hips", "spine", "chest", "neck", "head", "tail"]
    parents = [-1, 0, 1, 2, 3, 0]
    offsets = [(0.0, 0.6, 0.0), (0.0, 0.0, 0.3), (0.0, 0.0, 0.3), (0.0, 0.1, 0.1), (0.0, 0.2, 0.1), (0.0, 0.0, -0.3)]
    for above in (0, 2):
        for side in (0.1, -0.1):
            for offset in ((side, 0.0, 0.0), (0.0, -0.3, 0.0), (0.0, -0.28, 0.0), (0.0, 0.0, 0.1)):
                parents.append(above if offset[0] else len(parents) - 1)
                names.append(f"j{len(names)}")
                offsets.append(offset)
    rotations = torch.tensor([[0.0, 0.0, 0.0, 1.0]]).repeat(len(names), 1)
    dog = Skeleton(tuple(names), tuple(parents), torch.tensor(offsets), rotations)
    assert roles_by_topology(nameless(dog)).joints == {}
    with pytest.raises(NodeError, match=r"the dog has hips \('hips'\), but no joint for upper legs, lower legs"):
        find_roles(dog, "the dog")


def test_a_skeleton_that_lies_in_one_point_has_no_roles() -> None:
    skeleton = stroll().skeleton
    flat = replace(nameless(skeleton), rest_translations=torch.zeros_like(skeleton.rest_translations))
    assert roles_by_topology(flat).joints == {}


def test_the_rest_pose_fills_in_what_names_leave_out() -> None:
    skeleton = stroll().skeleton
    names = tuple(f"x{joint}" if "Arm" in name else name for joint, name in enumerate(skeleton.names))
    roles = find_roles(replace(skeleton, names=names), "it")
    assert roles.of(Role.LEFT_FOREARM) == (skeleton.index("LeftForeArm"),)
    assert roles.of(Role.LEFT_UPPER_LEG) == (skeleton.index("LeftUpLeg"),)

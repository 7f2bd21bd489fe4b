from dataclasses import replace
from pathlib import Path

import pytest
import torch
from bodies import RIGS, hero, nameless, recording, stroll

from motionloom.core.data import Skeleton
from motionloom.core.errors import NodeError
from motionloom.plugins.retarget.roles.assemble import assemble
from motionloom.plugins.retarget.roles.find import find_roles
from motionloom.plugins.retarget.roles.names import read_names
from motionloom.plugins.retarget.roles.parts import Part, Role
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
    with pytest.raises(NodeError, match=r"the dog has no joint for .*left upper leg"):
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

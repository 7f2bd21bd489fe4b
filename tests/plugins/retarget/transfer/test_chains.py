"""Twist helpers, split limbs and fingers of other counts."""

from dataclasses import replace

import pytest
import roma
import torch
from bodies import carried, hero, limb_directions, stroll, worst_angle

from motionloom.core.data import Motion, Skeleton, quat_product
from motionloom.plugins.retarget.rest_pose.measured import MeasuredRest, measure_rest
from motionloom.plugins.retarget.roles.find import find_roles
from motionloom.plugins.retarget.roles.mapping import find_mapping
from motionloom.plugins.retarget.roles.parts import Role
from motionloom.plugins.retarget.transfer.plan import Drive, plan_transfer
from motionloom.plugins.retarget.transfer.solve import retarget

STILL = torch.tensor([0.0, 0.0, 0.0, 1.0])


def with_helper(skeleton: Skeleton, parent: str, child: str, share: float, name: str) -> Skeleton:
    """A leaf joint beside a bone, at a share of its length."""
    offset = share * skeleton.rest_translations[skeleton.index(child)]
    return Skeleton(
        (*skeleton.names, name),
        (*skeleton.parents, skeleton.index(parent)),
        torch.cat((skeleton.rest_translations, offset[None])),
        torch.cat((skeleton.rest_rotations, STILL[None])),
    )


def with_roll_inside(skeleton: Skeleton, parent: str, child: str, share: float, name: str) -> Skeleton:
    """A joint inside a bone, at a share of its length, from which the rest of the limb hangs."""
    at = skeleton.index(child)
    names = (*skeleton.names[:at], name, *skeleton.names[at:])
    parents = tuple(old + (old >= at) for old in skeleton.parents)
    parents = (*parents[:at], skeleton.index(parent), at, *parents[at + 1 :])
    bone = skeleton.rest_translations[at]
    offsets = torch.cat((skeleton.rest_translations[:at], (share * bone)[None], ((1 - share) * bone)[None]))
    return Skeleton(
        names,
        parents,
        torch.cat((offsets, skeleton.rest_translations[at + 1 :])),
        torch.cat((skeleton.rest_rotations[:at], STILL[None], skeleton.rest_rotations[at:])),
    )


def twisted(joint: str, radians: float) -> Motion:
    """One joint turned about the line of the left arm, everything else at rest in the T-pose."""
    skeleton = stroll().skeleton
    rotations = skeleton.rest_rotations.repeat(2, 1, 1)
    turn = roma.rotvec_to_unitquat(torch.tensor([radians, 0.0, 0.0]))
    rotations[1, skeleton.index(joint)] = quat_product(rotations[1, skeleton.index(joint)], turn)
    return Motion(skeleton, skeleton.rest_translations[:1].repeat(2, 1), rotations, 30.0)


def turn_of(motion: Motion, joint: str) -> float:
    """Radians that a joint turns in the world from the first frame to the second."""
    world = motion.world()[0][:, motion.skeleton.index(joint)]
    return float(roma.unitquat_geodesic_distance(world[0], world[1]))


@pytest.mark.parametrize("share", [0.0, 0.25, 0.75, 1.0])
@pytest.mark.parametrize(
    ("turned", "bone", "name"),
    [
        pytest.param("LeftHand", ("lowerarm_l", "hand_l"), "lowerarm_twist_01_l", id="forearm"),
        pytest.param("LeftArm", ("upperarm_l", "lowerarm_l"), "upperarm_twist_01_l", id="upper arm"),
    ],
)
def test_a_twist_helper_takes_the_share_of_the_twist_that_is_due_where_it_lies(
    turned: str, bone: tuple[str, str], name: str, share: float
) -> None:
    target = with_helper(hero("game_engine").skeleton, *bone, share, name)
    result = carried(twisted(turned, 1.0), target)
    assert turn_of(result, name) == pytest.approx(share, abs=0.01)


def test_a_leaf_that_is_no_twist_helper_keeps_still() -> None:
    target = with_helper(hero("game_engine").skeleton, "lowerarm_l", "hand_l", 0.5, "watch_l")
    result = carried(stroll(), target)
    torch.testing.assert_close(result.rotations[:, -1].abs(), STILL.expand(len(result), 4), atol=1e-5, rtol=0)


def test_a_roll_joint_inside_a_target_s_arm_shares_its_twist_and_the_arm_points_as_before() -> None:
    target = with_roll_inside(stroll().skeleton, "LeftArm", "LeftForeArm", 0.5, "LeftArmRoll")
    result = carried(twisted("LeftArm", 1.0), target)
    assert turn_of(result, "LeftArm") == pytest.approx(0.5, abs=0.01)
    assert turn_of(result, "LeftArmRoll") == pytest.approx(1.0, abs=0.01)
    assert worst_angle(carried(stroll(), target), stroll()) < 0.1


def test_a_source_s_roll_joint_counts_to_its_arm() -> None:
    source = with_roll_inside(stroll().skeleton, "LeftArm", "LeftForeArm", 0.5, "LeftArmRoll")
    at = source.index("LeftArmRoll")
    plain = twisted("LeftArm", 1.0)
    rotations = torch.cat((plain.rotations[:, :at], STILL.expand(2, 1, 4), plain.rotations[:, at:]), dim=1)
    rotations[:, at - 1], rotations[:, at] = STILL, plain.rotations[:, at - 1]
    rolled = replace(plain, skeleton=source, rotations=rotations)
    target = hero("mixamo").skeleton
    torch.testing.assert_close(carried(rolled, target).world()[1], carried(plain, target).world()[1], atol=1e-4, rtol=0)
    assert measure_rest(source, find_roles(source, "it")).roles.of(Role.LEFT_UPPER_ARM)[-1] == at


def curl(rig: str, degrees: float) -> Motion:
    """Every joint of the left middle finger bent by as much, against the rest pose."""
    skeleton = hero(rig).skeleton
    rotations = skeleton.rest_rotations.repeat(2, 1, 1)
    bend = roma.rotvec_to_unitquat(torch.tensor([0.0, 0.0, -degrees * torch.pi / 180]))
    world = Motion(skeleton, torch.zeros(2, 3), rotations, 30.0).world()[0][0]
    for joint in find_roles(skeleton, "it").of(Role.LEFT_MIDDLE):
        above = world[skeleton.parents[joint]]
        turn = quat_product(quat_product(above * torch.tensor([-1.0, -1.0, -1.0, 1.0]), bend), above)
        rotations[1, joint] = quat_product(turn, rotations[1, joint])
    return Motion(skeleton, skeleton.rest_translations[:1].repeat(2, 1), rotations, 30.0)


def test_a_mitten_bends_as_the_middle_of_the_finger_that_it_follows() -> None:
    result = carried(curl("game_engine", 30.0), hero("cmu_mb").skeleton)
    mitten = find_roles(result.skeleton, "it").of(Role.LEFT_FINGERS)[0]
    angle = turn_of(result, result.skeleton.names[mitten])
    assert 35.0 < angle * 180 / torch.pi < 75.0


def test_fingers_follow_a_mitten_and_bend_more_towards_the_tip() -> None:
    mitten = hero("cmu_mb").skeleton
    rotations = mitten.rest_rotations.repeat(2, 1, 1)
    joint = find_roles(mitten, "it").of(Role.LEFT_FINGERS)[0]
    bend = roma.rotvec_to_unitquat(torch.tensor([0.0, 0.0, -1.0]))
    rotations[1, joint] = quat_product(rotations[1, joint], bend)
    motion = Motion(mitten, mitten.rest_translations[:1].repeat(2, 1), rotations, 30.0)
    result = carried(motion, hero("mixamo").skeleton)
    names = [f"mixamorig:LeftHandRing{i}" for i in (1, 2, 3)]
    first, second, third = (turn_of(result, name) for name in names)
    assert 0.2 < first < second <= third + 1e-3 and third == pytest.approx(1.0, abs=1e-3)


def test_a_metacarpal_that_only_one_hand_has_does_not_shift_the_knuckles() -> None:
    skeleton = hero("mixamo").skeleton
    longer = with_roll_inside(
        skeleton, "mixamorig:LeftHand", "mixamorig:LeftHandMiddle1", 0.4, "mixamorig:LeftHandMiddle0"
    )
    mapping = find_mapping(skeleton, longer, "it")
    joints = tuple(longer.index(f"mixamorig:LeftHandMiddle{i}") for i in range(4))
    roles = {**mapping.target.joints, Role.LEFT_MIDDLE: joints}
    mapping = replace(mapping, target=replace(mapping.target, joints=roles), pairs=())
    motion = curl("mixamo", 30.0)
    result = retarget(motion, longer, mapping)
    for i in (1, 2, 3):
        name = f"mixamorig:LeftHandMiddle{i}"
        assert turn_of(result, name) == pytest.approx(turn_of(motion, name), abs=1e-3)
    assert turn_of(result, "mixamorig:LeftHandMiddle0") == pytest.approx(0.0, abs=1e-3)


def test_pairs_follow_one_to_one_and_roles_go_before_them() -> None:
    source, target = measured("mixamo"), measured("game_engine")
    hand = target.roles.of(Role.LEFT_HAND)[0]
    drives = plan_transfer(source, target, pairs=((5, 0), (5, hand))).drives
    assert Drive(0, 5, 5) in drives and Drive(hand, 5, 5) not in drives


def measured(rig: str) -> MeasuredRest:
    skeleton = hero(rig).skeleton
    return measure_rest(skeleton, find_roles(skeleton, "it"))


def test_the_limbs_of_a_target_with_helpers_point_where_the_source_s_point() -> None:
    target = with_helper(hero("anny").skeleton, "lowerarm01.L", "lowerarm02.L", 0.5, "forearm_twist.L")
    assert worst_angle(carried(stroll(), target), stroll()) < 0.1
    assert len(limb_directions(stroll())) == 8

import torch
from performances import STILL, stroll

from motionloom.core.data import forward_kinematics, rest_pose
from motionloom.plugins.retarget.roles.find import find_roles
from motionloom.plugins.retarget.roles.parts import BODY, Part, Role, Side, role_of
from motionloom.plugins.same.training.canonical import (
    HIP_CENTER,
    HIP_HEIGHT,
    INDEX,
    MIRRORED,
    canonical_skeleton,
    mirrored,
    world_turns,
)


def test_its_names_say_every_role() -> None:
    roles = find_roles(canonical_skeleton(), "the canonical humanoid")
    assert not roles.missing(BODY)
    assert len(roles.of(Role.SPINE)) == 3
    assert all(role_of(part, side) in roles for part in (Part.CLAVICLE, Part.HAND, Part.TOES) for side in Side)


def test_it_stands_on_the_floor_with_its_left_at_plus_x() -> None:
    skeleton = canonical_skeleton()
    rotations, positions = rest_pose(skeleton)
    assert torch.equal(rotations, torch.tensor(STILL).expand(len(skeleton), 4))
    assert positions[INDEX["LeftHand"], 0] > 0.5
    assert positions[INDEX["LeftToeBase"], 2] > positions[INDEX["LeftFoot"], 2]
    tips = positions[list(skeleton.tip_joints)] + skeleton.tip_offsets
    assert abs(float(tips[:, 1].min())) < 1e-6


def test_the_hips_constants_are_those_of_the_skeleton() -> None:
    positions = rest_pose(canonical_skeleton())[1]
    center = positions[[INDEX["LeftUpLeg"], INDEX["RightUpLeg"]]].mean(0)
    torch.testing.assert_close(center - positions[0], torch.tensor(HIP_CENTER))
    assert abs(float(center[1]) - HIP_HEIGHT) < 1e-6


def test_world_turns_are_the_world_rotations_of_forward_kinematics() -> None:
    clip = stroll()
    expected, _ = forward_kinematics(canonical_skeleton(), clip.root, clip.rotations)
    torch.testing.assert_close(world_turns(clip.rotations), expected, atol=1e-5, rtol=0)


def test_a_mirror_swaps_the_sides() -> None:
    clip = stroll()
    seen = forward_kinematics(canonical_skeleton(), *mirrored(clip.root, clip.rotations))[1]
    real = forward_kinematics(canonical_skeleton(), clip.root, clip.rotations)[1]
    torch.testing.assert_close(seen[:, MIRRORED] * torch.tensor([-1.0, 1.0, 1.0]), real, atol=1e-5, rtol=0)


def test_a_mirror_of_a_mirror_is_the_performance() -> None:
    clip = stroll()
    again = mirrored(*mirrored(clip.root, clip.rotations))
    assert torch.equal(again[0], clip.root)
    assert torch.equal(again[1], clip.rotations)

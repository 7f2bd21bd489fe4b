from dataclasses import replace

import pytest
import roma
import torch
from bodies import hero, stroll
from bodies_on_floor import roles_of, silent, standing

from motionloom.core.data import Motion, quat_product
from motionloom.core.node import Context
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.retarget.nodes import solve
from motionloom.plugins.retarget.refine.hands import keep_hands
from motionloom.plugins.retarget.roles.parts import JointRoles, Part, Role, Side, role_of


def turned(motion: Motion, name: str, rotvec: torch.Tensor) -> Motion:
    """A joint turned about axes of the world, frame by frame."""
    joint = motion.skeleton.index(name)
    above = motion.world()[0][:, motion.skeleton.parents[joint]]
    inverse = above * torch.tensor([-1.0, -1.0, -1.0, 1.0])
    local = quat_product(inverse, quat_product(roma.rotvec_to_unitquat(rotvec), above))
    rotations = motion.rotations.clone()
    rotations[:, joint] = quat_product(local, rotations[:, joint])
    return replace(motion, rotations=rotations)


def praying(frames: int = 60) -> Motion:
    """Palms that come together before the chest and part again."""
    motion = standing("mixamo", frames)
    share = torch.sin(torch.linspace(0.0, torch.pi, frames)).unsqueeze(1)
    for name, sign in (("Left", 1.0), ("Right", -1.0)):
        motion = turned(motion, f"mixamorig:{name}Arm", share * torch.tensor([0.0, -0.9 * sign, 0.0]))
        motion = turned(motion, f"mixamorig:{name}ForeArm", share * torch.tensor([0.0, -0.95 * sign, 0.0]))
    return motion


def apart(motion: Motion) -> torch.Tensor:
    """Between the wrists, metres."""
    roles, positions = roles_of(motion), motion.world()[1]
    left, right = (positions[:, roles.of(role_of(Part.HAND, side))[0]] for side in Side)
    return (left - right).norm(dim=-1)


def kept(moved: Motion, source: Motion, scale: float) -> Motion:
    return keep_hands(moved, roles_of(moved), source, roles_of(source), scale, silent)


def test_hands_on_their_own_body_stay_where_they_are() -> None:
    motion = praying()
    result = kept(motion, motion, 1.0)
    torch.testing.assert_close(result.world()[1], motion.world()[1], atol=2e-3, rtol=0)


def test_hands_that_meet_meet_on_longer_arms_too() -> None:
    source = praying()
    frame = int(apart(source).argmin())
    assert float(apart(source)[frame]) < 0.2
    longer = source.skeleton.rest_translations.clone()
    for name in ("mixamorig:LeftForeArm", "mixamorig:RightForeArm", "mixamorig:LeftHand", "mixamorig:RightHand"):
        longer[source.skeleton.index(name)] *= 1.4
    moved = replace(source, skeleton=source.skeleton.with_rest(longer, source.skeleton.rest_rotations))
    goal = float(apart(source)[frame])
    before, after = (abs(float(apart(m)[frame]) - goal) for m in (moved, kept(moved, source, 1.0)))
    assert before > 0.04 and after < 0.5 * before


def test_hands_come_and_go_without_a_jump() -> None:
    source = praying()
    moved = solve(source, character(rig="mixamo", age=0.4, face_shapes=False, ctx=Context()), ctx=Context())
    result = kept(moved, source, 0.8)
    steps = []
    for motion in (moved, result):
        wrist = motion.world()[1][:, roles_of(motion).of(Role.LEFT_HAND)[0]]
        steps.append(float((wrist[2:] - 2 * wrist[1:-1] + wrist[:-2]).norm(dim=-1).max()))
    assert steps[1] < 3 * steps[0] + 0.002


def test_hands_that_touch_nothing_are_left_alone() -> None:
    motion = standing("mixamo", 20)
    assert kept(motion, motion, 1.0) is motion


@pytest.mark.parametrize("rig", ["anny", "cmu_mb"])
def test_any_rig_keeps_finite_unit_rotations(rig: str) -> None:
    moved = solve(stroll(), hero(rig), ctx=Context())
    result = kept(moved, stroll(), 1.0)
    assert torch.isfinite(result.rotations).all()
    torch.testing.assert_close(result.rotations.norm(dim=-1), torch.ones(result.rotations.shape[:2]))


def test_a_missing_arm_is_named() -> None:
    motion, heard = praying(), []
    roles = roles_of(motion)
    armless = JointRoles({role: roles.of(role) for role in roles if role is not Role.LEFT_FOREARM})
    keep_hands(motion, armless, motion, roles, 1.0, heard.append)
    assert len(heard) == 1 and "left arm" in heard[0]

from dataclasses import replace

import pytest
import roma
import torch
from bodies import hero, nameless, random_motion, stroll
from bodies_on_floor import contacts, drifting, feet, legs_of, roles_of, silent, speed, standing
from hypothesis import given, settings
from hypothesis import strategies as st

from motionloom.core.data import Motion, to_device
from motionloom.core.node import Context
from motionloom.plugins.clips.nodes import walk
from motionloom.plugins.motion.nodes import mirror
from motionloom.plugins.retarget.nodes import solve
from motionloom.plugins.retarget.refine.contacts import detect_contacts
from motionloom.plugins.retarget.refine.plant import plant_feet
from motionloom.plugins.retarget.roles.parts import JointRoles, Part, Side, role_of

seeds = st.integers(0, 2**31)
ALL = slice(None)
FEW = ("game_engine", "anny")
"""Rigs with one toe and many, with and without a floor root."""


def planted(motion: Motion, *held: object) -> Motion:
    return plant_feet(motion, roles_of(motion), *held)  # type: ignore[arg-type]


@pytest.mark.parametrize("rig", FEW)
def test_feet_that_slide_by_a_known_amount_stand_still(rig: str) -> None:
    motion = drifting(rig, (0.06, 0.0, 0.04))
    assert float(speed(feet(motion)[1], 30.0).mean()) > 0.02
    result = planted(motion, contacts(90, ALL, ALL))
    for points in feet(result):
        assert float(speed(points, 30.0).max()) < 1e-3
        assert float((points[:, :, [0, 2]] - points[:1, :, [0, 2]]).abs().max()) < 1e-3
    middle = [body.mean(0) for body in (feet(motion)[1], feet(result)[1])]
    torch.testing.assert_close(middle[0][:, [0, 2]], middle[1][:, [0, 2]], atol=2e-3, rtol=0)


@pytest.mark.parametrize("height", [-0.04, 0.06])
@pytest.mark.parametrize("rig", ["anny", "game_engine"])
def test_feet_that_sink_or_float_come_to_the_floor(rig: str, height: float) -> None:
    motion = standing(rig)
    motion = replace(motion, root_translation=motion.root_translation + torch.tensor([0.0, height, 0.0]))
    result = planted(motion)
    heels, balls = feet(result)
    assert float(heels[..., 1].abs().max()) < 1e-3
    heights = torch.tensor([leg.ball_height for leg in legs_of(result).legs])
    torch.testing.assert_close(balls[..., 1], heights.expand(90, 2), atol=1e-3, rtol=0)


def test_a_step_that_floats_a_little_is_brought_down_by_the_leg_alone() -> None:
    motion = standing("mixamo")
    motion = replace(motion, root_translation=motion.root_translation + torch.tensor([0.0, 0.03, 0.0]))
    held = contacts(90, slice(30, 60), slice(30, 60))
    result = planted(motion, held)
    assert 0.0 <= float(feet(result)[0][30:60, :, 1].max()) < 0.006
    torch.testing.assert_close(result.root_translation[:5], motion.root_translation[:5], atol=1e-3, rtol=0)


def test_a_foot_that_swings_low_between_contacts_is_not_lowered() -> None:
    motion = standing("mixamo", 120)
    motion = replace(motion, root_translation=motion.root_translation + torch.tensor([0.0, 0.02, 0.0]))
    held = contacts(120, slice(0, 30), slice(0, 30))
    after = feet(planted(motion, held))[0][..., 1]
    assert float(after[:30].max()) < 0.006
    assert float(after[40:].min()) > 0.0195


def test_feet_on_something_high_are_planted_where_it_is() -> None:
    motion = drifting("mixamo", (0.05, 0.0, 0.0))
    motion = replace(motion, root_translation=motion.root_translation + torch.tensor([0.0, 0.7, 0.0]))
    heels, balls = feet(planted(motion, contacts(90, ALL, ALL, on_floor=False)))
    assert float(speed(balls, 30.0).max()) < 1e-3
    assert abs(float(heels[..., 1].mean()) - 0.7) < 2e-3


def test_a_motion_without_contacts_is_unchanged_bit_for_bit() -> None:
    motion = stroll()
    assert planted(motion, contacts(len(motion), None, None)) is motion
    flying = drifting("anny", (9.0, 0.0, 0.0))
    result = planted(flying)
    assert torch.equal(result.rotations, flying.rotations)
    assert torch.equal(result.root_translation, flying.root_translation)


def test_what_stands_already_hardly_changes() -> None:
    motion = standing("anny")
    result = planted(motion)
    assert float((result.world()[1] - motion.world()[1]).norm(dim=-1).max()) < 0.02, "straight knees are bent a little"
    for before, after in zip(feet(motion), feet(result), strict=True):
        torch.testing.assert_close(after, before, atol=2e-3, rtol=0)


def test_contacts_begin_and_end_without_a_jump() -> None:
    motion = drifting("mixamo", (0.3, 0.0, 0.0), 120)
    points = feet(planted(motion, contacts(120, slice(40, 80), slice(40, 80))))[1]
    step = (points[2:] - 2 * points[1:-1] + points[:-2]).norm(dim=-1) * 30.0
    assert float(step.max()) < 0.15, "metres a second that the speed changes by from frame to frame"
    torch.testing.assert_close(points[:25], feet(motion)[1][:25], atol=0.012, rtol=0)


def test_the_heel_leaves_first_and_the_ball_stays() -> None:
    motion = drifting("mixamo", (0.1, 0.0, 0.1), 120)
    heels, balls = feet(planted(motion, contacts(120, slice(20, 60), slice(20, 90))))
    assert float(speed(balls[20:90], 30.0).max()) < 3e-3
    assert float(speed(heels[20:60], 30.0).max()) < 3e-3


def test_heel_and_toe_that_take_turns_stay_where_they_are() -> None:
    motion = drifting("game_engine", (0.05, 0.0, 0.02), 150)
    held = contacts(150, slice(10, 70), slice(50, 130))
    heels, balls = feet(planted(motion, held))
    assert float(speed(heels[10:70], 30.0).max()) < 2e-3
    assert float(speed(balls[50:130], 30.0).max()) < 2e-3


@pytest.mark.parametrize("rig", FEW)
def test_a_walk_neither_slides_nor_sinks_on_any_rig(rig: str) -> None:
    moved = solve(walk(seconds=1.5, fps=60, ctx=Context()), hero(rig), plant_feet=False, ctx=Context())
    result = planted(moved)
    heels, balls = feet(result)
    assert float(heels[..., 1].min()) > -0.005
    toe = detect_contacts(moved, legs_of(moved)).toe
    assert float(speed(balls, 60.0)[toe[1:] & toe[:-1]].median()) < 0.01


def test_knees_do_not_snap_straight() -> None:
    moved = solve(walk(seconds=1.5, fps=60, ctx=Context()), hero("mixamo"), plant_feet=False, ctx=Context())
    changes = []
    for motion in (moved, planted(moved)):
        knee = motion.rotations[:, motion.skeleton.index("mixamorig:LeftLeg")]
        changes.append(float(roma.unitquat_geodesic_distance(knee[1:], knee[:-1]).max()))
    assert changes[1] < 1.5 * changes[0]


@given(seed=seeds)
@settings(max_examples=3, deadline=None)
def test_any_motion_stays_finite_with_unit_quaternions(seed: int) -> None:
    motion = random_motion(hero("mixamo").skeleton, 20, seed)
    generator = torch.Generator().manual_seed(seed)
    mask = torch.rand(4, 20, 2, generator=generator) > 0.5
    held = contacts(20, None, None)
    held = replace(held, heel=mask[0], toe=mask[1], heel_on_floor=mask[0] & mask[2], toe_on_floor=mask[1] & mask[3])
    result = planted(motion, held)
    assert torch.isfinite(result.root_translation).all()
    torch.testing.assert_close(result.rotations.norm(dim=-1), torch.ones(20, len(motion.skeleton)))


@pytest.mark.parametrize("rig", ["mixamo"])
def test_a_mirrored_motion_gives_the_mirrored_result(rig: str) -> None:
    moved = solve(walk(seconds=1.2, fps=30, ctx=Context()), hero(rig), plant_feet=False, ctx=Context())
    before, after = planted(mirror(moved, ctx=Context())), mirror(planted(moved), ctx=Context())
    assert float((before.world()[1] - after.world()[1]).abs().max()) < 2e-3


def test_a_leg_without_a_foot_is_named_and_left_alone() -> None:
    motion, heard = drifting("mixamo", (0.06, 0.0, 0.0)), []
    roles = roles_of(motion)
    one_footed = JointRoles({role: roles.of(role) for role in roles if role is not role_of(Part.FOOT, Side.LEFT)})
    result = plant_feet(motion, one_footed, contacts(90, ALL, ALL), heard.append)
    left, right = (speed(feet(result)[1][:, side : side + 1], 30.0).mean() for side in range(2))
    assert float(right) < 1e-3 < float(left)
    assert len(heard) == 1 and "left leg" in heard[0] and "mixamorig:LeftLeg" in heard[0]


def test_a_skeleton_without_names_or_toes_is_planted() -> None:
    motion = drifting("cmu_mb", (0.06, 0.0, 0.0))
    motion = replace(motion, skeleton=nameless(motion.skeleton))
    roles = roles_of(motion)
    toeless = JointRoles({role: roles.of(role) for role in roles if role.part is not Part.TOES})
    result = plant_feet(motion, toeless, contacts(90, ALL, ALL), silent)
    ankles = result.world()[1][:, [roles.of(role_of(Part.FOOT, side))[0] for side in Side]]
    assert float(speed(ankles, 30.0).max()) < 1e-3


def test_a_clip_of_one_frame_is_planted() -> None:
    assert len(planted(standing("anny", 1))) == 1


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_the_gpu_agrees_with_the_cpu() -> None:
    motion = drifting("mixamo", (0.06, 0.0, 0.04))
    gpu = planted(to_device(motion, torch.device("cuda")))
    torch.testing.assert_close(gpu.rotations.cpu(), planted(motion).rotations, atol=1e-4, rtol=0)

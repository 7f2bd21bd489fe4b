import torch
from bodies import hero
from bodies_on_floor import roles_of, silent, speed

from motionloom.core.data import Motion
from motionloom.core.node import Context
from motionloom.plugins.clips.nodes import walk
from motionloom.plugins.retarget.nodes import solve
from motionloom.plugins.retarget.refine.carried import as_long_as_moved
from motionloom.plugins.retarget.refine.feet import measure_legs
from motionloom.plugins.retarget.refine.leg_poses import heels_and_balls, pose_feet, pose_legs
from motionloom.plugins.retarget.refine.refine import source_contacts
from motionloom.plugins.retarget.roles.parts import Role


def stride() -> Motion:
    return walk(seconds=1.2, fps=30, ctx=Context())


def contact_speed(result: Motion, source: Motion) -> float:
    """Metres a second of the balls of resting feet, on legs as long as the motion has them."""
    roles = roles_of(result)
    legs = measure_legs(as_long_as_moved(result, roles), roles, silent)
    balls = heels_and_balls(pose_feet(pose_legs(result, legs), legs), legs)[1]
    toe = source_contacts(source, roles_of(source), roles, silent).toe
    return float(speed(balls, result.fps)[toe[1:] & toe[:-1]].median())


def test_a_floor_root_stays_on_the_floor_when_feet_are_planted() -> None:
    loose, planted = (
        solve(stride(), hero("game_engine"), root="floor", plant_feet=on, ctx=Context()) for on in (False, True)
    )
    assert loose.joint_translations is not None and planted.joint_translations is not None
    torch.testing.assert_close(planted.root_translation, loose.root_translation)
    hips = roles_of(planted).of(Role.HIPS)[0]
    assert float((planted.world()[1] - loose.world()[1])[:, hips].abs().max()) > 1e-3, "the hips slide instead"
    assert contact_speed(planted, stride()) < 0.01 < contact_speed(loose, stride())


def test_a_floor_root_gives_the_same_feet_as_the_hips_alone() -> None:
    paths = [solve(stride(), hero("game_engine"), root=root, ctx=Context()).world()[1] for root in ("floor", "hips")]
    names = hero("game_engine").skeleton.names
    feet = [slot for slot, name in enumerate(names) if name.startswith(("foot", "ball"))]
    torch.testing.assert_close(paths[0][:, feet], paths[1][:, feet], atol=2e-3, rtol=0)


def test_stretched_legs_are_planted_with_the_length_they_have() -> None:
    result = solve(stride(), hero("mixamo"), stretch="limbs", ctx=Context())
    assert result.joint_translations is not None
    torch.testing.assert_close(result.joint_translations[:, 0], result.root_translation)
    assert contact_speed(result, stride()) < 0.01

from dataclasses import replace

import roma
import torch
from bodies import hero, stroll
from bodies_on_floor import roles_of, silent, standing

from motionloom.core.data import Motion, quat_product
from motionloom.plugins.retarget.refine.limits import at_least, limit_joints


def bent(degrees: float, axis: tuple[float, float, float]) -> Motion:
    """Standing in the rest pose, the left shin turned about an axis of the world."""
    motion = standing("mixamo", 4)
    joint = motion.skeleton.index("mixamorig:LeftLeg")
    above = motion.world()[0][:, motion.skeleton.parents[joint]]
    turn = roma.rotvec_to_unitquat(torch.deg2rad(torch.tensor(axis) * degrees)).expand(4, 4)
    inverse = above * torch.tensor([-1.0, -1.0, -1.0, 1.0])
    rotations = motion.rotations.clone()
    rotations[:, joint] = quat_product(quat_product(inverse, quat_product(turn, above)), rotations[:, joint])
    return replace(motion, rotations=rotations)


def ankle(motion: Motion) -> torch.Tensor:
    return motion.world()[1][0, motion.skeleton.index("mixamorig:LeftFoot")]


def test_a_knee_bent_forwards_is_straightened() -> None:
    motion = bent(-40.0, (1.0, 0.0, 0.0))
    knee = motion.world()[1][0, motion.skeleton.index("mixamorig:LeftLeg")]
    before, after = ankle(motion) - knee, ankle(limit_joints(motion, roles_of(motion), silent)) - knee
    assert float(before[2]) > 0.15 and float(after[2]) < 0.06


def test_a_knee_bent_sideways_comes_back() -> None:
    motion = bent(40.0, (0.0, 0.0, 1.0))
    still = ankle(standing("mixamo", 1))
    before, after = (float((ankle(m) - still).norm()) for m in (motion, limit_joints(motion, roles_of(motion), silent)))
    assert after < 0.5 * before


def test_a_knee_bent_as_knees_bend_stays() -> None:
    motion = bent(60.0, (1.0, 0.0, 0.0))
    result = limit_joints(motion, roles_of(motion), silent)
    torch.testing.assert_close(ankle(result), ankle(motion), atol=2e-3, rtol=0)


def test_feet_keep_their_orientation() -> None:
    motion = bent(-40.0, (1.0, 0.0, 0.0))
    foot = motion.skeleton.index("mixamorig:LeftFoot")
    result = limit_joints(motion, roles_of(motion), silent)
    gap = roma.unitquat_geodesic_distance(result.world()[0][:, foot], motion.world()[0][:, foot])
    assert float(gap.max()) < 1e-3


def test_a_walk_is_within_its_limits() -> None:
    motion = stroll()
    result = limit_joints(motion, roles_of(motion), silent)
    assert float((result.world()[1] - motion.world()[1]).norm(dim=-1).max()) < 0.03


def test_a_soft_limit_is_smooth_and_never_under_zero() -> None:
    values = torch.linspace(-3.0, 1.0, 400)
    kept = at_least(values, 0.05)
    assert (kept > 0).all() and (kept.diff() >= 0).all()
    assert torch.equal(kept[values >= 0.05], values[values >= 0.05])


def test_every_rig_has_limits() -> None:
    for rig in ("anny", "makehuman", "cmu_mb", "game_engine"):
        motion = standing(rig, 2)
        result = limit_joints(motion, roles_of(motion), silent)
        assert torch.isfinite(result.rotations).all() and len(hero(rig).skeleton) == len(result.skeleton)

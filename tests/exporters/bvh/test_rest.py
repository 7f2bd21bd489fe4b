"""Rest rotations, which the format does not have, are baked in without moving anything."""

from pathlib import Path

import pytest
import torch
from random_motions import degrees_between, random_motion

from motionloom.core.data import Motion, quat_action, quat_product, rest_pose
from motionloom.exporters.bvh.writer import write_bvh_file
from motionloom.plugins.bvh.reader import read_bvh_file

INVERSE = torch.tensor([-1.0, -1.0, -1.0, 1.0])


def tips(motion: Motion) -> torch.Tensor:
    rotations, positions = motion.world()
    joints = list(motion.skeleton.tip_joints)
    return positions[:, joints] + quat_action(rotations[:, joints], motion.skeleton.tip_offsets)


@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_joints_and_tips_stand_where_they_stood_in_every_frame(seed: int, moved: bool, tmp_path: Path) -> None:
    motion = random_motion(seed, joints=7, frames=6, turned=True, moved=moved)
    write_bvh_file(motion, tmp_path / "clip.bvh")
    read = read_bvh_file(tmp_path / "clip.bvh", unit="cm", up="y", positions="replace")
    size = float(motion.world()[1].abs().max())
    assert torch.allclose(read.world()[1], motion.world()[1], atol=2e-6 * size)
    assert torch.allclose(tips(read), tips(motion), atol=2e-6 * max(size, float(tips(motion).abs().max())))
    assert torch.allclose(rest_pose(read.skeleton)[1], rest_pose(motion.skeleton)[1], atol=2e-6 * size)


@pytest.mark.parametrize("seed", range(8))
def test_world_rotations_relative_to_the_rest_pose_are_the_same(seed: int, tmp_path: Path) -> None:
    motion = random_motion(seed, joints=7, frames=6, turned=True)
    write_bvh_file(motion, tmp_path / "clip.bvh")
    read = read_bvh_file(tmp_path / "clip.bvh", unit="cm", up="y")
    relative = quat_product(motion.world()[0], (rest_pose(motion.skeleton)[0] * INVERSE).expand(6, -1, -1))
    assert degrees_between(read.world()[0], relative) < 1e-3


def test_the_rest_pose_itself_is_written_as_no_rotation(tmp_path: Path) -> None:
    moving = random_motion(3, joints=5, frames=1, turned=True)
    skeleton = moving.skeleton
    still = Motion(skeleton, skeleton.rest_translations[:1], skeleton.rest_rotations.unsqueeze(0), 30.0)
    write_bvh_file(still, tmp_path / "clip.bvh")
    read = read_bvh_file(tmp_path / "clip.bvh", unit="cm", up="y")
    assert degrees_between(read.rotations, read.skeleton.rest_rotations.expand(1, -1, -1)) < 1e-4

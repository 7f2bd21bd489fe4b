"""A recorded walk looks like one: feet on one floor, the head on top, the knees bent forwards."""

from pathlib import Path

import pytest
import torch

from motionloom.core.data import Motion
from motionloom.plugins.bvh.reader import read_bvh_file


@pytest.fixture
def walk(data_folder: Path) -> Motion:
    # The first frame of the file is its rest pose.
    motion = read_bvh_file(data_folder / "bvh" / "cmu_12_01_walk.bvh")
    return motion.at(slice(1, None))


def places(motion: Motion, *names: str) -> torch.Tensor:
    return motion.world()[1][:, [motion.skeleton.index(name) for name in names]]


def test_the_feet_are_near_one_floor(walk: Motion) -> None:
    lowest = places(walk, "LeftToeBase", "RightToeBase", "LeftFoot", "RightFoot")[..., 1].amin(1)
    assert float(lowest.quantile(0.9) - lowest.quantile(0.1)) < 0.06
    assert abs(float(lowest.median())) < 0.1


def test_the_feet_take_turns_on_the_floor(walk: Motion) -> None:
    toes = places(walk, "LeftToeBase", "RightToeBase")[..., 1]
    lower = toes[:, 0] < toes[:, 1]
    assert 0.3 < float(lower.float().mean()) < 0.7
    assert int((lower[1:] != lower[:-1]).sum()) >= 4


def test_the_head_is_above_the_hips_and_they_above_the_knees(walk: Motion) -> None:
    heights = places(walk, "Head", "Hips", "LeftLeg", "LeftFoot")[..., 1]
    assert (heights[:, :-1] > heights[:, 1:]).float().mean() > 0.95


def test_the_hips_travel_forwards_at_walking_speed(walk: Motion) -> None:
    travelled = walk.root_translation[-1] - walk.root_translation[0]
    speed = float(travelled[[0, 2]].norm()) / walk.duration
    assert 0.5 < speed < 2.0
    toes = places(walk, "LeftToeBase", "RightToeBase") - places(walk, "LeftFoot", "RightFoot")
    assert float((toes.mean((0, 1)) * travelled).sum()) > 0

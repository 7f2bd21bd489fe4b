"""The camera stands in front of whoever performs, whatever else hangs on the rig."""

import math
from pathlib import Path

import pytest
import torch
from torch import Tensor

from motionloom.core.data import Skeleton, Take
from motionloom.core.node import Context
from motionloom.exporters.preview.facing import facing
from motionloom.plugins.files.reader import read_file
from motionloom.plugins.retarget.nodes import solve


def turned(positions: Tensor, angle: float) -> Tensor:
    x, y, z = positions.unbind(-1)
    return torch.stack((x * math.cos(angle) + z * math.sin(angle), y, z * math.cos(angle) - x * math.sin(angle)), -1)


def fixed_joints(skeleton: Skeleton, count: int) -> Skeleton:
    """The same with joints far off on the root, as controls of inverse kinematics are."""
    names = (*skeleton.names, *(f"control{number}" for number in range(count)))
    offsets = torch.tensor([[0.4, -0.9, 0.5]]).repeat(count, 1)
    rest = torch.cat((skeleton.rest_translations, offsets))
    turns = torch.cat((skeleton.rest_rotations, skeleton.rest_rotations.new_tensor([[0, 0, 0, 1.0]]).repeat(count, 1)))
    return Skeleton(names, (*skeleton.parents, *[0] * count), rest, turns)


@pytest.mark.parametrize("angle", [0.0, 1.0, math.pi, -2.0])
def test_a_walk_is_faced_wherever_it_goes(walk: Take, angle: float) -> None:
    assert walk.motion is not None
    front = facing(walk.character.skeleton, turned(walk.motion.world()[1], angle))
    assert float(front @ torch.tensor([math.sin(angle), 0.0, math.cos(angle)])) > 0.97


def test_joints_that_stay_behind_do_not_turn_the_camera(walk: Take) -> None:
    assert walk.motion is not None
    skeleton = fixed_joints(walk.character.skeleton, 20)
    positions = turned(walk.motion.world()[1], math.pi)
    behind = (positions[:, :1] + torch.tensor([0.4, -0.9, 0.5])).expand(-1, 20, -1)
    front = facing(skeleton, torch.cat((positions, behind), 1))
    assert float(front @ torch.tensor([0.0, 0.0, -1.0])) > 0.97


def test_a_prop_is_seen_from_where_its_rest_pose_has_its_front() -> None:
    offsets = torch.tensor([[0.0, 0, 0], [0, 0, 1.0], [0, 1.0, 0]])
    turns = torch.tensor([[0.0, 0, 0, 1]]).repeat(3, 1)
    crate = Skeleton(("crate", "lid", "hinge"), (-1, 0, 0), offsets, turns)
    front = facing(crate, turned(offsets.unsqueeze(0), 0.5))
    assert torch.allclose(front, torch.tensor([math.sin(0.5), 0.0, math.cos(0.5)]), atol=1e-5)


def test_who_turns_round_and_round_is_seen_from_somewhere(walk: Take) -> None:
    assert walk.motion is not None
    positions = walk.motion.world()[1]
    circle = torch.cat([turned(positions, angle) for angle in (0.0, math.pi)])
    assert float(facing(walk.character.skeleton, circle).norm()) == pytest.approx(1.0)


def test_a_rig_with_controls_is_seen_from_the_front(data_folder: Path) -> None:
    source = read_file(data_folder / "bvh" / "fair_wave_hello.bvh", lambda message: None)[0].motion
    knight = read_file(data_folder / "glb" / "kaykit_knight.glb", lambda message: None)[0].character
    assert source is not None
    made = solve(source.at(slice(0, 40, 4)), knight, plant_feet=False, ctx=Context())
    # The source looks along -Z.
    assert float(facing(knight.skeleton, made.world()[1])[2]) < -0.97

"""VRM animations in pixiv's player."""

from pathlib import Path

import roma
import torch
from vrma_oracle import assert_plays, played, requires_player

from motionloom.core.data import ARKIT_SHAPES, FaceMotion, Motion, Take, quat_product, unroll
from motionloom.core.data.skeleton import Skeleton
from motionloom.core.node import Context
from motionloom.exporters.vrma.humanoid import humanoid_of
from motionloom.exporters.vrma.nodes import export_vrma
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.bvh.nodes import read_bvh
from motionloom.plugins.retarget.nodes import solve


def swaying(skeleton: Skeleton, frames: int, fps: float, amount: float = 0.4) -> Motion:
    """Every joint turns about an axis of its own, and the root walks."""
    random = torch.Generator().manual_seed(3)
    time = torch.arange(frames).reshape(-1, 1, 1) / fps
    axes = amount * torch.randn(1, len(skeleton), 3, generator=random)
    turns = roma.rotvec_to_unitquat(axes * torch.sin(2 * time + torch.arange(len(skeleton)).reshape(1, -1, 1)))
    rotations = quat_product(skeleton.rest_rotations.expand_as(turns), turns)
    walk = torch.stack((0.3 * torch.sin(time), 0.9 + 0.05 * torch.cos(time), time), -1).reshape(-1, 3)
    return Motion(skeleton, walk, unroll(rotations), fps)


def talking(frames: int, fps: float) -> FaceMotion:
    random = torch.Generator().manual_seed(4)
    return FaceMotion(ARKIT_SHAPES, torch.rand(frames, len(ARKIT_SHAPES), generator=random), fps)


@requires_player
def test_the_player_poses_a_model_as_the_take_does(tmp_path: Path) -> None:
    fps = 23.976
    person = character(rig="mixamo", ctx=Context())
    take = Take("sway", person, swaying(person.skeleton, 31, fps), talking(31, fps))
    path = export_vrma([take], path=tmp_path / "sway.vrma", ctx=Context()).path
    errors = assert_plays(path, take, humanoid_of(person.skeleton), [0, 7, 15, 30], tmp_path)
    print(errors)


@requires_player
def test_presets_follow_the_shapes_that_they_are(tmp_path: Path) -> None:
    person = character(rig="mixamo", ctx=Context())
    take = Take("talk", person, None, talking(5, 30.0))
    humanoid = humanoid_of(person.skeleton)
    for presets, expected in ((True, ["blinkLeft", "blinkRight"]), (False, [])):
        path = export_vrma([take], path=tmp_path / "talk.vrma", presets=presets, ctx=Context()).path
        result = played(path, take, humanoid, [0, 4], tmp_path)
        assert result["presets"] == expected
        weights = result["frames"][1]["weights"]
        blink = float(take.face.weights[4, 0]) if presets else 0.0
        assert abs(weights["blinkLeft"] - blink) < 1e-5


@requires_player
def test_a_walk_plays(tmp_path: Path, data_folder: Path) -> None:
    """A recording retargeted to a rig of Mixamo's."""
    person = character(rig="mixamo", face_shapes=False, ctx=Context())
    recorded = read_bvh(path=data_folder / "bvh" / "cmu_12_01_walk.bvh", ctx=Context())
    take = Take("walk", person, solve(recorded, person, ctx=Context()))
    path = export_vrma([take], path=tmp_path / "walk.vrma", ctx=Context()).path
    frames = [0, len(take) // 2, len(take) - 1]
    print(assert_plays(path, take, humanoid_of(person.skeleton), frames, tmp_path))

"""BVH files become motions whose joints stand where the format says."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from bvh_documents import documents
from bvh_oracle import read_by_the_book, world_matrices
from hypothesis import HealthCheck, given, settings

from motionloom.core.data import Motion, rest_pose
from motionloom.core.node import Context
from motionloom.core.testing import check_node
from motionloom.plugins.bvh.nodes import read_bvh
from motionloom.plugins.bvh.reader import read_bvh_file

Write = Callable[[str | bytes], Path]

CLIPS = (
    "cmu_01_01",
    "cmu_12_01_walk",
    "cmu_131_01",
    "cmu_131_02",
    "cmu_131_03",
    "cmu_jumping_jacks",
    "fair_dab",
    "fair_wave_hello",
)

SIMPLE = """HIERARCHY
ROOT hips
{
  OFFSET 1 2 3
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT knee
  {
    OFFSET 0 -40 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    End Site
    {
      OFFSET 0 -45 0
    }
  }
}
MOTION
Frames: 2
Frame Time: 0.033333
10 90 20 0 0 0 0 0 0
11 91 21 0 0 90 0 90 0
"""


def standing_height(motion: Motion) -> float:
    """The greatest height of a frame, tips of head and toes included, metres."""
    rotations, positions = motion.world()
    tips = torch.linalg.cross(
        rotations[:, list(motion.skeleton.tip_joints), :3], motion.skeleton.tip_offsets.expand(len(motion), -1, -1)
    )
    w = rotations[:, list(motion.skeleton.tip_joints), 3:]
    axis = rotations[:, list(motion.skeleton.tip_joints), :3]
    turned = motion.skeleton.tip_offsets + 2 * (w * tips + torch.linalg.cross(axis, tips))
    points = torch.cat((positions, positions[:, list(motion.skeleton.tip_joints)] + turned), dim=1)
    return float((points[..., 1].amax(1) - points[..., 1].amin(1)).max())


def test_positions_take_the_place_of_the_roots_offset(bvh: Write) -> None:
    motion = read_bvh_file(bvh(SIMPLE), unit="cm")
    assert motion.root_translation.tolist() == torch.tensor([[0.1, 0.9, 0.2], [0.11, 0.91, 0.21]]).tolist()
    assert motion.skeleton.rest_translations[0].tolist() == torch.tensor([0.01, 0.02, 0.03]).tolist()


def test_the_root_stays_at_its_offset_where_it_has_no_positions(bvh: Write) -> None:
    text = SIMPLE.replace("6 Xposition Yposition Zposition", "3").replace("10 90 20 ", "").replace("11 91 21 ", "")
    motion = read_bvh_file(bvh(text), unit="cm")
    assert torch.equal(motion.root_translation, motion.skeleton.rest_translations[:1].expand(2, 3))


def test_channels_turn_about_moving_axes_in_the_order_of_the_file(bvh: Write) -> None:
    motion = read_bvh_file(bvh(SIMPLE), unit="cm")
    # The root turns 90 degrees about Y, the knee 90 about X; the shin, down before, then points along -X.
    _, positions = motion.world()
    assert torch.allclose(positions[1, 1] - positions[1, 0], torch.tensor([0.0, -0.4, 0.0]), atol=1e-6)
    rotations, _ = motion.world()
    tip = torch.tensor([0.0, -0.45, 0.0])
    axis, w = rotations[1, 1, :3], rotations[1, 1, 3]
    turned = tip + 2 * torch.linalg.cross(axis, torch.linalg.cross(axis, tip) + w * tip)
    assert torch.allclose(turned, torch.tensor([-0.45, 0.0, 0.0]), atol=1e-6)


def test_end_sites_are_tips_and_not_joints(bvh: Write) -> None:
    skeleton = read_bvh_file(bvh(SIMPLE), unit="cm").skeleton
    assert skeleton.names == ("hips", "knee")
    assert skeleton.tip_joints == (1,)
    assert skeleton.tip_offsets.tolist() == torch.tensor([[0.0, -0.45, 0.0]]).tolist()


@given(text=documents())
@settings(
    max_examples=6 * settings.default.max_examples,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_joints_stand_where_a_reader_by_the_book_puts_them(text: str, bvh: Write) -> None:
    motion = read_bvh_file(bvh(text), unit="m", up="y", positions="replace")
    clip = read_by_the_book(text)
    rotations, positions = motion.world()
    for frame in range(len(motion)):
        expected = world_matrices(clip, frame)
        assert tuple(expected) == motion.skeleton.names
        places = np.array([expected[name][:3, 3] for name in motion.skeleton.names])
        assert np.abs(positions[frame].double().numpy() - places).max() < 1e-3
        turns = np.array([expected[name][:3, :3] for name in motion.skeleton.names])
        assert np.abs(_matrices(rotations[frame].double().numpy()) - turns).max() < 1e-5


def _matrices(q: np.ndarray) -> np.ndarray:
    x, y, z, w = np.moveaxis(q / np.linalg.norm(q, axis=-1, keepdims=True), -1, 0)
    rows = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
        (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
        (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
    )
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


@pytest.mark.parametrize("name", ["cmu_12_01_walk", "cmu_131_02"])
def test_recordings_stand_where_a_reader_by_the_book_puts_them(name: str, data_folder: Path) -> None:
    path = data_folder / "bvh" / f"{name}.bvh"
    motion = read_bvh_file(path, unit="cmu")
    clip = read_by_the_book(path.read_text())
    _, positions = motion.world()
    for frame in (0, 1, len(motion) // 2, len(motion) - 1):
        expected = world_matrices(clip, frame)
        places = np.array([expected[joint][:3, 3] for joint in motion.skeleton.names]) * 0.0254 / 0.45
        assert np.abs(positions[frame].numpy() - places).max() < 1e-5


@pytest.mark.parametrize(
    ("name", "fps"), list(zip(CLIPS, (120, 120, 120, 120, 120, 30, 30, 120_000 / 1001), strict=True))
)
def test_recordings_keep_their_frame_rate(name: str, fps: float, data_folder: Path) -> None:
    assert read_bvh_file(data_folder / "bvh" / f"{name}.bvh").fps == fps


@pytest.mark.parametrize("name", CLIPS)
def test_people_are_as_tall_as_people(name: str, data_folder: Path) -> None:
    motion = read_bvh_file(data_folder / "bvh" / f"{name}.bvh")
    assert 1.4 < standing_height(motion) < 2.1


def test_standing_poses_are_as_tall_as_people(data_folder: Path) -> None:
    poses = sorted((data_folder / "poses").glob("standing*.bvh"))
    assert len(poses) == 6
    for path in poses:
        assert 1.4 < standing_height(read_bvh_file(path)) < 2.1


@pytest.mark.parametrize("folder", ["bvh", "poses"])
def test_everyone_stands_upright_and_faces_the_front_in_the_rest_pose(folder: str, data_folder: Path) -> None:
    for path in sorted((data_folder / folder).glob("*.bvh")):
        skeleton = read_bvh_file(path).skeleton
        _, positions = rest_pose(skeleton)
        tips = dict(zip(skeleton.tip_joints, skeleton.tip_offsets.tolist(), strict=True))
        low = int(positions[:, 1].argmin())
        assert positions[:, 1].max() - positions[:, 1].min() > 2 * (positions[:, 2].max() - positions[:, 2].min())
        toes = positions[low, 2] + tips.get(low, [0.0, 0.0, 0.0])[2]
        assert toes > positions[0, 2] - 0.05, f"{path.name}: the toes point backwards"


def test_a_root_at_rest_writes_no_joint_translations_for_poses_with_six_channels_a_joint(data_folder: Path) -> None:
    motion = read_bvh_file(data_folder / "poses" / "standing03.bvh")
    assert motion.joint_translations is None
    assert len(motion.skeleton) == 163


def test_consecutive_quaternions_stay_on_one_hemisphere(data_folder: Path) -> None:
    rotations = read_bvh_file(data_folder / "bvh" / "cmu_01_01.bvh").rotations
    assert ((rotations[1:] * rotations[:-1]).sum(-1) > 0).all()
    assert (rotations.norm(dim=-1) - 1).abs().max() < 1e-6


def test_the_node_gives_what_the_reader_gives_and_passes_on_its_warnings(bvh: Write) -> None:
    heard: list[str] = []
    path = bvh(SIMPLE.replace("-45", "-5"))
    motion = read_bvh(path=path, ctx=Context(report_warning=heard.append))
    assert torch.equal(motion.rotations, read_bvh_file(path).rotations)
    assert any("is scaled to 1.7 m" in message for message in heard)


def test_the_node_keeps_the_contract(bvh: Write) -> None:
    check_node(read_bvh, path=bvh(SIMPLE))

"""The text that other programs read."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from motionloom.core.data import Motion, Skeleton
from motionloom.core.errors import ExportError
from motionloom.core.node import Context
from motionloom.core.testing import check_node
from motionloom.exporters.bvh.nodes import export_bvh
from motionloom.exporters.bvh.writer import write_bvh_file
from motionloom.plugins.bvh.reader import read_bvh_file

SKELETON = Skeleton(
    names=("hips", "left leg", "chest"),
    parents=(-1, 0, 0),
    rest_translations=torch.tensor([[0.0, 0.9, 0.0], [0.1, -0.1, 0.0], [0.0, 0.25, 0.0]]),
    rest_rotations=torch.tensor([[0.0, 0.0, 0.0, 1.0]]).repeat(3, 1),
    tip_joints=(2,),
    tip_offsets=torch.tensor([[0.0, 0.5, 0.0]]),
)
HALF = 0.5**0.5
MOTION = Motion(
    SKELETON,
    torch.tensor([[0.0, 0.9, 0.0], [0.0, 0.95, 0.5]]),
    torch.tensor([[[0.0, 0.0, 0.0, 1.0]] * 3, [[0.0, HALF, 0.0, HALF], [0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 1.0]]]),
    24.0,
)
TEXT = """HIERARCHY
ROOT hips
{
	OFFSET 0 89.9999976 0
	CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
	JOINT left_leg
	{
		OFFSET 10.0000001 -10.0000001 0
		CHANNELS 3 Zrotation Xrotation Yrotation
		End Site
		{
			OFFSET 0 0 0
		}
	}
	JOINT chest
	{
		OFFSET 0 25 0
		CHANNELS 3 Zrotation Xrotation Yrotation
		End Site
		{
			OFFSET 0 50 0
		}
	}
}
MOTION
Frames: 2
Frame Time: 0.04166667
0 89.9999976 0 0.000000 0.000000 0.000000 0.000000 0.000000 0.000000 0.000000 0.000000 0.000000
0 94.9999988 50 0.000000 0.000000 90.000000 0.000000 0.000000 0.000000 0.000000 0.000000 0.000000
"""


def test_a_small_motion_as_text(tmp_path: Path) -> None:
    heard: list[str] = []
    write_bvh_file(MOTION, tmp_path / "clip.bvh", warn=heard.append)
    assert (tmp_path / "clip.bvh").read_bytes().decode().replace("-0.000000", "0.000000") == TEXT
    assert heard == ["1 joints are written with _ for blanks and braces, 'left leg' among them"]


def test_only_joints_that_move_get_position_channels(tmp_path: Path) -> None:
    moved = SKELETON.rest_translations.repeat(2, 1, 1)
    moved[1, 2, 1] += 0.1
    write_bvh_file(replace(MOTION, joint_translations=moved), tmp_path / "clip.bvh")
    lines = (tmp_path / "clip.bvh").read_text().splitlines()
    assert [line.split()[1] for line in lines if "CHANNELS" in line] == ["6", "3", "6"]


def test_a_chain_of_many_joints_is_written_and_read(tmp_path: Path) -> None:
    joints = 3000
    chain = Skeleton(
        names=tuple(f"j{joint}" for joint in range(joints)),
        parents=tuple(range(-1, joints - 1)),
        rest_translations=torch.tensor([[0.0, 0.001, 0.0]]).repeat(joints, 1),
        rest_rotations=torch.tensor([[0.0, 0.0, 0.0, 1.0]]).repeat(joints, 1),
    )
    motion = Motion(chain, torch.zeros(1, 3), chain.rest_rotations.unsqueeze(0), 30.0)
    write_bvh_file(motion, tmp_path / "clip.bvh")
    assert (tmp_path / "clip.bvh").stat().st_size < 1_000_000
    assert read_bvh_file(tmp_path / "clip.bvh", unit="cm").skeleton.parents == chain.parents


def wrong(**changes: torch.Tensor | float) -> Motion:
    return replace(MOTION, **changes)


def test_values_that_are_not_finite_are_refused_with_joint_and_frame(tmp_path: Path) -> None:
    rotations = MOTION.rotations.clone()
    rotations[1, 2, 0] = float("nan")
    with pytest.raises(ExportError, match=r"^joint 'chest', frame 1: the rotation is not finite; mend it"):
        export_bvh(wrong(rotations=rotations), path=tmp_path / "clip.bvh", ctx=Context())
    translation = MOTION.root_translation.clone()
    translation[0, 1] = float("inf")
    with pytest.raises(ExportError, match=r"^joint 'hips', frame 0: the root translation is not finite"):
        export_bvh(wrong(root_translation=translation), path=tmp_path / "clip.bvh", ctx=Context())
    moved = SKELETON.rest_translations.repeat(2, 1, 1)
    moved[1, 1, 0] = float("nan")
    with pytest.raises(ExportError, match=r"^joint 'left leg', frame 1: the translation is not finite"):
        export_bvh(wrong(joint_translations=moved), path=tmp_path / "clip.bvh", ctx=Context())
    assert not (tmp_path / "clip.bvh").exists()


def test_what_is_no_rotation_is_refused(tmp_path: Path) -> None:
    rotations = MOTION.rotations.clone()
    rotations[0, 1] = 0.0
    with pytest.raises(ExportError, match=r"^joint 'left leg', frame 0: the rotation is not a unit quaternion"):
        write_bvh_file(wrong(rotations=rotations), tmp_path / "clip.bvh")


@pytest.mark.parametrize("field", ["rest_translations", "rest_rotations", "tip_offsets"])
def test_a_rest_pose_that_is_not_finite_is_refused(field: str, tmp_path: Path) -> None:
    broken = getattr(SKELETON, field).clone()
    broken[-1, 0] = float("nan")
    motion = replace(MOTION, skeleton=replace(SKELETON, **{field: broken}))
    with pytest.raises(ExportError, match=r"^joint 'chest': the (rest offset|rest rotation|tip) is not finite"):
        write_bvh_file(motion, tmp_path / "clip.bvh")


def test_names_that_would_become_one_are_refused(tmp_path: Path) -> None:
    motion = replace(MOTION, skeleton=replace(SKELETON, names=("hips", "a b", "a{b")))
    with pytest.raises(ExportError, match=r"joints 'a b' and 'a\{b' would both be called 'a_b'; rename one"):
        write_bvh_file(motion, tmp_path / "clip.bvh")


def test_a_name_that_is_empty_is_refused(tmp_path: Path) -> None:
    motion = replace(MOTION, skeleton=replace(SKELETON, names=("hips", "", "chest")))
    with pytest.raises(ExportError, match="the joint has no name"):
        write_bvh_file(motion, tmp_path / "clip.bvh")


def test_an_absurd_frame_rate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="a rate of 1e-12 frames a second has no frame time"):
        write_bvh_file(wrong(fps=1e-12), tmp_path / "clip.bvh")


def test_a_path_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="cannot be written: no such file or directory"):
        write_bvh_file(MOTION, tmp_path / "nowhere" / "clip.bvh")


def test_the_node_keeps_the_contract() -> None:
    check_node(export_bvh, MOTION)

"""What is written comes back: offsets, root and frame rate bit by bit, rotations to 1e-4 degrees."""

from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_motions import degrees_between, random_motion

from motionloom.core.data import Motion, Unit
from motionloom.core.node import Context
from motionloom.exporters.bvh.nodes import export_bvh
from motionloom.exporters.bvh.writer import AxisOrder, write_bvh_file
from motionloom.plugins.acclaim.nodes import read_amc
from motionloom.plugins.bvh.reader import read_bvh_file

ORDERS: list[AxisOrder] = ["XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX"]
UNITS: list[Unit] = ["m", "dm", "cm", "mm", "inch", "cmu"]


def assert_same(written: Motion, read: Motion) -> None:
    assert read.skeleton.names == written.skeleton.names
    assert read.skeleton.parents == written.skeleton.parents
    assert read.skeleton.tip_joints == written.skeleton.tip_joints
    assert torch.equal(read.skeleton.tip_offsets, written.skeleton.tip_offsets)
    assert torch.equal(read.skeleton.rest_translations, written.skeleton.rest_translations)
    assert torch.equal(read.skeleton.rest_rotations, written.skeleton.rest_rotations)
    assert torch.equal(read.root_translation, written.root_translation)
    assert read.fps == written.fps
    assert degrees_between(read.rotations, written.rotations) < 1e-4


@given(
    seed=st.integers(0, 2**32),
    joints=st.integers(1, 9),
    frames=st.integers(1, 5),
    fps=st.floats(1e-3, 1e5) | st.sampled_from([24.0, 30.0, 29.97, 24000 / 1001, 120.0]),
    order=st.sampled_from(ORDERS),
    unit=st.sampled_from(UNITS),
)
@settings(
    max_examples=4 * settings.default.max_examples,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_motion_comes_back(
    seed: int, joints: int, frames: int, fps: float, order: AxisOrder, unit: Unit, tmp_path: Path
) -> None:
    motion = random_motion(seed, joints, frames, fps=fps)
    write_bvh_file(motion, tmp_path / "clip.bvh", unit=unit, order=order)
    read = read_bvh_file(tmp_path / "clip.bvh", unit=unit, up="y")
    assert_same(motion, read)
    assert read.joint_translations is None


@given(seed=st.integers(0, 2**32), joints=st.integers(2, 6), frames=st.integers(1, 4), order=st.sampled_from(ORDERS))
@settings(
    max_examples=2 * settings.default.max_examples,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_joints_that_move_come_back(seed: int, joints: int, frames: int, order: AxisOrder, tmp_path: Path) -> None:
    motion = random_motion(seed, joints, frames, moved=True)
    write_bvh_file(motion, tmp_path / "clip.bvh", order=order)
    read = read_bvh_file(tmp_path / "clip.bvh", unit="cm", up="y", positions="replace")
    assert_same(motion, read)
    assert read.joint_translations is not None
    assert motion.joint_translations is not None
    assert torch.equal(read.joint_translations[:, 1:], motion.joint_translations[:, 1:])


@pytest.mark.parametrize("order", ORDERS)
def test_recordings_come_back_without_being_told_the_unit(order: AxisOrder, data_folder: Path, tmp_path: Path) -> None:
    for path in sorted((data_folder / "bvh").glob("*.bvh")) + sorted((data_folder / "poses").glob("s*.bvh")):
        motion = read_bvh_file(path)
        heard: list[str] = []
        artifact = export_bvh(motion, path=tmp_path / path.name, order=order, ctx=Context())
        assert artifact.files == (tmp_path / path.name,)
        assert_same(motion, read_bvh_file(artifact.path, warn=heard.append))
        # The poses hang below the floor in their files already.
        assert heard == [] or (path.parent.name == "poses" and "under y = 0" in heard[0] and len(heard) == 1)


def test_an_acclaim_recording_comes_back(data_folder: Path, tmp_path: Path) -> None:
    motion = read_amc(path=data_folder / "cmu" / "02" / "02_01.amc", ctx=Context())
    export_bvh(motion, path=tmp_path / "clip.bvh", ctx=Context())
    assert_same(motion, read_bvh_file(tmp_path / "clip.bvh"))


def test_writing_what_was_read_again_gives_the_same_bytes(data_folder: Path, tmp_path: Path) -> None:
    motion = read_bvh_file(data_folder / "bvh" / "cmu_jumping_jacks.bvh")
    write_bvh_file(motion, tmp_path / "one.bvh")
    write_bvh_file(motion, tmp_path / "two.bvh")
    assert (tmp_path / "one.bvh").read_bytes() == (tmp_path / "two.bvh").read_bytes()

"""What the frames of a file say where its rest pose misleads: which axis is up, and where the floor is."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from motionloom.core.data import Motion, Skeleton
from motionloom.core.node import Context
from motionloom.exporters.bvh.writer import write_bvh_file
from motionloom.plugins.bvh.reader import read_bvh_file
from motionloom.plugins.clips.nodes import walk
from motionloom.plugins.files.reader import read_file
from motionloom.plugins.retarget.nodes import solve

Read = Callable[..., tuple[Motion, list[str]]]

HALF = 0.5**0.5
TO_Z_UP = torch.tensor([HALF, 0.0, 0.0, HALF])
"""A turn by 90 degrees about X: +Y becomes +Z, +Z becomes -Y."""


@pytest.fixture
def reread(tmp_path: Path) -> Read:
    """Writes a motion in centimetres and reads it, with what is said meanwhile."""

    def read(motion: Motion, **options: object) -> tuple[Motion, list[str]]:
        heard: list[str] = []
        write_bvh_file(motion, tmp_path / "clip.bvh", unit="cm")
        return read_bvh_file(tmp_path / "clip.bvh", warn=heard.append, **options), heard  # type: ignore[arg-type]

    return read


def steps() -> Motion:
    return walk(seconds=1.0, fps=10, ctx=Context())


def swapped(vectors: torch.Tensor) -> torch.Tensor:
    """Y up to Z up."""
    x, y, z = vectors.unbind(-1)
    return torch.stack((x, -z, y), -1)


def lying_rest(motion: Motion, named: bool = True) -> Motion:
    """The same performance, Y up, of a skeleton whose rest pose lies along Z, as Blender writes it."""
    skeleton = motion.skeleton
    names = skeleton.names if named else tuple(f"b{number}" for number in range(len(skeleton)))
    lying = replace(
        skeleton,
        names=names,
        rest_translations=swapped(skeleton.rest_translations),
        tip_offsets=swapped(skeleton.tip_offsets),
    )
    # Q = R C^-1, with C the turn that laid the rest pose down: locals below the root are C R C^-1.
    turned = motion.rotations.clone()
    x, y, z, w = turned.unbind(-1)
    turned = torch.stack((x, -z, y, w), -1)
    back = TO_Z_UP * torch.tensor([-1.0, 1.0, 1.0, 1.0])
    turned[:, 0] = product(motion.rotations[:, 0], back.expand(len(motion), 4))
    return replace(motion, skeleton=lying, rotations=turned)


def product(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    (ax, ay, az, aw), (bx, by, bz, bw) = a.unbind(-1), b.unbind(-1)
    return torch.stack(
        (
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
            aw * bw - ax * bx - ay * by - az * bz,
        ),
        -1,
    )


def with_far_controls(motion: Motion) -> Motion:
    """The same with controls on its root that stay where they are, far below the body along Z."""
    skeleton, count = motion.skeleton, 4
    names = (*skeleton.names, "LeftFootCtrl", "RightFootCtrl", "LeftKneeCtrl", "RightKneeCtrl")
    offsets = torch.tensor([[0.2, 0.5, -1.4], [-0.2, 0.5, -1.4], [0.2, 0.4, -1.2], [-0.2, 0.4, -1.2]])
    rest = torch.cat((skeleton.rest_translations, offsets))
    still = torch.tensor([0.0, 0.0, 0.0, 1.0])
    rig = Skeleton(names, (*skeleton.parents, *[0] * count), rest, still.repeat(len(rest), 1))
    return replace(
        motion, skeleton=rig, rotations=torch.cat((motion.rotations, still.expand(len(motion), count, 4)), 1)
    )


@pytest.mark.parametrize("named", [True, False])
def test_who_walks_along_y_from_a_lying_rest_pose_is_y_up(reread: Read, named: bool) -> None:
    motion = lying_rest(steps(), named)
    read, heard = reread(motion)
    assert heard == []
    assert float((read.world()[1] - steps().world()[1]).abs().max()) < 1e-3


def test_controls_beside_the_body_do_not_lay_it_down(reread: Read) -> None:
    read, heard = reread(with_far_controls(lying_rest(steps())), unit="cm")
    assert not any("Z up" in message for message in heard)
    joints = len(steps().skeleton)
    assert float((read.world()[1][:, :joints] - steps().world()[1]).abs().max()) < 1e-3


def test_who_walks_along_z_is_still_z_up(reread: Read) -> None:
    upright = steps()
    x, y, z, w = upright.rotations.unbind(-1)
    skeleton = replace(
        upright.skeleton,
        rest_translations=swapped(upright.skeleton.rest_translations),
        tip_offsets=swapped(upright.skeleton.tip_offsets),
    )
    turned = replace(
        upright,
        skeleton=skeleton,
        rotations=torch.stack((x, -z, y, w), -1),
        root_translation=swapped(upright.root_translation),
    )
    read, heard = reread(turned)
    assert [message for message in heard if "read as Z up" in message] == heard != []
    assert float((read.world()[1] - upright.world()[1]).abs().max()) < 1e-3


def test_who_lies_on_a_floor_of_z_up_stays_lying(reread: Read) -> None:
    upright = lying_rest(steps())
    # Along Y all the time, one decimetre over z = 0, far from y = 0.
    lying = replace(upright, root_translation=upright.root_translation * 0.0 + torch.tensor([0.0, 3.0, 0.25]))
    read, heard = reread(lying)
    assert "read as Z up" in heard[0]
    assert float(read.world()[1][..., 1].max()) < 0.9


def test_a_rig_with_controls_comes_back_as_it_was_written(data_folder: Path, tmp_path: Path) -> None:
    source = read_file(data_folder / "cmu" / "02" / "02_01.amc", lambda message: None)[0].motion
    rig = data_folder / "fbx" / "maya_kenney_character_7700_binary.fbx"
    if source is None or not rig.exists():
        pytest.skip(f"{rig} is not there")
    target = read_file(rig, lambda message: None)[0].character
    made = solve(source.at(slice(0, 340, 20)), target, plant_feet=False, ctx=Context())
    write_bvh_file(made, tmp_path / "kenney.bvh", unit="cm")
    heard: list[str] = []
    read = read_bvh_file(tmp_path / "kenney.bvh", unit="cm", warn=heard.append)
    assert heard == []
    assert torch.allclose(read.world()[1], made.world()[1], atol=1e-4)


def sunk(by: float) -> Motion:
    return replace(steps(), root_translation=steps().root_translation - torch.tensor([0.0, by, 0.0]))


def test_a_clip_under_the_floor_is_told_of_and_lifted_where_asked(reread: Read) -> None:
    _, heard = reread(sunk(0.9))
    (message,) = heard
    assert message.startswith("in all frames of clip.bvh the lowest joint is 0.8")
    assert message.endswith("m or more under y = 0; to lift it to the floor, set ground: true")
    lifted, heard = reread(sunk(0.9), ground=True)
    assert heard == []
    assert float(lifted.world()[1][..., 1].min()) == pytest.approx(0.0, abs=1e-5)
    assert torch.allclose(lifted.rotations, steps().rotations, atol=1e-5)


@pytest.mark.parametrize("by", [0.0, 0.05, 0.15])
def test_a_floor_some_centimetres_off_is_nothing_to_tell(reread: Read, by: float) -> None:
    assert reread(sunk(by))[1] == []


@pytest.mark.parametrize(("scale", "unit"), [(0.01, "m"), (0.1, "dm"), (10.0, "mm"), (1 / 2.54, "inch")])
def test_a_path_in_another_unit_than_the_body_is_told_of_and_read_where_asked(
    reread: Read, scale: float, unit: str
) -> None:
    motion = replace(steps(), root_translation=steps().root_translation * scale)
    _, heard = reread(motion)
    (message,) = heard
    assert message.endswith(f"as if the root's path were in {unit}; if so, set path_unit: {unit}")
    read, heard = reread(motion, path_unit=unit)
    assert heard == []
    assert torch.allclose(read.root_translation, steps().root_translation, atol=1e-4)


def test_a_path_unit_reaches_joints_that_move(reread: Read) -> None:
    motion = steps()
    moves = motion.skeleton.rest_translations.repeat(len(motion), 1, 1)
    moves[:, 2] *= 1.1
    motion = replace(motion, root_translation=motion.root_translation * 0.01, joint_translations=moves)
    read, _ = reread(motion, path_unit="m")
    assert torch.allclose(read.root_translation, steps().root_translation, atol=1e-4)
    assert read.joint_translations is not None
    assert torch.allclose(read.joint_translations[:, 1:], moves[:, 1:], atol=1e-4)


def test_who_jumps_high_or_stands_on_a_roof_is_believed(reread: Read) -> None:
    assert reread(sunk(-1.2))[1] == []
    assert reread(sunk(-7.0))[1] == []


def test_a_pose_that_hangs_under_its_floor_is_told_of(data_folder: Path) -> None:
    heard: list[str] = []
    read_bvh_file(data_folder / "poses" / "sit01.bvh", warn=heard.append)
    assert heard[-1].endswith("0.82 m or more under y = 0; to lift it to the floor, set ground: true")

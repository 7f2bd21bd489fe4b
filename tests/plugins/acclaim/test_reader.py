"""Acclaim files become motions whose bones end where the format says."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from acclaim_oracle import bone_ends, bones_by_the_book, frames_by_the_book

from motionloom.core.data import Motion, quat_action, quat_product
from motionloom.core.node import Context
from motionloom.core.testing import check_node
from motionloom.plugins.acclaim.beside import skeleton_beside
from motionloom.plugins.acclaim.nodes import read_amc
from motionloom.plugins.acclaim.reader import read_amc_file
from motionloom.plugins.bvh.reader import read_bvh_file

Write = Callable[[str | bytes, str | bytes], tuple[Path, Path]]

SKELETON = """# a thigh and a shin
:version 1.10
:name VICON
:units
  mass 1.0
  length 0.5
  angle deg
:documentation
  begin nothing here
:root
  order TX TY TZ RX RY RZ
  axis XYZ
  position 0 0 0
  orientation 0 0 0
:bonedata
  begin
    id 1
    name thigh
    direction 0 -1 0
    length 8
    axis 0 0 20 XYZ
    dof rx ry rz
    limits (-160.0 20.0)
           (-70.0 70.0)
           (-60.0 70.0)
  end
  begin
    id 2
    name shin
    direction 0, -1, 0
    length 9
    axis 0 0 0 XYZ
    dof rx
  end
:hierarchy
  begin
    root thigh
    thigh shin
  end
"""

MOTION = """#!OML:ASF C:\\somewhere\\body.asf
:FULLY-SPECIFIED
:DEGREES
1
root 1 18 3 0 90 0
thigh 0 0 0
shin 90
2
root 2 18 3 0 90 0
thigh 10 20 30
shin 80
"""


def ends(motion: Motion) -> dict[str, torch.Tensor]:
    """Where every bone ends in every frame."""
    rotations, positions = motion.world()
    skeleton = motion.skeleton
    found = {"root": positions[:, 0]}
    for joint, parent in enumerate(skeleton.parents[1:], start=1):
        found[skeleton.names[parent]] = positions[:, joint]
    for joint, tip in zip(skeleton.tip_joints, skeleton.tip_offsets, strict=True):
        found[skeleton.names[joint]] = positions[:, joint] + quat_action(rotations[:, joint], tip)
    return found


def test_joints_stand_where_bones_start_and_leaves_end_in_tips(acclaim: Write) -> None:
    skeleton = read_amc_file(*acclaim(MOTION, SKELETON)).skeleton
    assert skeleton.names == ("root", "thigh", "shin")
    assert skeleton.parents == (-1, 0, 1)
    assert skeleton.tip_joints == (2,)
    inches = torch.tensor([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, -16.0, 0.0]])
    assert torch.allclose(skeleton.rest_translations, inches * 0.0254)
    assert torch.allclose(skeleton.tip_offsets, torch.tensor([[0.0, -18 * 0.0254, 0.0]]))
    assert skeleton.rest_rotations.tolist() == [[0.0, 0.0, 0.0, 1.0]] * 3


def test_a_bent_knee_points_the_shin_backwards_from_a_turned_root(acclaim: Write) -> None:
    motion = read_amc_file(*acclaim(MOTION, SKELETON))
    # 90 degrees about x swing the shin from -y to -z, and the root's 90 degrees about y on to -x.
    found = ends(motion)
    assert torch.allclose(found["shin"][0] - found["thigh"][0], torch.tensor([-18 * 0.0254, 0.0, 0.0]), atol=1e-6)
    assert torch.allclose(motion.root_translation[0], torch.tensor([2.0, 36.0, 6.0]) * 0.0254)


@pytest.mark.parametrize("trial", ["01/01_01", "02/02_01", "03/03_01", "11/11_01"])
def test_recorded_bones_end_where_a_reader_by_the_book_puts_them(trial: str, data_folder: Path) -> None:
    path = (data_folder / "cmu" / trial).with_suffix(".amc")
    found = ends(read_amc(path=path, ctx=Context()))
    bones, unit = bones_by_the_book(skeleton_beside(path))
    frames = frames_by_the_book(path)
    assert set(found) == set(bones)
    for frame in range(0, len(frames), 37):
        expected = bone_ends(bones, unit, frames[frame])
        for name, end in expected.items():
            assert np.abs(found[name][frame].numpy() - end).max() < 1e-5, f"{name} in frame {frame}"


@pytest.fixture
def same_trial(data_folder: Path) -> tuple[Motion, Motion]:
    """Trial 01_01 as Acclaim and as BVH, whose first frame is a rest pose that the other lacks."""
    amc = read_amc(path=data_folder / "cmu" / "01" / "01_01.amc", ctx=Context())
    bvh = read_bvh_file(data_folder / "bvh" / "cmu_01_01.bvh")
    return amc, bvh.at(slice(1, None))


def test_the_same_trial_as_bvh_has_the_same_hips_legs_and_spine(same_trial: tuple[Motion, Motion]) -> None:
    amc, bvh = same_trial
    assert len(amc) == len(bvh)
    names = {
        "root": "Hips", "lfemur": "LeftUpLeg", "ltibia": "LeftLeg", "lfoot": "LeftFoot", "ltoes": "LeftToeBase",
        "rfemur": "RightUpLeg", "rtibia": "RightLeg", "rfoot": "RightFoot", "rtoes": "RightToeBase", "thorax": "Spine1",
    }  # fmt: skip
    one, other = amc.world()[1], bvh.world()[1]
    for mine, theirs in names.items():
        distance = (one[:, amc.skeleton.index(mine)] - other[:, bvh.skeleton.index(theirs)]).norm(dim=-1)
        print(f"{mine}: {float(distance.max()) * 1e6:.1f} micrometres")
        assert float(distance.max()) < 2e-5


def test_the_same_trial_as_bvh_has_the_same_turns_everywhere(same_trial: tuple[Motion, Motion]) -> None:
    amc, bvh = same_trial
    assert amc.skeleton.parents == bvh.skeleton.parents
    conjugate = amc.rotations * torch.tensor([-1.0, -1.0, -1.0, 1.0])
    degrees = torch.rad2deg(2 * quat_product(conjugate, bvh.rotations)[..., :3].norm(dim=-1))
    # The BVH file prints four decimals of a degree, of each of three angles.
    assert float(degrees.max()) < 5e-4


def test_the_same_trial_as_bvh_has_the_same_arms_below_the_thorax_that_it_lacks(
    same_trial: tuple[Motion, Motion],
) -> None:
    amc, bvh = same_trial
    one, other = amc.world()[1], bvh.world()[1]
    for side, theirs in (("l", "Left"), ("r", "Right")):
        for low, high in (("humerus", "Arm"), ("radius", "ForeArm"), ("wrist", "Hand")):
            mine = one[:, amc.skeleton.index(side + low)] - one[:, amc.skeleton.index(side + "clavicle")]
            its = other[:, bvh.skeleton.index(theirs + high)] - other[:, bvh.skeleton.index(theirs + "Shoulder")]
            assert float((mine - its).norm(dim=-1).max()) < 2e-5


def test_recordings_are_read_whole_at_120_frames_a_second(data_folder: Path) -> None:
    trials = sorted((data_folder / "cmu").glob("*/*.amc"), key=lambda path: path.stat().st_size)
    for path in trials[:6]:
        motion = read_amc(path=path, ctx=Context())
        assert motion.fps == 120.0
        assert len(motion) == len(frames_by_the_book(path))
        head, hips = (motion.world()[1][:, motion.skeleton.index(name), 1] for name in ("head", "root"))
        assert (head > hips).float().mean() > 0.7


def test_consecutive_quaternions_stay_on_one_hemisphere(data_folder: Path) -> None:
    rotations = read_amc(path=data_folder / "cmu" / "02" / "02_05.amc", ctx=Context()).rotations
    assert ((rotations[1:] * rotations[:-1]).sum(-1) > 0).all()
    assert (rotations.norm(dim=-1) - 1).abs().max() < 1e-6


def test_channels_may_come_in_any_order(acclaim: Write) -> None:
    usual = read_amc_file(*acclaim(MOTION, SKELETON))
    # Fixed axes: z after y after x is what the usual order says; the other order says x after y after z.
    skeleton = SKELETON.replace("order TX TY TZ RX RY RZ", "order RX RY RZ TZ TY TX")
    motion = MOTION.replace("root 1 18 3 0 90 0", "root 0 90 0 3 18 1").replace(
        "root 2 18 3 0 90 0", "root 0 90 0 3 18 2"
    )
    shuffled = read_amc_file(*acclaim(motion, skeleton))
    assert torch.equal(usual.rotations, shuffled.rotations)
    assert torch.equal(usual.root_translation, shuffled.root_translation)


def test_a_dof_line_tells_the_order_of_turns_about_fixed_axes(acclaim: Write) -> None:
    skeleton = SKELETON.replace("axis 0 0 20 XYZ\n    dof rx ry rz", "axis 0 0 0 XYZ\n    dof rz rx")
    motion = MOTION.replace("thigh 0 0 0", "thigh 90 90").replace("thigh 10 20 30", "thigh 0 0")
    turned = read_amc_file(*acclaim(motion, skeleton)).rotations[0, 1]
    # z first takes the thigh from -y to +x, where x leaves it.
    assert torch.allclose(quat_action(turned, torch.tensor([0.0, -1.0, 0.0])), torch.tensor([1.0, 0.0, 0.0]), atol=1e-6)


def test_radians_are_understood_in_both_files(acclaim: Write) -> None:
    usual = read_amc_file(*acclaim(MOTION, SKELETON))
    skeleton = SKELETON.replace("angle deg", "angle rad").replace("0 0 20 XYZ", f"0 0 {np.radians(20)} XYZ")
    lines = []
    for line in MOTION.replace(":DEGREES\n", "").splitlines():
        words = line.split()
        fixed = 4 if words[0] == "root" else 1
        if words[0] in ("root", "thigh", "shin"):
            words[fixed:] = [repr(float(np.radians(float(word)))) for word in words[fixed:]]
        lines.append(" ".join(words))
    assert torch.allclose(read_amc_file(*acclaim("\n".join(lines), skeleton)).rotations, usual.rotations, atol=1e-7)
    spoken = "\n".join(lines).replace(":FULLY-SPECIFIED", ":FULLY-SPECIFIED\n:RADIANS")
    degrees_in_skeleton = read_amc_file(*acclaim(spoken, SKELETON))
    assert torch.allclose(degrees_in_skeleton.rotations, usual.rotations, atol=1e-7)


def test_a_bone_that_a_frame_leaves_out_keeps_its_values(acclaim: Write) -> None:
    motion = read_amc_file(*acclaim(MOTION.replace("thigh 0 0 0\n", "").replace("shin 80\n", ""), SKELETON))
    whole = read_amc_file(*acclaim(MOTION.replace("shin 80", "shin 90"), SKELETON))
    assert torch.equal(motion.rotations, whole.rotations)


def test_comments_blank_lines_and_line_ends_do_not_matter(acclaim: Write) -> None:
    usual = read_amc_file(*acclaim(MOTION, SKELETON))
    messy = MOTION.replace("shin 90\n", "  shin   90 # bent\n\n").replace("\n2\n", "\n# half\n\t2 \n")
    for line_break in ("\n", "\r\n", "\r"):
        paths = acclaim(messy.replace("\n", line_break).encode(), SKELETON.replace("\n", line_break).encode())
        assert torch.equal(read_amc_file(*paths).rotations, usual.rotations)


def test_a_pre_set_position_is_added_to_the_roots(acclaim: Write) -> None:
    moved = read_amc_file(*acclaim(MOTION, SKELETON.replace("position 0 0 0", "position 0 1 0")))
    assert torch.allclose(moved.root_translation[0], torch.tensor([2.0, 38.0, 6.0]) * 0.0254)
    assert torch.allclose(moved.skeleton.rest_translations[0], torch.tensor([0.0, 2.0, 0.0]) * 0.0254)


def test_the_frame_rate_is_given_or_stated_or_120(acclaim: Write) -> None:
    stated = acclaim(MOTION.replace(":DEGREES", ":DEGREES\n:SAMPLES-PER-SECOND 60"), SKELETON)
    assert read_amc_file(*stated).fps == 60.0
    assert read_amc_file(*stated, fps=25.0).fps == 25.0
    assert read_amc_file(*acclaim(MOTION, SKELETON)).fps == 120.0


def test_the_node_keeps_the_contract(acclaim: Write) -> None:
    motion, skeleton = acclaim(MOTION, SKELETON)
    check_node(read_amc, path=motion, skeleton=skeleton)

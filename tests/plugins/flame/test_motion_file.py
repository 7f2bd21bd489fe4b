"""FLAME parameters under the names that trackers use, read into one motion."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import roma
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from model_documents import save_archive
from motion_documents import motion_arrays
from torch import Tensor

from motionloom.core.data import FlameMotion
from motionloom.core.errors import ReadError
from motionloom.exporters.npz.flame import write_flame
from motionloom.plugins.flame.motion_file import IN_POSE, read_flame_file


def read(path: Path, fps: float | None = None) -> tuple[FlameMotion, list[str]]:
    warnings: list[str] = []
    return read_flame_file(path, fps, warnings.append), warnings


def vectors(turns: Tensor) -> Tensor:
    return roma.unitquat_to_rotvec(turns.double()).float()


def same(turns: Tensor, rows: Any) -> bool:
    return bool((vectors(turns) - torch.from_numpy(rows).float()).abs().max() < 1e-6)


SPELLINGS = [
    {"expression": "exp", "jaw_pose": "jaw", "betas": "shape", "transl": "trans", "fps": "mocap_framerate"},
    {"expression": "expr", "neck_pose": "neck", "global_orient": "rotation", "transl": "translation"},
    {"expression": "expression_params", "leye_pose": "left_eye_pose", "reye_pose": "right_eye_pose"},
    {"expression": "expcode", "betas": "shapecode", "global_orient": "root_orient", "fps": "frame_rate"},
    {"leye_pose": "left_eye", "reye_pose": "right_eye", "betas": "shape_params", "jaw_pose": "pose_jaw"},
    {},
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_gives_the_same_motion(tmp_path: Path, spelling: dict[str, str]) -> None:
    arrays = motion_arrays()
    path = save_archive(tmp_path / "m.npz", {spelling.get(name, name): values for name, values in arrays.items()})
    motion, warnings = read(path)
    assert torch.equal(motion.expression, torch.from_numpy(arrays["expression"]).float())
    assert torch.equal(motion.shape, torch.from_numpy(arrays["betas"]).float())
    assert same(motion.jaw, arrays["jaw_pose"])
    assert same(motion.neck, arrays["neck_pose"])
    assert same(motion.left_eye, arrays["leye_pose"])
    assert same(motion.right_eye, arrays["reye_pose"])
    assert motion.root_rotation is not None
    assert same(motion.root_rotation, arrays["global_orient"])
    assert motion.root_translation is not None
    assert torch.equal(motion.root_translation, torch.from_numpy(arrays["transl"]).float())
    assert (motion.fps, warnings) == (30.0, [])


@pytest.mark.parametrize("width", IN_POSE)
def test_a_pose_of_several_joints_is_taken_apart(tmp_path: Path, width: int) -> None:
    arrays = motion_arrays()
    columns = {"root_rotation": "global_orient", "jaw": "jaw_pose", "neck": "neck_pose", "left_eye": "leye_pose",
               "right_eye": "reye_pose"}  # fmt: skip
    pose = np.concatenate([arrays[columns[joint]] for joint in IN_POSE[width]], axis=1)
    motion, _ = read(save_archive(tmp_path / "m.npz", {"pose": pose, "exp": arrays["expression"], "fps": 25}))
    for joint, name in columns.items():
        turns = getattr(motion, joint)
        if joint in IN_POSE[width]:
            assert same(turns, arrays[name])
        else:
            assert turns is None or same(turns, np.zeros((7, 3)))


def test_both_eyes_in_one_array_are_left_then_right(tmp_path: Path) -> None:
    eyes = motion_arrays()["expression"][:, :6]
    motion, _ = read(save_archive(tmp_path / "m.npz", {"eyes_pose": eyes, "fps": 25}))
    assert same(motion.left_eye, eyes[:, :3])
    assert same(motion.right_eye, eyes[:, 3:])
    assert motion.expression.shape == (7, 0)


def test_of_a_body_the_face_alone_is_taken_and_a_warning_says_so(tmp_path: Path) -> None:
    arrays = motion_arrays(expressions=100) | {"body_pose": np.zeros((7, 63))}
    motion, warnings = read(save_archive(tmp_path / "m.npz", arrays))
    assert motion.expression.shape == (7, 100)
    assert same(motion.jaw, arrays["jaw_pose"])
    assert motion.root_rotation is None
    assert motion.root_translation is None
    assert len(motion.shape) == 0
    assert warnings == [
        "these are a body's parameters: its root, translation and shape are not the head's and are left out"
    ]


def test_smplx_poses_hold_jaw_and_eyes_where_smplx_has_them(tmp_path: Path) -> None:
    poses = 0.2 * np.random.default_rng(0).standard_normal((7, 165))
    motion, _ = read(save_archive(tmp_path / "m.npz", {"poses": poses, "trans": np.zeros((7, 3)), "fps": 30}))
    assert same(motion.jaw, poses[:, 66:69])
    assert same(motion.left_eye, poses[:, 69:72])
    assert same(motion.right_eye, poses[:, 72:75])


def test_a_shape_that_changes_is_taken_from_the_first_frame_and_warned_of(tmp_path: Path) -> None:
    arrays = motion_arrays() | {"betas": np.arange(14.0).reshape(7, 2)}
    motion, warnings = read(save_archive(tmp_path / "m.npz", arrays))
    assert motion.shape.tolist() == [0.0, 1.0]
    assert warnings == ["the array betas changes over time; the first frame's identity is taken for all"]


def test_turns_stay_on_one_side_from_frame_to_frame(tmp_path: Path) -> None:
    jaw = np.zeros((20, 3))
    jaw[:, 0] = np.linspace(2.5, 4.5, 20)
    motion, _ = read(save_archive(tmp_path / "m.npz", {"jaw_pose": jaw, "fps": 30}))
    assert ((motion.jaw[1:] * motion.jaw[:-1]).sum(-1) > 0).all()


def test_the_given_rate_goes_before_the_files(tmp_path: Path) -> None:
    assert read(save_archive(tmp_path / "m.npz", motion_arrays()), fps=24.0)[0].fps == 24.0


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing of a face": ({"poses_of_hands": np.zeros(3)}, "neither an expression nor a pose of jaw, neck or eyes"),
    "no rate": ({"exp": np.zeros((2, 5))}, "the file does not say its frame rate; give fps"),
    "a rate of none": ({"exp": np.zeros((2, 5)), "fps": 0}, "array 'fps': that is no frame rate; give fps"),
    "a pose of matrices": (
        {"pose": np.zeros((2, 9)), "fps": 30},
        r"array 'pose': a pose of 9 numbers a frame; give 6 \(root, jaw\)",
    ),
    "a flat expression": (
        {"exp": np.zeros(5), "fps": 30},
        r"array 'exp': float64 of shape \(5,\), expected numbers a frame",
    ),
    "a jaw of six numbers": ({"jaw": np.zeros((2, 6)), "fps": 30}, "array 'jaw': .*expected 3 numbers a frame"),
    "a jaw that is not finite": (
        {"jaw": np.array([[0, 0, 0], [0, np.nan, 0]]), "fps": 30},
        "array 'jaw', frame 1, column 1: the value is nan; mend the frame, or cut it off",
    ),
    "a jaw of other frames": (
        {"jaw": np.zeros((3, 3)), "exp": np.zeros((2, 4)), "fps": 30},
        r"expression has shape|jaw has shape|frames",
    ),
    "words": ({"exp": np.array([["a"]]), "fps": 30}, "array 'exp': str32 of shape"),
    "an identity of words": ({"exp": np.zeros((2, 4)), "shape": np.array(["a"]), "fps": 30}, "array 'shape': str32"),
}


@pytest.mark.usefixtures("shapes_unchecked")
@pytest.mark.parametrize(("arrays", "message"), WRONG.values(), ids=WRONG.keys())
def test_what_is_no_such_motion_is_refused_with_its_place(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    path = save_archive(tmp_path / "m.npz", arrays)
    with pytest.raises(ReadError, match=message) as raised:
        read(path)
    assert str(raised.value).startswith(str(path))


@settings(max_examples=20)
@given(st.integers(0, 2**31), st.integers(1, 5), st.integers(0, 6), st.integers(0, 4), st.booleans())
def test_what_export_flame_npz_writes_comes_back(
    tmp_path_factory: pytest.TempPathFactory, seed: int, frames: int, expressions: int, identities: int, rooted: bool
) -> None:
    path = tmp_path_factory.mktemp("flame") / "m.npz"
    generator = torch.Generator().manual_seed(seed)

    def turns() -> Tensor:
        drawn = torch.nn.functional.normalize(torch.randn(frames, 4, generator=generator), dim=-1)
        # A half turn has two axes.
        return torch.nn.functional.normalize(drawn + torch.tensor([0.0, 0.0, 0.0, 1.2]), dim=-1)

    motion = FlameMotion(
        shape=torch.randn(identities, generator=generator),
        expression=torch.randn(frames, expressions, generator=generator),
        neck=turns(), jaw=turns(), left_eye=turns(), right_eye=turns(), fps=29.97,
        root_rotation=turns() if rooted else None,
        root_translation=torch.randn(frames, 3, generator=generator) if rooted else None,
    )  # fmt: skip
    write_flame(motion, path)
    back, _ = read(path)
    assert torch.equal(back.shape, motion.shape)
    assert torch.equal(back.expression, motion.expression)
    assert back.fps == motion.fps
    for name in ("neck", "jaw", "left_eye", "right_eye", "root_rotation"):
        given, found = getattr(motion, name), getattr(back, name)
        if given is None:
            assert found is None
        else:
            assert ((given * found).sum(-1).abs() - 1).abs().max() < 1e-6
    if motion.root_translation is not None:
        assert back.root_translation is not None
        assert torch.equal(back.root_translation, motion.root_translation)

"""FLAME parameters as an archive; that they come back is tested with the reader."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import roma
import torch

from motionloom.core.data import FlameMotion
from motionloom.core.errors import ExportError
from motionloom.core.node import Context
from motionloom.core.testing import check_node
from motionloom.exporters.npz.nodes import export_flame_npz
from motionloom.plugins.flame.nodes import read_flame

STILL = torch.tensor([0.0, 0.0, 0.0, 1.0]).repeat(3, 1)
JAW = roma.rotvec_to_unitquat(torch.tensor([[0.1, 0.0, 0.0], [0.2, 0.0, 0.0], [0.3, 0.1, 0.0]]))
MOTION = FlameMotion(torch.tensor([1.0, 2.0]), torch.arange(12.0).reshape(3, 4), STILL, JAW, STILL, STILL, 25.0)


def written(motion: FlameMotion, folder: Path) -> dict[str, np.ndarray]:
    path = export_flame_npz(motion, path=folder / "face.npz").path
    with np.load(path) as archive:
        return dict(archive)


def test_the_arrays_have_smplxs_names_and_rotation_vectors(tmp_path: Path) -> None:
    arrays = written(MOTION, tmp_path)
    assert set(arrays) == {"betas", "expression", "neck_pose", "jaw_pose", "leye_pose", "reye_pose", "fps"}
    assert np.abs(arrays["jaw_pose"] - [[0.1, 0, 0], [0.2, 0, 0], [0.3, 0.1, 0]]).max() < 1e-6
    assert arrays["expression"].tolist() == MOTION.expression.tolist()
    assert (arrays["betas"].tolist(), float(arrays["fps"])) == ([1.0, 2.0], 25.0)


def test_a_head_that_moves_as_a_whole_has_its_orientation_and_translation(tmp_path: Path) -> None:
    arrays = written(replace(MOTION, root_rotation=JAW, root_translation=torch.ones(3, 3)), tmp_path)
    assert np.array_equal(arrays["global_orient"], arrays["jaw_pose"])
    assert arrays["transl"].tolist() == [[1.0] * 3] * 3


def test_the_same_motion_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (export_flame_npz(MOTION, path=tmp_path / name).path for name in ("a.npz", "b.npz"))
    assert first.read_bytes() == second.read_bytes()


def test_what_no_reader_could_use_is_refused_with_its_frame(tmp_path: Path) -> None:
    broken = MOTION.expression.clone()
    broken[1, 2] = torch.nan
    with pytest.raises(ExportError, match=r"array 'expression', entry \[1, 2\]: the number is nan; mend the motion"):
        export_flame_npz(replace(MOTION, expression=broken), path=tmp_path / "face.npz")
    with pytest.raises(ExportError, match="jaw, frame 0: the rotation is a quaternion of length 2"):
        export_flame_npz(replace(MOTION, jaw=2 * STILL), path=tmp_path / "face.npz")
    assert not (tmp_path / "face.npz").exists()


def test_the_node_keeps_its_contract() -> None:
    check_node(export_flame_npz, MOTION)


def test_the_reader_gives_the_motion_back(tmp_path: Path) -> None:
    path = export_flame_npz(MOTION, path=tmp_path / "face.npz").path
    back = read_flame(path=path, ctx=Context())
    assert torch.equal(back.expression, MOTION.expression)
    assert (back.jaw - MOTION.jaw).abs().max() < 1e-6

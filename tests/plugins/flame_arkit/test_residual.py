import json
from pathlib import Path

import pytest
import torch
from faces import anny, parameters_of, random_face

from motionloom.core.errors import DataError, ExportError
from motionloom.plugins.flame_arkit import residual as module
from motionloom.plugins.flame_arkit.misfit import warn_of_misfit
from motionloom.plugins.flame_arkit.residual import FaceResidual, face_residual, write_residual


def test_a_face_that_misses_by_a_shape_is_off_by_the_shapes_size() -> None:
    of = anny()
    face = random_face(of, 4)
    motion = parameters_of(of, face)
    smile = of.names.index("mouthSmileLeft")
    more = face.weights.clone()
    more[:, smile] += 1.0
    found = face_residual(of.fit, motion, more)
    size, most = of.fit.gram[smile, smile].sqrt(), of.fit.shapes[smile].norm(dim=-1).max()
    torch.testing.assert_close(found.rms, size.expand(4), atol=5e-5, rtol=0.0)
    torch.testing.assert_close(found.farthest, most.expand(4), atol=1e-3, rtol=0.0)


def test_a_long_clip_is_measured_piece_by_piece(monkeypatch) -> None:
    of = anny()
    face = random_face(of, 7)
    motion = parameters_of(of, face)
    whole = face_residual(of.fit, motion, face.weights)
    monkeypatch.setattr(module, "FRAMES_AT_ONCE", 3)
    torch.testing.assert_close(face_residual(of.fit, motion, face.weights).rms, whole.rms)


def test_the_file_has_every_frame_in_millimetres(tmp_path: Path) -> None:
    path = tmp_path / "residual.json"
    write_residual(FaceResidual(torch.tensor([1e-3, 3e-3]), torch.tensor([4e-3, 5e-3]), 30.0), path)
    read = json.loads(path.read_text())
    assert read["frames"] == 2 and read["unit"] == "mm"
    assert read["rms"]["mean"] == pytest.approx(2.0) and read["farthest"]["max"] == pytest.approx(5.0)
    assert read["rms"]["per_frame"] == pytest.approx([1.0, 3.0])


def test_a_residual_that_is_not_finite_is_not_written(tmp_path: Path) -> None:
    broken = FaceResidual(torch.tensor([1e-3, torch.nan]), torch.tensor([4e-3, 5e-3]), 30.0)
    with pytest.raises(ExportError, match="frame 1"):
        write_residual(broken, tmp_path / "residual.json")


@pytest.mark.usefixtures("shapes_unchecked")
def test_measures_of_different_lengths_are_refused() -> None:
    with pytest.raises(DataError, match="2 frames of one measure and 3 of the other"):
        FaceResidual(torch.zeros(2), torch.zeros(3), 30.0)


def test_a_bad_fit_is_told_and_a_good_one_is_not() -> None:
    of = anny()
    face = random_face(of, 10)
    motion = parameters_of(of, face)
    told: list[str] = []
    warn_of_misfit(of.fit, motion, face.weights, told.append)
    assert told == []
    warn_of_misfit(of.fit, motion, torch.zeros_like(face.weights), told.append)
    assert len(told) == 1 and "follow the model's face badly" in told[0]

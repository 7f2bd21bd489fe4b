import csv
import math
from pathlib import Path

import pytest
import roma
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from motionloom.core.data import ARKIT_SHAPES, FaceMotion
from motionloom.core.errors import ExportError
from motionloom.core.node import Context
from motionloom.core.testing import check_node
from motionloom.exporters.livelink.nodes import export_livelink_csv
from motionloom.exporters.livelink.writer import write_livelink_csv
from motionloom.plugins.livelink.columns import HEADER
from motionloom.plugins.livelink.reader import read_livelink_file


def face(frames: int, fps: float, names: tuple[str, ...] = ARKIT_SHAPES, seed: int = 0) -> FaceMotion:
    random = torch.Generator().manual_seed(seed)
    turns = [roma.rotvec_to_unitquat(0.4 * torch.randn(frames, 3, generator=random)) for _ in range(3)]
    return FaceMotion(names, torch.rand(frames, len(names), generator=random), fps, *turns)


def written(motion: FaceMotion, path: Path, first_frame: int = 0) -> list[str]:
    warnings: list[str] = []
    write_livelink_csv(motion, path, first_frame, warnings.append)
    return warnings


def test_the_node_keeps_the_contract(tmp_path: Path) -> None:
    check_node(export_livelink_csv, face(3, 30.0), path=tmp_path / "face.csv")


@given(
    frames=st.integers(121, 180),
    fps=st.sampled_from([24.0, 25.0, 30.0, 48.0, 50.0, 60.0, 23.976, 30_000 / 1001, 59.94]),
    first=st.sampled_from([0, 216_000, 5_183_900]),
    seed=st.integers(0, 2**31),
)
@settings(max_examples=20, deadline=None)
def test_what_is_written_is_read_back(
    frames: int, fps: float, first: int, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path, warnings = tmp_path_factory.mktemp("livelink") / "face.csv", []
    motion = face(frames, fps, seed=seed)
    assert written(motion, path, first) == []
    back = read_livelink_file(path, fps=None if fps.is_integer() else fps, warn=warnings.append)
    assert warnings == []
    assert (back.names, back.fps, len(back)) == (motion.names, motion.fps, len(motion))
    torch.testing.assert_close(back.weights, motion.weights, atol=1e-7, rtol=0)
    for part in ("head", "left_eye", "right_eye"):
        alike = (getattr(back, part) * getattr(motion, part)).sum(-1).abs()
        torch.testing.assert_close(alike, torch.ones(frames), atol=1e-6, rtol=0)


def test_the_file_looks_as_the_app_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "face.csv"
    written(face(61, 60.0), path, first_frame=216_000)
    rows = list(csv.reader(path.read_text().splitlines()))
    assert tuple(rows[0]) == HEADER and {len(row) for row in rows} == {63}
    assert [rows[1][0], rows[60][0], rows[61][0]] == ["01:00:00:00.000", "01:00:00:59.000", "01:00:01:00.000"]
    assert {row[1] for row in rows[1:]} == {"61"}


def test_what_the_face_does_not_say_is_zero_and_named(tmp_path: Path) -> None:
    path = tmp_path / "face.csv"
    names = tuple(name for name in ARKIT_SHAPES if name not in ("tongueOut", "cheekPuff"))
    motion = FaceMotion((*names, "Fcl_ALL_Joy"), torch.ones(3, len(names) + 1), 30.0)
    warnings = written(motion, path)
    assert warnings == [
        "the format has no place for the shapes Fcl_ALL_Joy; they are left out",
        "the face does not move cheekPuff, tongueOut; they are written as 0",
        "the face does not say how these turn: head, left eye, right eye; their angles are written as 0",
    ]
    row = dict(zip(HEADER, path.read_text().splitlines()[1].split(","), strict=True))
    assert float(row["TongueOut"]) == float(row["HeadYaw"]) == 0.0 and float(row["JawOpen"]) == 1.0


@pytest.mark.parametrize("fps", [12.5, 29.5, 120.0, 0.4])
def test_a_rate_that_timecode_cannot_count_is_refused(tmp_path: Path, fps: float) -> None:
    with pytest.raises(ExportError, match="cannot count"):
        written(face(3, fps), tmp_path / "face.csv")


def test_a_face_without_a_shape_of_arkits_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="none of the face's shapes"):
        export_livelink_csv(face(3, 30.0, ("smile",)), path=tmp_path / "face.csv", ctx=Context())


def test_numbers_that_are_not_finite_are_refused_with_shape_and_frame(tmp_path: Path) -> None:
    motion = face(3, 30.0)
    motion.weights[1, 17] = math.nan
    with pytest.raises(ExportError, match=r"shape 'jawOpen', frame 1: a weight is nan"):
        written(motion, tmp_path / "face.csv")
    motion = face(3, 30.0)
    motion.left_eye[2] = 0.0
    with pytest.raises(ExportError, match="frame 2: the rotation of the left eye"):
        written(motion, tmp_path / "face.csv")

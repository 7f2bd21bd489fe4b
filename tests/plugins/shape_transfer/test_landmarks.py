from pathlib import Path

import pytest

from motionloom.core.errors import ReadError
from motionloom.plugins.shape_transfer.landmarks import MAX_BYTES, Landmark, read_landmarks


def written(folder: Path, text: str) -> Path:
    path = folder / "landmarks.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_points_are_vertices_or_positions(tmp_path: Path) -> None:
    found = read_landmarks(written(tmp_path, "nose: {source: 12, target: [0, 1.5, 0.1]}\n"))
    assert found == {"nose": Landmark(source=12, target=(0.0, 1.5, 0.1))}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nose: [1", "line|not YAML"),
        ("nose: 5\n", "no landmarks: nose"),
        ("- 5\n", "no landmarks: the file"),
        ("nose: {source: 1}\n", "nose.target: field required"),
        ("nose: {source: -1, target: 2}\n", "nose.source"),
        ("nose: {source: 1, target: [0, .nan, 0]}\n", "nose.target"),
        ("nose: {source: 1, target: 2, size: 3}\n", "nose.size"),
        ("nose: !!python/object:os.system {}\n", "not YAML"),
        ("#" * (MAX_BYTES + 1), "256 KiB at most"),
    ],
    ids=lambda text: text[:12],
)
def test_anything_else_is_refused_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ReadError, match=says):
        read_landmarks(written(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"none\.yaml: the landmarks cannot be read"):
        read_landmarks(tmp_path / "none.yaml")

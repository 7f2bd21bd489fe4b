from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from motionloom.core.errors import ReadError
from motionloom.plugins.ict.reader import read_ict
from motionloom.plugins.ict.topology import VERTICES


def test_a_packed_kit_is_read_in_metres(stand_in: Any, packed: Any) -> None:
    model = read_ict(packed(stand_in))
    assert torch.allclose(model.neutral, torch.from_numpy(stand_in["neutral"]) / 100)
    assert torch.allclose(model.expressions, torch.from_numpy(stand_in["expression_deltas"]) / 100)
    assert model.expression_names == tuple(stand_in["expression_names"])
    assert (model.uv, model.landmarks) == (None, None)
    # The first polygon is a triangle, the second a quad split from its first corner to its third.
    assert model.faces[:3].tolist() == [[0, 1, 2], [50, 51, 52], [50, 52, 53]]


def test_texture_coordinates_and_landmarks_come_along(stand_in: Any, packed: Any) -> None:
    uv = np.array([[0.25, 0.75], [1.5, 0.0], [0.0, 1.0], [1.0, 1.0]], dtype=np.float32)
    face_uv = np.where(stand_in["faces"] >= 0, np.arange(4), -1)
    path = packed(stand_in | {"uv": uv, "face_uv": face_uv})
    (path.parent / "vertex_indices.json").write_text('{"idx_to_landmark_verts": [5, 6]}', encoding="utf-8")
    model = read_ict(path)
    assert model.uv.tolist() == [[0.25, 0.25], [1.5, 1.0], [0.0, 0.0], [1.0, 0.0]]
    assert model.face_uv[:3].tolist() == [[0, 1, 2], [0, 1, 2], [0, 2, 3]]
    assert model.landmarks.tolist() == [5, 6]


def changed(arrays: Any, name: str, value: Any) -> Any:
    return {key: array for key, array in arrays.items() if key != name} | ({} if value is None else {name: value})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("neutral", None, "the archive lacks neutral; ICT-FaceKit .MIT. is at github.com/ICT-VGL/ICT-FaceKit"),
        ("neutral", np.zeros((5, 3)), r"array 'neutral': it has the shape \(5, 3\), ICT-FaceKit's is \(26719, 3\)"),
        ("neutral", np.full((VERTICES, 3), np.nan), "array 'neutral': it holds what is no number"),
        ("faces", np.zeros((2, 4)), "array 'faces': it holds float64"),
        ("faces", np.array([[0, 1, 2, VERTICES]]), rf"polygon 0 has the corners \[0, 1, 2, {VERTICES}\]"),
        ("faces", np.array([[0, 1, 2, 3], [0, 1, -1, 2]]), r"polygon 1 has the corners \[0, 1, -1, 2\]"),
        ("expression_names", np.zeros(53), "expression_names holds no names"),
        ("expression_names", np.array(["jawOpen"] * 53), "names that differ"),
        (
            "identity_deltas",
            np.array([None, 1], dtype=object),
            "array 'identity_deltas': the array holds Python objects",
        ),
    ],
)
def test_a_damaged_kit_is_refused_with_the_place(
    stand_in: Any, packed: Any, name: str, value: Any, message: str
) -> None:
    with pytest.raises(ReadError, match=message) as raised:
        read_ict(packed(changed(stand_in, name, value)))
    assert "kit.npz" in str(raised.value)


def test_a_kit_that_is_not_there_is_said_where_to_be_had(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"nowhere\.npz: there is no such file; ICT-FaceKit .MIT. is at github.com"):
        read_ict(tmp_path / "nowhere.npz")


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kit.npz"
    path.write_bytes(b"no zip at all")
    with pytest.raises(ReadError, match=r"kit\.npz: this is no \.npz archive"):
        read_ict(path)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"idx_to_landmark_verts": [1.5]}', '{"idx_to_landmark_verts": [-1]}', "[" * 9999]
)
def test_damaged_landmarks_are_refused(stand_in: Any, packed: Any, text: str) -> None:
    path = packed(stand_in)
    (path.parent / "vertex_indices.json").write_text(text, encoding="utf-8")
    with pytest.raises(ReadError, match=r"vertex_indices\.json: "):
        read_ict(path)

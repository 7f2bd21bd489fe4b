"""The bytes around and between the records are what the format asks for."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import synthetic
from binary_records import read
from hypothesis import given
from hypothesis import strategies as st

from motionloom.core.node import Context
from motionloom.exporters.fbx.container import footer
from motionloom.exporters.fbx.nodes import export_fbx
from motionloom.exporters.fbx.records import Array, Long, ObjectName, Record, binary


def exported(folder: Path, **options: object) -> Path:
    return export_fbx([synthetic.take()], path=folder / "take.fbx", backend="builtin", ctx=Context(), **options).path


def test_a_file_starts_with_the_magic_and_version_7500(tmp_path: Path) -> None:
    data = exported(tmp_path).read_bytes()
    assert data[:27] == b"Kaydara FBX Binary  \0\x1a\0" + (7500).to_bytes(4, "little")


def test_file_id_creation_time_and_footer_id_are_the_matching_three(tmp_path: Path) -> None:
    document = read(exported(tmp_path))
    assert document.root.value("FileId").hex() == "28b32aebb624ccc2bfc8b02aa92bfcf1"
    assert document.root.value("CreationTime") == "1970-01-01 10:00:00:000"
    assert document.data[document.end :][:16].hex() == "fabcab09d0c8d466b176fb831cf7267e"


def test_a_file_ends_with_padding_zeros_version_and_the_last_id(tmp_path: Path) -> None:
    document = read(exported(tmp_path))
    rest = document.data[document.end + 16 :]
    assert len(document.data) % 16 == 0
    assert rest[-16:].hex() == "f85a8c6adef5d97eece90ce3758f290b"
    assert rest[-136:-16] == bytes(120)
    assert rest[-140:-136] == (7500).to_bytes(4, "little")
    assert set(rest[:-140]) == {0} and 4 + 1 <= len(rest[:-140]) <= 4 + 16


@given(st.integers(0, 10**6))
def test_the_footer_is_padded_to_sixteen_bytes_and_by_a_full_sixteen_where_it_is_aligned(start: int) -> None:
    padding = len(footer(start)) - 16 - 4 - 4 - 120 - 16
    assert 1 <= padding <= 16
    assert (start + 16 + padding) % 16 == 0


def test_equal_takes_give_equal_files(tmp_path: Path) -> None:
    once, again = (tmp_path / name for name in ("once", "again"))
    once.mkdir()
    again.mkdir()
    assert exported(once).read_bytes() == exported(again).read_bytes()


def test_every_kind_of_property_is_written_and_read(tmp_path: Path) -> None:
    values = (True, 7, Long(2**40), 0.5, "text", b"\0raw", ObjectName("hips", "Model"))
    arrays = [np.arange(100, dtype=dtype) for dtype in ("f4", "f8", "i4", "i8")] + [np.zeros((0, 3))]
    records = [
        Record("All", values, [Record("Array", (Array(array),)) for array in arrays]),
        Record("Empty", children=[]),
    ]
    path = tmp_path / "records"
    path.write_bytes(bytes(27) + b"".join(binary(records, 27)))
    found = read(path).root
    assert found.children[0].values == [1, 7, 2**40, 0.5, "text", b"\0raw", "hips\0\1Model"]
    for array, child in zip(arrays, found.children[0].children, strict=True):
        assert np.array_equal(child.values[0], array.reshape(-1))


def test_only_arrays_that_shrink_are_compressed() -> None:
    noise = np.random.default_rng(0).integers(0, 2**31, 1000, dtype=np.int32)
    assert Array(noise).encoded[0] == 0
    assert Array(np.zeros(1000)).encoded[0] == 1
    assert Array(np.zeros(2)).encoded[0] == 0


def test_an_array_at_several_places_is_compressed_once() -> None:
    array = Array(np.zeros(1000))
    assert array.encoded[1] is array.encoded[1]


def test_text_holds_the_same_records(tmp_path: Path) -> None:
    text = exported(tmp_path, ascii=True).read_text()
    assert text.startswith("; FBX 7.5.0 project file\n")
    assert '"Model::hips", "LimbNode" {' in text
    assert text.count("{") == text.count("}")
    for section in ("GlobalSettings", "Documents", "References", "Definitions", "Objects", "Connections", "Takes"):
        assert f"\n{section}: " in text


def test_quotes_in_names_are_escaped_in_text(tmp_path: Path) -> None:
    take = replace(synthetic.take(), name='a "wave"')
    path = export_fbx([take], path=tmp_path / "take.fbx", ascii=True, backend="builtin", ctx=Context()).path
    assert '"AnimStack::a &quot;wave&quot;"' in path.read_text()


@pytest.mark.parametrize("name", ["take.glb", "take"])
def test_another_suffix_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"is not an FBX file; use \.fbx"):
        export_fbx([synthetic.take()], path=tmp_path / name, ctx=Context())


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"nowhere/take\.fbx: cannot be written"):
        export_fbx([synthetic.still()], path=tmp_path / "nowhere" / "take.fbx", backend="builtin", ctx=Context())

"""Files that cannot be read, and the one sentence that says why."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fbx_documents import Document, bar, settings, wave

from motionloom.core.errors import ReadError
from motionloom.plugins.fbx.reader import read_fbx_file
from motionloom.plugins.scene_graph.sandbox import Child, Limits


@pytest.mark.parametrize("content", [b"", b"HIERARCHY\nROOT Hips\n", b"\x89PNG\r\n\x1a\n" + bytes(100)])
def test_what_is_not_fbx_is_told_so(read: Callable[..., Any], content: bytes) -> None:
    with pytest.raises(ReadError, match=r"character\.fbx: is not an FBX file; give an FBX file"):
        read(content)


def test_a_missing_file_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"gone\.fbx: cannot be read: no such file"):
        read_fbx_file(tmp_path / "gone.fbx", lambda message: None)


def test_half_a_file_is_told_so(fbx_files: Path, read: Callable[..., Any]) -> None:
    whole = (fbx_files / "maya_game_sausage_7500_binary_wiggle.fbx").read_bytes()
    with pytest.raises(ReadError, match=r"not a well-formed FBX file \(.*export it again"):
        read(whole[: len(whole) // 2])


def test_a_file_without_anything_is_told_so(read: Callable[..., Any]) -> None:
    with pytest.raises(ReadError, match="the scene is empty"):
        read(Document().text())


def test_an_endless_animation_is_refused_before_it_is_sampled(read: Callable[..., Any]) -> None:
    document = bar()
    document.stack(300, "endless", 0.0, 1e8)
    document.curves(310, 301, 12, "Lcl Rotation", (0.0, 1.0), {"X": (0, 30)})
    with pytest.raises(ReadError, match=r"'endless': plays from 0 to 1e\+08 seconds.*shorten it"):
        read(document.text())


def test_many_long_animations_are_refused_together(read: Callable[..., Any]) -> None:
    document = bar()
    for at in range(12):
        document.stack(300 + 20 * at, f"long {at}", 0.0, 41_000.0)
        document.curves(310 + 20 * at, 301 + 20 * at, 12, "Lcl Rotation", (0.0, 1.0), {"X": (0, 30)})
    with pytest.raises(ReadError, match=r"11\d{6} transforms and weights in all, more than 10000000"):
        read(document.text())


def test_a_number_beyond_any_length_names_its_mesh(read: Callable[..., Any]) -> None:
    text = bar().text().replace("a: -1,0,-1", "a: 1e200,0,-1", 1)
    with pytest.raises(ReadError, match="mesh 'body': holds a number that is not finite or far too large"):
        read(text)


def test_a_unit_of_nothing_is_refused(read: Callable[..., Any]) -> None:
    with pytest.raises(ReadError, match="UnitScaleFactor"):
        read(wave(bar(Document(settings(unit=-1.0)))).text())


def test_a_crash_of_the_library_is_told_as_one(tmp_path: Path) -> None:
    # An extractor that crashes for certain stands in for a file that makes ufbx do so.
    (tmp_path / "hasty.py").write_text("import os\n\n\ndef extract(request, warn):\n    os.abort()\n")
    path = tmp_path / "character.fbx"
    path.write_text(wave(bar()).text())
    with pytest.MonkeyPatch.context() as patch, Child("hasty", Limits()) as child:
        patch.setenv("PYTHONPATH", str(tmp_path))
        with pytest.raises(ReadError, match=r"character\.fbx: crashes the library that reads it \(SIGABRT\)"):
            child.extract(path, tmp_path / "stored", {}, lambda message: None)


def test_a_count_beyond_the_file_is_refused(fbx_files: Path, read: Callable[..., Any]) -> None:
    whole = bytearray((fbx_files / "maya_blend_shape_cube_7700_binary.fbx").read_bytes())
    at = whole.index(b"Vertices") + len(b"Vertices") + 1
    struct.pack_into("<I", whole, at, 0x7FFFFFFF)
    with pytest.raises(ReadError, match="announces more data than memory holds; export it again"):
        read(bytes(whole))

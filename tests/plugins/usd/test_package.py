"""USDZ packages that are none, or that no honest program wrote."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from baked import baked_corners
from hypothesis import given
from hypothesis import strategies as st
from pxr import Sdf, UsdUtils
from usd_documents import FRAMES, Document, write_document

from motionloom.core.data import Take, skinned_vertices
from motionloom.core.errors import ReadError
from motionloom.plugins.usd.package import is_plain_name

Read = Callable[..., tuple[Take, ...]]

LAYER = b'#usda 1.0\ndef Xform "Body"\n{\n}\n'


def packed(path: Path, *files: tuple[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return path


def refusal(read: Read, path: Path) -> ReadError:
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.remedy
    return caught.value


def test_a_package_of_usds_own_reads_like_its_layer(read: Read, tmp_path: Path) -> None:
    layer = write_document(tmp_path / "body.usdc", Document(shapes=True, corner_uv=True))
    package = tmp_path / "body.usdz"
    assert UsdUtils.CreateNewUsdzPackage(Sdf.AssetPath(str(layer)), str(package))
    (take,) = read(package)
    posed = skinned_vertices(take).numpy()[:, take.character.mesh.faces.numpy()]
    expected = baked_corners(layer, [float(code) for code in range(1, FRAMES + 1)])["Skin0"]
    assert np.abs(posed - expected).max() < 1e-5
    assert take.character.name == "body"


def test_layers_in_a_package_may_refer_to_each_other(read: Read, tmp_path: Path) -> None:
    root = b"#usda 1.0\n(\n    subLayers = [@./sub/body.usda@]\n)\n"
    (take,) = read(packed(tmp_path / "a.usdz", ("root.usda", root), ("sub/body.usda", LAYER)))
    assert take.character.skeleton.names == ("Body",)


def test_a_layer_in_a_package_may_not_refer_to_a_file_beside_the_package(read: Read, tmp_path: Path) -> None:
    (tmp_path / "secret.usda").write_bytes(LAYER)
    root = f"#usda 1.0\n(\n    subLayers = [@{tmp_path}/secret.usda@]\n)\n".encode()
    assert "outside its folder" in refusal(read, packed(tmp_path / "a.usdz", ("root.usda", root))).what


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_bomb_is_refused_before_it_is_unpacked(read: Read, tmp_path: Path, compression: int) -> None:
    bomb = packed(tmp_path / "a.usdz", ("a.usda", LAYER), ("b.png", bytes(20_000_000)), compression=compression)
    assert bomb.stat().st_size < 200_000
    assert "compressed" in refusal(read, bomb).what


def test_a_file_that_lies_about_its_size_is_refused(read: Read, tmp_path: Path) -> None:
    path = packed(tmp_path / "a.usdz", ("a.usda", LAYER), ("b.png", b"x" * 99))
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<II", 99, 99), struct.pack("<II", 2**31, 2**31)))
    assert "says that it holds" in refusal(read, path).what


def test_files_that_share_their_bytes_are_refused(read: Read, tmp_path: Path) -> None:
    """David Fifield 2019, "A better zip bomb": many entries of one file's bytes."""
    path = packed(tmp_path / "a.usdz", ("a.usda", LAYER), *((f"{number:03}.png", bytes(5000)) for number in range(9)))
    data = path.read_bytes()
    first = data.index(b"PK\1\2")
    entries = data[first:].split(b"PK\1\2")[1:]
    offset = entries[1][38:42]
    shared = b"".join(
        b"PK\1\2" + entry[:38] + (offset if number else entry[38:42]) + entry[42:]
        for number, entry in enumerate(entries)
    )
    path.write_bytes(data[:first][:6000] + shared)
    refusal(read, path)


@pytest.mark.parametrize(
    "name", ["../a.png", "/etc/a.png", "b/../../a.png", "C:\\a.png", "..\\a.png", "a\n.png", "a/./b", "a//b", "nul. "]
)
def test_a_name_that_leaves_the_package_is_refused(read: Read, tmp_path: Path, name: str) -> None:
    assert "that it calls" in refusal(read, packed(tmp_path / "a.usdz", ("a.usda", LAYER), (name, b"x"))).what


@given(parts=st.lists(st.sampled_from(["..", ".", "a", "", "\\", "C:", "/", "b "]), min_size=1, max_size=6))
def test_a_plain_name_stays_below_its_folder(parts: list[str]) -> None:
    name = "/".join(parts)
    if is_plain_name(name):
        assert Path("/folder", name).resolve().is_relative_to("/folder")
        assert Path("/folder", name).resolve() != Path("/folder")


def test_a_package_in_a_package_is_refused(read: Read, tmp_path: Path) -> None:
    inner = packed(tmp_path / "b.usdz", ("b.usda", LAYER)).read_bytes()
    assert "a package in" in refusal(read, packed(tmp_path / "a.usdz", ("a.usda", LAYER), ("b.usdz", inner))).what


def test_a_link_in_a_package_is_refused(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "a.usdz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.usda", LAYER)
        link = zipfile.ZipInfo("b.png")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert "no plain file" in refusal(read, path).what


def test_a_package_of_too_many_files_is_refused_by_the_size_of_its_list(read: Read, tmp_path: Path) -> None:
    many = packed(tmp_path / "a.usdz", ("a.usda", LAYER), *((f"{number}.png", b"") for number in range(4100)))
    assert "more than 4,096 files" in refusal(read, many).what


def test_a_package_must_begin_with_a_layer(read: Read, tmp_path: Path) -> None:
    assert "does not begin" in refusal(read, packed(tmp_path / "a.usdz", ("a.png", b"x"), ("a.usda", LAYER))).what


def test_a_package_under_another_suffix_is_looked_at_too(read: Read, tmp_path: Path) -> None:
    disguised = packed(tmp_path / "a.usdc", ("a.usda", LAYER), ("b", bytes(9999)), compression=zipfile.ZIP_DEFLATED)
    assert "compressed" in refusal(read, disguised).what


def test_a_package_cut_short_is_refused(read: Read, tmp_path: Path) -> None:
    path = packed(tmp_path / "a.usdz", ("a.usda", LAYER))
    path.write_bytes(path.read_bytes()[:-3])
    refusal(read, path)

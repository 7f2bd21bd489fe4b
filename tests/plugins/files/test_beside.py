"""What a file refers to counts as part of it: an edit there is an edit of the file."""

from pathlib import Path

import pytest
from pxr import Sdf

from motionloom.plugins.files.beside import files_beside


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """A folder with layers and pictures in it and below."""
    (tmp_path / "textures").mkdir()
    for name in ("skin.png", "eyes.JPG", "notes.txt", "textures/cloth.png"):
        (tmp_path / name).write_bytes(b"a picture, for all that anyone looks at")
    (tmp_path / "other.usda").write_text("#usda 1.0\n")
    return tmp_path


def names(path: Path) -> list[str]:
    return sorted(found.relative_to(path.parent).as_posix() for found in files_beside(path))


def test_an_fbx_file_refers_to_the_pictures_that_it_names(scene: Path) -> None:
    (scene / "hero.fbx").write_bytes(b"Kaydara\0\0C:\\work\\eyes.JPG\0..\\textures\\cloth.png\0notes.txt")
    assert names(scene / "hero.fbx") == ["eyes.JPG", "textures/cloth.png"]


def test_a_text_layer_refers_to_what_it_names_and_to_what_that_names(scene: Path) -> None:
    (scene / "shot.usda").write_text("#usda 1.0\n(subLayers = [@./other.usda@])\n")
    (scene / "other.usda").write_text('#usda 1.0\ndef Shader "s" { asset inputs:file = @textures/cloth.png@ }\n')
    assert names(scene / "shot.usda") == ["other.usda", "textures/cloth.png"]


def test_layers_that_name_each_other_are_listed_once(scene: Path) -> None:
    (scene / "shot.usda").write_text("#usda 1.0\n(subLayers = [@./other.usda@])\n")
    (scene / "other.usda").write_text("#usda 1.0\n(subLayers = [@./shot.usda@])\n")
    assert names(scene / "shot.usda") == ["other.usda"]


def test_a_binary_layer_may_refer_to_any_layer_and_picture_below(scene: Path) -> None:
    layer = Sdf.Layer.CreateNew(str(scene / "shot.usdc"))
    layer.Save()
    assert names(scene / "shot.usdc") == ["eyes.JPG", "other.usda", "skin.png", "textures/cloth.png"]


@pytest.mark.parametrize("name", ["shot.usdz", "walk.bvh", "take.npz", "clip.vrma"])
def test_packages_and_single_files_stand_alone(scene: Path, name: str) -> None:
    (scene / name).write_bytes(b"skin.png")
    assert names(scene / name) == []


def test_a_gltf_document_refers_to_its_buffers_and_pictures(scene: Path) -> None:
    (scene / "hero.gltf").write_text('{"asset": {"version": "2.0"}, "images": [{"uri": "textures/cloth.png"}]}')
    assert names(scene / "hero.gltf") == ["textures/cloth.png"]


@pytest.mark.parametrize("name", ["gone.fbx", "gone.usda", "gone.gltf", "empty.fbx", "empty.usda", "gone.amc"])
def test_a_file_that_cannot_be_read_refers_to_nothing_and_the_reader_says_why(scene: Path, name: str) -> None:
    (scene / "empty.fbx").touch()
    (scene / "empty.usda").touch()
    expected = ["eyes.JPG", "other.usda", "skin.png", "textures/cloth.png"] if name == "empty.usda" else []
    assert [one for one in names(scene / name) if one != "empty.usda"] == expected

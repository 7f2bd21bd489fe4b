"""Pictures of materials: in the file's folder or below it, PNG or JPEG, and nothing else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fbx_documents import dressed

from motionloom.core.data import Material

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def material_of(reading: Any) -> Material:
    (material,) = reading.takes[0].character.materials
    return material


@pytest.mark.parametrize("place", ["cloth.png", "textures/cloth.png", "character.fbm/cloth.png"])
def test_a_picture_beside_the_file_is_found(tmp_path: Path, read: Callable[..., Any], place: str) -> None:
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_bytes(PNG)
    material = material_of(read(dressed("elsewhere\\\\cloth.png").text()))
    assert material.texture is not None
    assert (material.texture.name, bytes(material.texture.data.tolist())) == ("cloth", PNG)
    assert material.base_color == (1.0, 1.0, 1.0, 1.0)


def test_a_picture_outside_the_folder_is_never_opened(tmp_path: Path, read: Callable[..., Any]) -> None:
    (tmp_path.parent / "secret.png").write_bytes(PNG)
    (tmp_path / "link.png").symlink_to(tmp_path.parent / "secret.png")
    for file in ("../secret.png", str(tmp_path.parent / "secret.png"), "link.png"):
        reading = read(dressed(file).text())
        assert material_of(reading).texture is None
        assert any("nor beside it" in warning for warning in reading.warnings)


def test_a_missing_picture_leaves_the_colour(read: Callable[..., Any]) -> None:
    reading = read(dressed("lost.png").text())
    assert material_of(reading).base_color == pytest.approx((1.0, 0.25, 0.0, 1.0))
    assert any("'lost.png'" in warning for warning in reading.warnings)


def test_a_picture_of_another_kind_is_left_out_by_name(tmp_path: Path, read: Callable[..., Any]) -> None:
    (tmp_path / "cloth.tga").write_bytes(bytes(64))
    reading = read(dressed("cloth.tga").text())
    assert material_of(reading).texture is None
    assert any("'cloth.tga' is no PNG or JPEG" in warning for warning in reading.warnings)

"""What the exporter of this format writes comes back as it was."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from motionloom.core.data import Character, FaceMotion, FaceRig, Mesh, Motion, Skeleton, Skin, Take, skinned_vertices
from motionloom.exporters.fbx.writer import write_fbx


def performer(fps: float) -> Take:
    """A strip on three joints whose rest rotations are no identity, with a shape, all of it moving."""
    chance = torch.Generator().manual_seed(4)
    turns = torch.nn.functional.normalize(torch.randn(10, 3, 4, generator=chance), dim=-1)
    offsets = torch.randn(3, 3, generator=chance)
    skeleton = Skeleton(("hips", "spine", "leg"), (-1, 0, 0), offsets, turns[0])
    vertices = torch.randn(12, 3, generator=chance)
    faces = torch.tensor([(at, at + 1, at + 2) for at in range(10)])
    skin = Skin(torch.arange(3).expand(12, 3), torch.rand(12, 3, generator=chance).softmax(-1))
    rig = FaceRig(("jawOpen",), torch.randn(1, 12, 3, generator=chance))
    character = Character("strip", skeleton, Mesh(vertices, faces), skin, rig)
    motion = Motion(skeleton, torch.randn(10, 3, generator=chance), turns, fps)
    return Take("dance", character, motion, FaceMotion(("jawOpen",), torch.rand(10, 1, generator=chance), fps))


@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize("fps", [30.0, 30000 / 1001, 47.5])
def test_a_take_comes_back_as_it_was(tmp_path: Path, read: Callable[..., Any], fps: float, ascii: bool) -> None:
    take = performer(fps)
    write_fbx([take], tmp_path / "dance.fbx", ascii=ascii)
    reading = read((tmp_path / "dance.fbx").read_bytes())
    (back,) = reading.takes
    assert (back.name, back.fps, len(back)) == ("dance", fps, 10)
    assert back.character.skeleton.names == take.character.skeleton.names
    assert torch.equal(back.character.mesh.faces, take.character.mesh.faces)
    assert torch.allclose(skinned_vertices(back), skinned_vertices(take), atol=2e-5)
    assert reading.warnings == []

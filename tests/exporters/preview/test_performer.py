from dataclasses import replace

import pytest
import torch

from motionloom.core.data import Material, Take
from motionloom.exporters.preview.performer import performer_of


def with_glass(talk: Take, alpha: float) -> Take:
    """Every second face is of a material with that alpha."""
    mesh = talk.character.mesh
    chosen = torch.arange(len(mesh.faces)) % 2
    materials = (Material("skin"), Material("cornea", base_color=(1.0, 1.0, 1.0, alpha)))
    glazed = replace(mesh, face_materials=chosen)
    return replace(talk, character=replace(talk.character, mesh=glazed, materials=materials))


def test_what_lies_behind_glass_is_seen(talk: Take) -> None:
    faces = talk.character.mesh.faces
    drawn = performer_of(with_glass(talk, alpha=0.1), pytest.fail).surface
    assert torch.equal(drawn.faces, faces[::2]) and len(drawn.colours) == len(drawn.faces)


def test_what_is_not_clear_is_drawn(talk: Take) -> None:
    assert len(performer_of(with_glass(talk, alpha=0.6), pytest.fail).surface.faces) == len(talk.character.mesh.faces)

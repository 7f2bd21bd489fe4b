"""A walk to look at, of a skeleton alone and of a character with a face."""

from pathlib import Path

import pytest
import torch

from motionloom.core.data import FaceMotion, FaceRig, Take, bare_character
from motionloom.plugins.bvh.reader import read_bvh_file
from motionloom.plugins.render.bones import bones_character

WALK = Path(__file__).parents[3] / "pipelines/clips/walk.bvh"


@pytest.fixture(scope="session")
def walk() -> Take:
    """Twelve frames of a walk, of a skeleton alone."""
    motion = read_bvh_file(WALK).at(list(range(0, 48, 4)))
    return Take("walk", bare_character("walker", motion.skeleton), motion)


@pytest.fixture(scope="session")
def talk(walk: Take) -> Take:
    """The same, of a character with a surface and a shape that grows its head."""
    assert walk.motion is not None
    character = bones_character("talker", walk.motion.skeleton)
    head = walk.motion.skeleton.index("Head")
    deltas = 0.2 * torch.randn(character.mesh.vertices.shape, generator=torch.Generator().manual_seed(1))
    deltas[character.skin.joint_indices[:, 0] != head] = 0.0
    weights = torch.linspace(0, 1, len(walk)).unsqueeze(1)
    face = FaceMotion(("jawOpen",), weights, walk.fps)
    rigged = type(character)(**{**vars(character), "face_rig": FaceRig(("jawOpen",), deltas.unsqueeze(0))})
    return Take("talk", rigged, walk.motion, face)

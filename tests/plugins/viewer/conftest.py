"""Models to look at: a walking character with a face, in two takes, and a skeleton alone."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from motionloom.core.data import FaceMotion, FaceRig, Take, bare_character
from motionloom.plugins.bvh.reader import read_bvh_file
from motionloom.plugins.render.bones import bones_character
from motionloom.plugins.viewer.models import ViewedModel, prepare_takes

WALK = Path(__file__).parents[3] / "pipelines/clips/walk.bvh"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def walk() -> Take:
    motion = replace(read_bvh_file(WALK).at(list(range(60))), fps=24.0)
    return Take("walk", bare_character("walker", motion.skeleton), motion)


@pytest.fixture(scope="session")
def hero(walk: Take, folder: Path) -> ViewedModel:
    """Sixty frames of a walk at 24 fps with a jaw that opens, and ten of a rest at 30 fps."""
    assert walk.motion is not None
    character = bones_character("hero", walk.motion.skeleton)
    deltas = 0.05 * torch.randn(1, *character.mesh.vertices.shape, generator=torch.Generator().manual_seed(1))
    character = replace(character, face_rig=FaceRig(("jawOpen",), deltas))
    talk = FaceMotion(("jawOpen",), torch.linspace(0, 1, 60).unsqueeze(1), 24.0)
    rest = replace(walk.motion.at(list(range(10))), fps=30.0)
    takes = Take("walk", character, walk.motion, talk), Take("rest", character, rest)
    return prepare_takes(takes, "hero.fbx", folder / "model0.glb", warnings=("a joint was renamed",))


@pytest.fixture(scope="session")
def bones(walk: Take, folder: Path) -> ViewedModel:
    """The skeleton alone, as a file of motion has it."""
    return prepare_takes([walk], "walk.bvh", folder / "model1.glb")

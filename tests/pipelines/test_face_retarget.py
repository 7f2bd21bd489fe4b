"""`motionloom run face_retarget` with nothing but its defaults, and in the formats that it offers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from motionloom.core import check, run
from motionloom.core.data import ARKIT_SHAPES, Take
from motionloom.plugins.files.reader import read_file


def performed(folder: Path, suffix: str, **options: Any) -> Take:
    """The take that a run writes without a word of warning."""
    warnings: list[str] = []

    def hear(event: Mapping[str, Any]) -> None:
        if event["event"] == "node.warning":
            warnings.append(event["message"])

    found = run("face_retarget", {"scene": suffix}, out=folder, on_event=hear, **options)
    assert found.exit_code == 0 and warnings == []
    (take,) = read_file(folder / f"talk_livelink.{suffix}", warnings.append)
    return take


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("face_retarget")


@pytest.fixture(scope="module")
def glb(folder: Path) -> Take:
    return performed(folder, "glb")


def test_the_defaults_give_a_talking_head(glb: Take, folder: Path) -> None:
    assert (folder / "talk_livelink.png").is_file()
    assert glb.face is not None and set(glb.face.names) == set(ARKIT_SHAPES)
    assert len(glb.face) > 100
    rig = glb.character.face_rig
    assert rig is not None
    opened = rig.deltas[rig.names.index("jawOpen")].norm(dim=-1).max()
    assert 0.01 < float(opened) < 0.06


def test_the_head_nods_as_the_recording_has_it(glb: Take) -> None:
    assert glb.motion is not None
    turned = (glb.motion.rotations - glb.character.skeleton.rest_rotations).norm(dim=-1).amax(0)
    joints = {name for name, most in zip(glb.character.skeleton.names, turned.tolist(), strict=True) if most > 1e-3}
    assert joints == {"head"}


@pytest.mark.parametrize("suffix", ["fbx", "usdc"])
def test_the_same_performance_leaves_in_every_format(glb: Take, folder: Path, suffix: str) -> None:
    take = performed(folder, suffix, until=["shown"])
    assert take.face is not None and glb.face is not None
    columns = [take.face.names.index(name) for name in glb.face.names]
    torch.testing.assert_close(take.face.weights[:, columns], glb.face.weights, atol=1e-3, rtol=0.0)
    assert take.motion is not None and glb.motion is not None
    head, other = (one.skeleton.names.index("head") for one in (take.character, glb.character))
    facing = (take.motion.world()[0][:, head] * glb.motion.world()[0][:, other]).sum(-1).abs()
    assert facing.min() > 1 - 1e-5


def test_every_input_has_a_default() -> None:
    graph = check("face_retarget").graph
    assert all(one.default is not None for one in graph.inputs.values())

"""`motionloom run flame_to_arkit` on what ships with it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from motionloom.core import check, run
from motionloom.core.data import ARKIT_SHAPES, FaceMotion, Take
from motionloom.core.node import Context, spec_of
from motionloom.plugins.clips.nodes import talk
from motionloom.plugins.flame_arkit.nodes import flame_to_arkit
from motionloom.plugins.gltf.reader import read_gltf_file
from motionloom.plugins.livelink.reader import read_livelink_file


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flame_to_arkit")
    warnings: list[str] = []

    def hear(event: Mapping[str, Any]) -> None:
        if event["event"] == "node.warning":
            warnings.append(event["message"])

    assert run("flame_to_arkit", out=folder, on_event=hear).exit_code == 0
    assert warnings == []
    return folder


@pytest.fixture(scope="module")
def spoken() -> FaceMotion:
    """What the clip in FLAME's format was made of."""
    return talk(seconds=4.4, ctx=Context())


@pytest.fixture(scope="module")
def livelink(out: Path) -> FaceMotion:
    return read_livelink_file(out / "talk_flame.csv", warn=lambda message: None)


@pytest.fixture(scope="module")
def scene(out: Path) -> Take:
    (take,) = read_gltf_file(out / "talk_flame.glb", lambda message: None)
    return take


def columns(face: FaceMotion, names: tuple[str, ...]) -> Tensor:
    return face.weights[:, [face.names.index(name) for name in names]]


def test_the_recording_is_the_talk_that_the_clip_was_made_of(livelink: FaceMotion, spoken: FaceMotion) -> None:
    assert livelink.fps == spoken.fps and len(livelink) == len(spoken)
    off = columns(livelink, spoken.names) - spoken.weights
    assert off.abs().mean() < 3e-3 and off.abs().max() < 0.1


def test_the_scene_plays_the_same_weights_on_a_character_with_all_shapes(scene: Take, livelink: FaceMotion) -> None:
    assert scene.character.face_rig is not None and scene.face is not None
    assert set(scene.character.face_rig.names) == set(ARKIT_SHAPES)
    wanted = columns(livelink, scene.face.names)
    torch.testing.assert_close(scene.face.weights, wanted, atol=2e-3, rtol=0.0)
    assert wanted.amax() > 0.5


def test_the_report_has_every_frame_off_by_less_than_a_tenth_of_a_millimetre(out: Path, spoken: FaceMotion) -> None:
    report = json.loads((out / "talk_flame_residual.json").read_text(encoding="utf-8"))
    assert (report["frames"], report["fps"], report["unit"]) == (len(spoken), spoken.fps, "mm")
    assert len(report["rms"]["per_frame"]) == len(spoken)
    assert 0 < report["rms"]["mean"] <= report["rms"]["max"] == max(report["rms"]["per_frame"]) < 0.1


def test_nothing_else_is_written(out: Path) -> None:
    names = {path.name for path in out.iterdir()}
    assert names == {"talk_flame.csv", "talk_flame.glb", "talk_flame_residual.json", "run.json"}


def test_its_inputs_have_the_defaults_of_the_node() -> None:
    graph = check("flame_to_arkit").graph
    shared = [one for one in spec_of(flame_to_arkit).parameters if one.name in graph.inputs]
    assert {one.name for one in shared} == {"method", "smooth", "exclusion"}
    for parameter in shared:
        default = graph.inputs[parameter.name].default
        assert default is not None and default.plain == parameter.plain_default

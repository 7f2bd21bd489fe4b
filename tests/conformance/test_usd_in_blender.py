"""Blender's USD importer, where an interpreter with `bpy` is named by MOTIONLOOM_BPY_PYTHON, sees what was exported."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import synthetic
from usd_oracle import ten_frames
from usd_takes import default_take, parts_take

from motionloom.core.data import Take, bare_character, rest_pose, skinned_vertices
from motionloom.exporters.usd.writer import write_usd

INTERPRETER = os.environ.get("MOTIONLOOM_BPY_PYTHON")
TOLERANCE = 5e-5
"""Metres. Blender keeps bones as head, tail and roll in single precision."""

pytestmark = pytest.mark.skipif(INTERPRETER is None, reason="MOTIONLOOM_BPY_PYTHON names no interpreter with bpy")


def read_in_blender(path: Path, frames: list[int]) -> tuple[dict[str, Any], np.ndarray]:
    """What Blender reports of a file, and the vertices that it poses."""
    job, report, vertices = (path.with_name(name) for name in ("job.json", "report.json", "vertices.f32"))
    job.write_text(json.dumps({"path": str(path), "frames": frames, "vertices": str(vertices)}))
    script = Path(__file__).with_name("read_usd_in_blender.py")
    finished = subprocess.run(
        [str(INTERPRETER), str(script), str(job), str(report)], capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr[-4000:]
    return json.loads(report.read_text()), np.fromfile(vertices, dtype="<f4").reshape(len(frames), -1, 3)


def in_order_of_parts(vertices: np.ndarray, meshes: list[dict[str, Any]], take: Take) -> np.ndarray:
    """Blender's meshes come by name; the character's parts have an order of their own."""
    if len(meshes) < 2:
        return vertices
    ends = np.cumsum([mesh["vertices"] for mesh in meshes])[:-1]
    named = dict(zip([mesh["name"] for mesh in meshes], np.split(vertices, ends, axis=1), strict=True))
    return np.concatenate([named[re.sub(r"\W", "_", part.name)] for part in take.character.mesh.parts], axis=1)


def assert_blender_agrees(take: Take, path: Path) -> dict[str, Any]:
    """Frames, bind pose and every vertex are the take's; gives what Blender saw besides."""
    frames = ten_frames(take)
    found, vertices = read_in_blender(path, frames)
    assert found["span"] == [0, len(take) - 1]
    assert set(map(tuple, found["actions"].values())) == {(0.0, len(take) - 1.0)}
    rest = dict(zip(take.character.skeleton.names, rest_pose(take.character.skeleton)[1].tolist(), strict=True))
    names = {re.sub(r"\W", "_", name): place for name, place in rest.items()}
    for name, head in zip(found["joints"], found["heads"], strict=True):
        assert head == pytest.approx(names.pop(name), abs=TOLERANCE)
    assert not names
    vertices = in_order_of_parts(vertices, found["meshes"], take)
    expected = skinned_vertices(take)[frames].numpy()
    assert np.linalg.norm(vertices - expected, axis=-1).max(initial=0.0) < TOLERANCE
    return found


@pytest.mark.parametrize("suffix", [".usda", ".usdc", ".usdz"])
def test_blender_sees_names_frames_pictures_and_every_vertex(suffix: str, tmp_path: Path) -> None:
    take = parts_take(41)
    found = assert_blender_agrees(take, write_usd([take], tmp_path / f"take{suffix}")[0])
    low, hat = found["meshes"]
    assert (low["name"], hat["name"]) == ("body_low", "hat_1")
    assert low["shapes"] == ["jaw.Open", "eyeBlinkLeft", "nothing", "ふくれ"]
    assert hat["shapes"] == ["jaw.Open", "ふくれ"]
    assert (set(low["materials"]), hat["materials"]) == ({"skin", "eye_L"}, ["hat"])
    assert [size for _, size in found["pictures"]] == [[8, 8]]
    assert "wave_1" in found["actions"]
    corners = take.character.mesh.uv[low["corners"]].numpy()
    assert np.allclose(np.array(low["uv"]), corners * (1, -1) + (0, 1), atol=1e-6)


def test_blender_sees_the_default_character(tmp_path: Path) -> None:
    take = default_take(31, 24.0)
    found = assert_blender_agrees(take, write_usd([take], tmp_path / "sway.usdc")[0])
    shapes = {shape for mesh in found["meshes"] for shape in mesh["shapes"]}
    assert shapes == set(take.face.names)


def test_blender_sees_separate_layers_in_centimetres_with_z_up(tmp_path: Path) -> None:
    take = synthetic.take(41)
    assert_blender_agrees(take, write_usd([take], tmp_path / "take.usda", layers="separate", up="z", unit="cm")[0])


def test_blender_sees_the_first_of_several_takes(tmp_path: Path) -> None:
    first = parts_take(41)
    other = Take("other", first.character, parts_take(11).motion)
    assert_blender_agrees(first, write_usd([first, other], tmp_path / "several.usdc")[0])


def test_blender_sees_a_bare_skeleton(tmp_path: Path) -> None:
    bones = synthetic.skeleton()
    take = Take("walk", bare_character("bones", bones), synthetic.motion(bones, 31))
    found = assert_blender_agrees(take, write_usd([take], tmp_path / "bones.usdc")[0])
    assert (found["meshes"], list(found["actions"])) == ([], ["walk"])

"""Blender, where an interpreter with `bpy` is named by MOTIONLOOM_BPY_PYTHON, sees what was exported."""

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import synthetic
import torch
from gltf_takes import default_take, dressed_take

from motionloom.core.data import Take, bare_character, skinned_vertices
from motionloom.exporters.gltf.nodes import export_gltf

INTERPRETER = os.environ.get("MOTIONLOOM_BPY_PYTHON")
FRAMES = [0, 10, 20, 40]
TOLERANCE = 1e-4
"""Metres. Blender keeps bones as head, tail and roll in single precision."""

pytestmark = pytest.mark.skipif(INTERPRETER is None, reason="MOTIONLOOM_BPY_PYTHON names no interpreter with bpy")


def read_in_blender(takes: Sequence[Take], folder: Path, **options: Any) -> tuple[dict[str, Any], np.ndarray]:
    """What Blender reports of takes in a file, and the vertices that it poses at `FRAMES` of the first."""
    jobs, report, vertices = folder / "jobs.json", folder / "report.json", folder / "vertices.f32"
    path = export_gltf(takes, path=folder / "take.glb", **options).path
    jobs.write_text(
        json.dumps([{"path": str(path), "fps": int(takes[0].fps), "frames": FRAMES, "vertices": str(vertices)}])
    )
    script = Path(__file__).with_name("read_in_blender.py")
    finished = subprocess.run(
        [str(INTERPRETER), str(script), str(jobs), str(report)], capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr[-4000:]
    (found,) = json.loads(report.read_text())
    return found, np.fromfile(vertices, dtype="<f4").reshape(len(FRAMES), -1, 3)


def far(vertices: np.ndarray, expected: torch.Tensor) -> float:
    return float(np.linalg.norm(vertices - expected.numpy(), axis=-1).max())


# Whole rates only: Blender's importer multiplies by `fps_base` where it should divide.
@pytest.mark.parametrize("fps", [24.0, 30.0, 60.0, 120.0])
def test_blender_sees_names_frames_and_every_vertex(fps: float, tmp_path: Path) -> None:
    take = synthetic.take(frames=41, fps=fps)
    found, vertices = read_in_blender([take], tmp_path)
    assert found["armature"] == "tube_skeleton"
    assert set(found["joints"]) == set(synthetic.NAMES)
    (mesh,) = found["meshes"]
    assert mesh["shapes"] == list(synthetic.SHAPES)
    assert list(found["actions"]) == ["wave"]
    assert found["actions"]["wave"] == pytest.approx([0, 40], abs=1e-3)
    assert far(vertices, skinned_vertices(take)[FRAMES]) < TOLERANCE


@pytest.mark.parametrize("options", [{}, {"quantize": True}, {"tolerance": 1e-4}], ids=str)
def test_blender_poses_the_default_character(options: dict[str, Any], tmp_path: Path) -> None:
    take = default_take(41)
    found, vertices = read_in_blender([take], tmp_path, **options)
    parts = take.character.mesh.parts
    runs = dict(
        zip((part.name for part in parts), torch.arange(13_718).split([p.vertices for p in parts]), strict=True)
    )
    rows = torch.cat([runs[mesh["name"]] for mesh in found["meshes"]])
    assert far(vertices, skinned_vertices(take)[FRAMES][:, rows]) < (3 * TOLERANCE if options else TOLERANCE)


def test_blender_sees_parts_materials_pictures_and_several_takes(tmp_path: Path) -> None:
    takes = [dressed_take(41), dressed_take(31, "run")]
    found, vertices = read_in_blender(takes, tmp_path)
    assert [mesh["name"] for mesh in found["meshes"]] == ["legs", "top"]
    assert [mesh["materials"] for mesh in found["meshes"]] == [["skin", "steel"], ["glass", "cloth"]]
    assert [mesh["uv"] for mesh in found["meshes"]] == [1, 1]
    assert found["images"] == {"checker": [256, 256]}
    assert {name: span[1] for name, span in found["actions"].items()} == pytest.approx({"wave": 40, "run": 30})
    # Blender gives every material vertices of its own.
    mesh = takes[0].character.mesh
    own = [mesh.faces[mesh.face_materials == material].unique() for material in range(4)]
    assert far(vertices, skinned_vertices(takes[0])[FRAMES][:, torch.cat(own)]) < TOLERANCE


def test_blender_sees_an_armature_that_moves_without_a_mesh(tmp_path: Path) -> None:
    bones = synthetic.skeleton()
    take = Take("walk", bare_character("bare", bones), synthetic.motion(bones, 41))
    found, joints = read_in_blender([take, replace(take, name="again")], tmp_path)
    assert found["armature"] == "bare_skeleton"
    assert found["meshes"] == []
    assert set(found["actions"]) == {"walk", "again"}
    order = [bones.index(name) for name in sorted(bones.names)]
    assert far(joints, take.motion.world()[1][FRAMES][:, order]) < TOLERANCE

"""Blender, where an interpreter with `bpy` is named by MOTIONLOOM_BPY_PYTHON, sees what was exported."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import synthetic

from motionloom.core.data import Take, skinned_vertices
from motionloom.exporters.gltf.nodes import export_gltf

INTERPRETER = os.environ.get("MOTIONLOOM_BPY_PYTHON")
FRAMES = [0, 10, 20, 40]
TOLERANCE = 1e-4
"""Metres. Blender keeps bones as head, tail and roll in single precision."""

pytestmark = pytest.mark.skipif(INTERPRETER is None, reason="MOTIONLOOM_BPY_PYTHON names no interpreter with bpy")


def read_in_blender(take: Take, folder: Path) -> tuple[dict[str, Any], np.ndarray]:
    """What Blender reports, and the vertices it poses at `FRAMES`."""
    jobs, report, vertices = folder / "jobs.json", folder / "report.json", folder / "vertices.f32"
    path = export_gltf(take, path=folder / "take.glb").path
    jobs.write_text(
        json.dumps([{"path": str(path), "fps": int(take.fps), "frames": FRAMES, "vertices": str(vertices)}])
    )
    script = Path(__file__).with_name("read_in_blender.py")
    finished = subprocess.run(
        [str(INTERPRETER), str(script), str(jobs), str(report)], capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr[-4000:]
    (found,) = json.loads(report.read_text())
    return found, np.fromfile(vertices, dtype="<f4").reshape(len(FRAMES), -1, 3)


# Whole rates only: Blender's importer multiplies by `fps_base` where it should divide.
@pytest.mark.parametrize("fps", [24.0, 30.0, 120.0])
def test_blender_sees_names_frames_and_every_vertex(fps: float, tmp_path: Path) -> None:
    take = synthetic.take(frames=41, fps=fps)
    found, vertices = read_in_blender(take, tmp_path)
    assert found["armature"] == "tube_skeleton"
    assert set(found["joints"]) == set(synthetic.NAMES)
    assert found["shapes"] == list(synthetic.SHAPES)
    (action,) = found["actions"]
    assert action["name"] == "wave"
    assert action["range"] == pytest.approx([0, 40], abs=1e-3)
    expected = skinned_vertices(take)[FRAMES]
    assert np.linalg.norm(vertices - expected.numpy(), axis=-1).max() < TOLERANCE

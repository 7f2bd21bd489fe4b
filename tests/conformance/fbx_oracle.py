"""Files judged by FBX readers that nobody here wrote: ufbx, three.js, Autodesk's SDK (in fbx2gltf) and Blender.

three.js and fbx2gltf come with `npm ci --prefix tests/conformance`; Blender is an interpreter with
`bpy` that MOTIONLOOM_BPY_PYTHON names.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from gltf_oracle import readings as gltf_readings
from numpy.typing import NDArray
from pygltflib import GLTF2

from motionloom.core.data import Character, Take, map_tensors, skinned_vertices
from motionloom.core.node import Context
from motionloom.exporters.fbx.nodes import export_fbx

FOLDER = Path(__file__).parent
SDK = FOLDER / "node_modules" / "fbx2gltf" / "bin" / "Linux" / "FBX2glTF"
BLENDER = os.environ.get("MOTIONLOOM_BPY_PYTHON")

TOLERANCE = 5e-5
"""Metres between a corner that a reader poses and the same corner posed by motionloom in float64."""

TOLERANCE_OF_BLENDER_PYTHON = 1e-4

requires_three = pytest.mark.skipif(
    shutil.which("node") is None or not (FOLDER / "node_modules" / "three").is_dir(),
    reason="three.js is not installed: npm ci --prefix tests/conformance",
)
requires_sdk = pytest.mark.skipif(
    sys.platform != "linux" or not SDK.is_file(),
    reason="fbx2gltf is not installed: npm ci --prefix tests/conformance",
)
requires_blender = pytest.mark.skipif(BLENDER is None, reason="MOTIONLOOM_BPY_PYTHON names no interpreter with bpy")


@dataclass(frozen=True)
class Job:
    """A file, and what of it is looked at.

    Args:
        path: the file.
        take: what was written into it and is played.
        frames: which frames are posed.
        takes: how many were written with it.
    """

    path: Path
    take: Take
    frames: list[int]
    takes: int = 1

    @property
    def times(self) -> list[float]:
        """When the frames are, in seconds."""
        return [frame / self.take.fps for frame in self.frames]


@dataclass(frozen=True)
class Reading:
    """What a reader saw.

    Args:
        facts: what it reports.
        corners: (frames, corners, 3) of all triangles of all meshes, metres, Y up.
    """

    facts: dict[str, Any]
    corners: NDArray[np.float32]


def written(folder: Path, *takes: Take, frames: list[int] | None = None, **options: Any) -> Job:
    """Export takes, and ask for ten frames of the first one."""
    path = export_fbx(takes, path=folder / f"{takes[0].name}.fbx", backend="builtin", ctx=Context(), **options).path
    return Job(path, takes[0], frames or ten_frames(takes[0]), len(takes))


def ten_frames(take: Take) -> list[int]:
    """The first, the last, and eight between."""
    return sorted({round(k * (len(take) - 1) / 9) for k in range(10)})


def read_with_ufbx(jobs: Sequence[Job]) -> list[Reading]:
    """What ufbx sees."""
    return _read([sys.executable, str(FOLDER / "read_fbx_in_ufbx.py")], jobs, lambda job: {"times": job.times})


def read_with_three(jobs: Sequence[Job]) -> list[Reading]:
    """What three.js sees."""
    return _read(["node", str(FOLDER / "read_fbx.mjs")], jobs, lambda job: {"times": job.times})


def read_with_blender(jobs: Sequence[Job], importer: str) -> list[Reading]:
    """What Blender sees through its `python` or its `c++` importer."""

    def more(job: Job) -> dict[str, Any]:
        meshes = mesh_names(job.take.character)
        return {"times": job.times, "importer": importer, "meshes": meshes, "several": job.takes > 1}

    return _read([str(BLENDER), str(FOLDER / "read_fbx_in_blender.py")], jobs, more)


def mesh_names(who: Character) -> list[str]:
    """What the objects of a character's file are called."""
    return [part.name for part in who.mesh.parts] or [who.name] * bool(len(who.mesh.vertices))


def _read(command: list[str], jobs: Sequence[Job], more: Callable[[Job], dict[str, Any]]) -> list[Reading]:
    with tempfile.TemporaryDirectory() as folder:
        outputs = [Path(folder, f"{number}.f32") for number in range(len(jobs))]
        asked = [
            {"path": str(job.path), "take": job.take.name, "corners": str(output), **more(job)}
            for job, output in zip(jobs, outputs, strict=True)
        ]
        Path(folder, "jobs.json").write_text(json.dumps(asked))
        _run([*command, f"{folder}/jobs.json", f"{folder}/report.json"])
        reports = json.loads(Path(folder, "report.json").read_text())
        corners = [
            np.fromfile(output, dtype="<f4").reshape(len(job.frames), -1, 3)
            for job, output in zip(jobs, outputs, strict=True)
        ]
        return [Reading(facts, found) for facts, found in zip(reports, corners, strict=True)]


def _run(command: list[str]) -> None:
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, f"{command[0]} could not read the files:\n{finished.stderr[-4000:]}"


def read_with_sdk(job: Job, folder: Path) -> tuple[dict[str, Any], float]:
    """What Autodesk's SDK sees of a take whose vertices are `numbered`, and the largest distance between vertices.

    fbx2gltf samples the animation 30 times a second, and orders vertices as it likes.
    """
    target = folder / "sdk"
    SDK.chmod(0o755)
    _run([str(SDK), "--binary", "--anim-framerate", "bake30", "-i", str(job.path), "-o", str(target)])
    glb = target.with_name(f"{target.name}.glb")
    samples = [round(time * 30) for time in job.times]
    (seen,) = gltf_readings([glb], [job.take.name], [np.array(samples, dtype=np.float32) / 30])
    document = GLTF2().load(glb)
    assert document is not None
    expected = _at_times(job.take, [sample / 30 for sample in samples])
    numbers = _numbers(document)
    farthest = np.linalg.norm(seen.vertices - expected[:, numbers], axis=-1).max()
    facts = {
        "joints": [document.nodes[joint].name for joint in document.skins[0].joints],
        "meshes": [document.nodes[n].name for n in range(len(document.nodes)) if document.nodes[n].mesh is not None],
        "shapes": max(len(mesh.primitives[0].targets or []) for mesh in document.meshes),
        "takes": [animation.name for animation in document.animations],
        "durations": [animation["duration"] for animation in seen.animations],
    }
    return facts, float(farthest)


def numbered(take: Take) -> Take:
    """The take with the number of each vertex as its texture coordinate, which no reader loses."""
    mesh = take.character.mesh
    number = torch.arange(len(mesh.vertices))
    uv = torch.stack((number % 256, number // 256), -1) / 256.0
    return replace(take, character=replace(take.character, mesh=replace(mesh, uv=uv)))


def _numbers(document: GLTF2) -> NDArray[np.int64]:
    """The number of each vertex, mesh after mesh."""
    found = []
    for mesh in document.meshes:
        (primitive,) = mesh.primitives
        accessor = document.accessors[primitive.attributes.TEXCOORD_0]
        view = document.bufferViews[accessor.bufferView]
        start = (view.byteOffset or 0) + (accessor.byteOffset or 0)
        found.append(np.frombuffer(document.binary_blob(), "<f4", 2 * accessor.count, start).reshape(-1, 2))
    return np.rint(np.concatenate(found) @ (256.0, 65536.0)).astype(np.int64)


def _at_times(take: Take, times: Sequence[float]) -> NDArray[np.float64]:
    """Vertices at times that may lie between frames, a little; they move straight on there."""
    moments = np.minimum(np.array(times) * take.fps, len(take) - 1)
    before = np.minimum(np.floor(moments).astype(int), max(len(take) - 2, 0))
    share = (moments - before)[:, None, None]
    after = np.minimum(before + 1, len(take) - 1)
    return (1 - share) * _posed(take, before.tolist()) + share * _posed(take, after.tolist())


def _posed(take: Take, frames: list[int]) -> NDArray[np.float64]:
    precise = map_tensors(take, lambda tensor: tensor.double() if tensor.is_floating_point() else tensor)
    chosen = [skinned_vertices(precise, slice(frame, frame + 1)) for frame in frames]
    return torch.cat(chosen).numpy()


def distance(job: Job, reading: Reading) -> float:
    """The largest distance between a corner and where motionloom has it, metres."""
    corners = job.take.character.mesh.faces.reshape(-1).numpy()
    expected = _posed(job.take, job.frames)[:, corners]
    assert reading.corners.shape == expected.shape
    return float(np.linalg.norm(reading.corners - expected, axis=-1).max())

"""Files judged by glTF readers that nobody here wrote: gltf-validator and three.js, in Node.

Install them once with `npm ci --prefix tests/conformance`.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from motionloom.core.data import Take, map_tensors, rest_pose, skinned_vertices

FOLDER = Path(__file__).parent
TOLERANCE = 1e-5
"""Metres between a vertex that three.js poses and the same vertex posed by motionloom in float64."""

FRAMES_AT_ONCE = 32
"""How many frames are compared together, to keep memory bounded."""


def missing_reader() -> str | None:
    """Why the readers cannot run here; None where they can."""
    if shutil.which("node") is None:
        return "Node is not installed"
    if not (FOLDER / "node_modules" / "three").is_dir():
        return "three.js is not installed: npm ci --prefix tests/conformance"
    return None


requires_three = pytest.mark.skipif(missing_reader() is not None, reason=str(missing_reader()))
"""Skips a test where the readers are not installed, and says so."""


@dataclass(frozen=True)
class Reading:
    """What the readers saw in a file.

    Args:
        complaints: errors and warnings of gltf-validator.
        joints: names, in the order of the skin.
        bones: whether three.js takes all of them for bones.
        meshes: name, vertices, shapes and primitives (material, triangles) of each, in order.
        animations: name, duration in seconds and extras of each.
        vertices: (frames, V, 3) of all meshes as three.js poses them at the frames asked for,
            metres; of the joints where there is no mesh.
    """

    complaints: list[str]
    joints: tuple[str, ...]
    bones: bool
    meshes: list[dict[str, Any]]
    animations: list[dict[str, Any]]
    vertices: NDArray[np.float32]


def readings(files: Sequence[Path], names: Sequence[str], times: Sequence[NDArray[np.float32]]) -> Iterator[Reading]:
    """Read .glb and .gltf files in one Node process.

    Args:
        files: what to read.
        names: for each file, the animation to play.
        times: for each file, the seconds at which to pose it.
    """
    with tempfile.TemporaryDirectory() as folder:
        jobs, report = Path(folder, "jobs.json"), Path(folder, "report.json")
        outputs = [Path(folder, f"{number}.f32") for number in range(len(files))]
        described = zip(files, names, times, outputs, strict=True)
        keys = ("path", "animation", "times", "vertices")
        tasks = [
            dict(zip(keys, (str(file), name, moments.tolist(), str(output)), strict=True))
            for file, name, moments, output in described
        ]
        jobs.write_text(json.dumps(tasks))
        _run_node(jobs, report)
        for found, moments, output in zip(json.loads(report.read_text()), times, outputs, strict=True):
            issues = [message for message in found.pop("issues")["messages"] if message["severity"] < 2]
            complaints = [f"{issue['code']} at {issue.get('pointer')}: {issue['message']}" for issue in issues]
            vertices = np.fromfile(output, dtype="<f4").reshape(len(moments), -1, 3)
            joints = tuple(found.pop("joints"))
            yield Reading(complaints=complaints, joints=joints, vertices=vertices, **found)


def _run_node(jobs: Path, report: Path) -> None:
    command = ["node", str(FOLDER / "read_gltf.mjs"), str(jobs), str(report)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, f"three.js could not read the files:\n{finished.stderr[-4000:]}"


def assert_conforms(take: Take, path: Path, every: int = 10, tolerance: float = TOLERANCE) -> float:
    """Assert that the readers see in a file what the take is; see `assert_all_conform`."""
    return assert_all_conform([(take, path)], every, tolerance)[0]


def assert_all_conform(
    written: Sequence[tuple[Take, Path]], every: int = 10, tolerance: float = TOLERANCE
) -> list[float]:
    """Assert that the readers see in files what the takes are.

    gltf-validator has neither error nor warning; joints, shapes, animation, frame rate and frame
    count are the take's; and three.js poses every vertex within a tolerance of where
    `skinned_vertices` has it, every joint where there is no mesh.

    Args:
        written: takes and the files that hold them; a file of several takes comes once for each.
        every: look at each so-many-th frame, and at the last.
        tolerance: metres.

    Returns:
        The largest distance between two vertices, in metres, of each file.
    """
    frames = [_chosen_frames(take, every) for take, _ in written]
    times = [
        (np.array(chosen) / take.fps).astype(np.float32) for chosen, (take, _) in zip(frames, written, strict=True)
    ]
    files, names = [path for _, path in written], [take.name for take, _ in written]
    distances = []
    for (take, path), chosen, reading in zip(written, frames, readings(files, names, times), strict=True):
        _assert_structure(take, path, reading)
        distances.append(_largest_distance(take, chosen, reading))
        assert distances[-1] <= tolerance, f"{path.name}: a vertex is {distances[-1]:.2e} m from where it belongs"
    return distances


def _chosen_frames(take: Take, every: int) -> list[int]:
    return sorted({*range(0, len(take), every), len(take) - 1})


def _assert_structure(take: Take, path: Path, reading: Reading) -> None:
    assert not reading.complaints, f"{path.name}: {reading.complaints}"
    assert reading.joints == take.character.skeleton.names
    assert reading.bones
    _assert_meshes(take, reading)
    if take.motion is None and take.face is None:
        assert reading.animations == []
        return
    (animation,) = (found for found in reading.animations if found["name"] == take.name)
    assert animation["extras"] == {"fps": take.fps, "frames": len(take)}
    assert animation["duration"] == float(np.float32((len(take) - 1) / take.fps))


def _assert_meshes(take: Take, reading: Reading) -> None:
    who = take.character
    parts = who.mesh.parts
    if parts:
        assert [(mesh["name"], mesh["vertices"]) for mesh in reading.meshes] == [(p.name, p.vertices) for p in parts]
    shapes = [tuple(mesh["shapes"]) for mesh in reading.meshes]
    names = who.face_rig.names if who.face_rig else ()
    assert {name for found in shapes for name in found} == set(names)
    assert all(tuple(name for name in names if name in found) == found for found in shapes)
    triangles = sum(primitive["triangles"] for mesh in reading.meshes for primitive in mesh["primitives"])
    assert triangles == len(who.mesh.faces)


def _largest_distance(take: Take, frames: list[int], reading: Reading) -> float:
    precise = map_tensors(take, _in_double)
    largest = 0.0
    for start in range(0, len(frames), FRAMES_AT_ONCE):
        batch = slice(start, start + FRAMES_AT_ONCE)
        expected = _expected(_at(precise, frames[batch]))
        distances = (expected - torch.from_numpy(reading.vertices[batch])).norm(dim=-1)
        largest = max(largest, float(distances.max()))
    return largest


def _expected(take: Take) -> Tensor:
    if len(take.character.mesh.vertices):
        return skinned_vertices(take)
    return take.motion.world()[1] if take.motion else rest_pose(take.character.skeleton)[1][None]


def _at(take: Take, frames: list[int]) -> Take:
    motion, face = take.motion, take.face
    return replace(
        take,
        motion=motion and motion.at(frames),
        face=face and replace(face, weights=face.weights[frames], head=None, left_eye=None, right_eye=None),
    )


def _in_double(tensor: Tensor) -> Tensor:
    return tensor.double() if tensor.is_floating_point() else tensor

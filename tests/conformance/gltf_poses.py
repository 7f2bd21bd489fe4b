"""What three.js shows of a glTF file that somebody else wrote, beside what was read from it."""

import json
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gltf_oracle import FOLDER, TOLERANCE
from numpy.typing import NDArray
from torch import Tensor

from motionloom.core.data import Take, map_tensors, rest_pose, skinned_vertices


@dataclass(frozen=True)
class Showing:
    """A take, and the animation of the file that it was read from.

    Args:
        take: what was read.
        path: the file.
        animation: the number of the animation in it; None for a still take.
    """

    take: Take
    path: Path
    animation: int | None

    @property
    def frames(self) -> list[int]:
        """Ten frames, first and last among them."""
        return np.unique(np.linspace(0, len(self.take) - 1, 10).round().astype(int)).tolist()


def assert_shown_alike(showings: Sequence[Showing]) -> list[float]:
    """Assert that three.js has every vertex and every joint where the takes have them, and gives the farthest miss.

    Args:
        showings: takes and their files; the names of meshes and joints in a file must be unique.
    """
    with tempfile.TemporaryDirectory() as folder:
        outputs = [Path(folder, f"{number}.f32") for number in range(len(showings))]
        reports = _posed(showings, outputs, Path(folder))
        found = [_miss(*one) for one in zip(showings, reports, outputs, strict=True)]
        print(max(found))
        return found


def _posed(showings: Sequence[Showing], outputs: Sequence[Path], folder: Path) -> list[dict[str, Any]]:
    jobs = [
        {
            "path": str(one.path),
            "animation": one.animation,
            "fps": one.take.fps,
            "frames": one.frames,
            "output": str(output),
        }
        for one, output in zip(showings, outputs, strict=True)
    ]
    (folder / "jobs.json").write_text(json.dumps(jobs))
    command = ["node", str(FOLDER / "pose_gltf.mjs"), str(folder / "jobs.json"), str(folder / "report.json")]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, f"three.js could not read the files:\n{finished.stderr[-4000:]}"
    return json.loads((folder / "report.json").read_text())


def _miss(showing: Showing, report: dict[str, Any], output: Path) -> float:
    take, name = showing.take, f"{showing.path.name}, {showing.take.name}"
    if showing.animation is not None:
        assert abs(report["end"] - report["start"] - (len(take) - 1) / take.fps) < 1e-4, f"{name}: of another length"
    total = sum(count for _, count in report["meshes"])
    seen = np.fromfile(output, "<f4").reshape(len(showing.frames), total + len(report["nodes"]), 3)
    surface = _by_part(seen[:, :total], report["meshes"], [part.name for part in take.character.mesh.parts])
    nodes = [report["nodes"].index(joint) for joint in take.character.skeleton.names]
    precise = map_tensors(_at(take, showing.frames), _in_double)
    misses = [
        _farthest(skinned_vertices(precise), surface),
        _farthest(_joints(precise), seen[:, total:][:, nodes]),
    ]
    assert max(misses) <= TOLERANCE, f"{name}: vertices are {misses[0]:.2e} m off, joints {misses[1]:.2e} m"
    return max(misses)


def _by_part(seen: NDArray[np.float32], meshes: list[tuple[str, int]], parts: list[str]) -> NDArray[np.float32]:
    starts = np.cumsum([0, *(count for _, count in meshes)])
    rows = {name: np.arange(start, start + count) for (name, count), start in zip(meshes, starts[:-1], strict=True)}
    assert set(parts) == set(rows)
    return seen[:, np.concatenate([rows[part] for part in parts])] if parts else seen


def _joints(take: Take) -> Tensor:
    """(frames, J, 3) world positions."""
    return rest_pose(take.character.skeleton)[1][None] if take.motion is None else take.motion.world()[1]


def _farthest(own: Tensor, seen: NDArray[np.float32]) -> float:
    return float((own - torch.from_numpy(seen)).norm(dim=-1).max()) if own.numel() else 0.0


def _at(take: Take, frames: list[int]) -> Take:
    motion, face = take.motion, take.face
    chosen = face and replace(face, weights=face.weights[frames])
    return replace(take, motion=motion and motion.at(frames), face=chosen)


def _in_double(tensor: Tensor) -> Tensor:
    return tensor.double() if tensor.is_floating_point() else tensor

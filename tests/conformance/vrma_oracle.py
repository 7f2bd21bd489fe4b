"""VRM animations judged by pixiv's player, which nobody here wrote, on three.js in Node.

Install it once with `npm ci --prefix tests/conformance`.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from motionloom.core.data import Take, local_rotations, quat_action
from motionloom.core.data.skeleton import Skeleton
from motionloom.exporters.vrma.humanoid import Humanoid

FOLDER = Path(__file__).parent

TOLERANCE = 1e-4
"""Metres between a bone that the player poses and the joint of the take."""


def missing_player() -> str | None:
    """Why the player cannot run here; None where it can."""
    if shutil.which("node") is None:
        return "Node is not installed"
    if not (FOLDER / "node_modules" / "@pixiv" / "three-vrm-animation").is_dir():
        return "three-vrm-animation is not installed: npm ci --prefix tests/conformance"
    return None


requires_player = pytest.mark.skipif(missing_player() is not None, reason=str(missing_player()))
"""Skips a test where the player is not installed, and says so."""


def rig_in_t_pose(humanoid: Humanoid) -> list[list[Any]]:
    """The humanoid as a model has it: its joints keep the rig's own axes, whatever they are."""
    world = humanoid.rotations[[joints[0] for joints in humanoid.joints]]
    bare = Skeleton(humanoid.names, humanoid.parents, humanoid.positions, world)
    local = local_rotations(bare, world)
    bones: list[list[Any]] = []
    for bone, (name, parent) in enumerate(zip(humanoid.names, humanoid.parents, strict=True)):
        offset = humanoid.offsets[bone]
        if parent >= 0:
            offset = quat_action(world[parent] * offset.new_tensor([-1, -1, -1, 1]), offset)
        above = humanoid.names[parent] if parent >= 0 else None
        bones.append([name, above, offset.tolist(), local[bone].tolist()])
    return bones


def played(path: Path, take: Take, humanoid: Humanoid, frames: list[int], folder: Path) -> dict[str, Any]:
    """What the player makes of a file at some frames, on the take's own character in its T-pose."""
    shapes = list(take.face.names) if take.face is not None else []
    times = (np.array(frames) / take.fps).astype(np.float32).tolist()
    job = {"path": str(path), "times": times, "bones": rig_in_t_pose(humanoid), "expressions": shapes}
    jobs, report = folder / "jobs.json", folder / "report.json"
    jobs.write_text(json.dumps([job]))
    command = ["node", str(FOLDER / "read_vrma.mjs"), str(jobs), str(report)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, f"the player could not read the file:\n{finished.stderr[-4000:]}"
    (result,) = json.loads(report.read_text())
    return result


def assert_plays(path: Path, take: Take, humanoid: Humanoid, frames: list[int], folder: Path) -> dict[str, float]:
    """Assert that validator and player take the file as it is meant; gives the largest errors.

    Every bone stands within `TOLERANCE` of its joint and is turned as it is, on the character and in
    the file's own nodes; every expression has its shape's weight.
    """
    result = played(path, take, humanoid, frames, folder)
    bad = [message for message in result["issues"]["messages"] if message["severity"] < 2]
    assert not bad and not result["complaints"], (bad, result["complaints"])
    assert abs(result["duration"] - (len(take) - 1) / take.fps) < 1e-5
    rotations, positions = (part[frames] for part in take.motion.world())
    starts, ends = ([joints[end] for joints in humanoid.joints] for end in (0, -1))
    expected = positions[:, starts].double()
    errors: dict[str, float] = {}
    for key in ("positions", "own"):
        found = torch.tensor([frame[key] for frame in result["frames"]], dtype=torch.float64)
        errors[key] = float((found - expected).norm(dim=-1).max())
        assert errors[key] < TOLERANCE, f"{key}: a bone is {errors[key]:.2e} m from its joint"
    turned = torch.tensor([frame["rotations"] for frame in result["frames"]], dtype=torch.float64)
    wanted = rotations[:, ends].double()
    apart = torch.minimum((turned - wanted).norm(dim=-1), (turned + wanted).norm(dim=-1))
    errors["degrees"] = float(torch.rad2deg(2 * apart).max())
    assert errors["degrees"] < 1e-3
    _assert_face(result, take, frames)
    return errors


def _assert_face(result: dict[str, Any], take: Take, frames: list[int]) -> None:
    if take.face is None:
        assert result["presets"] == result["custom"] == []
        return
    assert result["custom"] == list(take.face.names)
    for row, frame in enumerate(frames):
        for name, weight in zip(take.face.names, take.face.weights[frame].tolist(), strict=True):
            assert abs(result["frames"][row]["weights"][name] - weight) < 1e-5

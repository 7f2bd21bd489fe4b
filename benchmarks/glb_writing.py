"""Write a take as GLB, beside Blender's glTF exporter on the same take.

    python benchmarks/glb_writing.py [--frames 1000] [--blender-python /path/to/python]

The take is the default character, 104 joints and 52 face shapes all moving on every frame. Blender
runs as the module `bpy` (`pip install bpy`) in the interpreter named by --blender-python or
MOTIONLOOM_BPY_PYTHON; without one, only motionloom is timed. Both sides write to the same folder and
count their fastest run, since other work on the machine only ever adds time.
"""

import argparse
import json
import os
import struct
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from motionloom.core.data import ARKIT_SHAPES, Character, FaceMotion, Motion, Take, quat_product
from motionloom.core.node import Context
from motionloom.exporters.gltf.nodes import export_gltf
from motionloom.plugins.anny.nodes import character

FPS = 30
REPEATS = 7


def swaying(who: Character, frames: int) -> Motion:
    """Every joint turns about an axis of its own, the root walks."""
    random = torch.Generator().manual_seed(0)
    joints = len(who.skeleton)
    time = torch.arange(frames).reshape(-1, 1, 1) / FPS
    axes = torch.nn.functional.normalize(torch.randn(1, joints, 3, generator=random), dim=-1)
    half_angles = 0.1 * torch.sin(2 * time + 7 * axes[..., :1])
    turns = torch.cat((axes * half_angles.sin(), half_angles.cos()), -1)
    rotations = quat_product(turns, who.skeleton.rest_rotations.expand(frames, -1, -1))
    path = who.skeleton.rest_translations[0] + time[:, 0] * torch.tensor([0.0, 0.0, 1.0])
    return Motion(who.skeleton, path, rotations, float(FPS))


def talking(frames: int) -> FaceMotion:
    """Every shape opens and closes."""
    time = torch.arange(frames).reshape(-1, 1) / FPS
    weights = 0.15 + 0.15 * torch.sin(5 * time + torch.arange(len(ARKIT_SHAPES)))
    return FaceMotion(ARKIT_SHAPES, weights, float(FPS))


OPTIONS: dict[str, dict[str, Any]] = {
    "motionloom, quantized": {"quantize": True},
    "motionloom, keys within 1 mm": {"tolerance": 1e-3},
    "motionloom, both": {"quantize": True, "tolerance": 1e-3},
}
"""Smaller files, beside the plain one."""


def time_motionloom(take: Take, path: Path, repeats: int, **options: Any) -> float:
    """Seconds of the fastest of several exports."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        export_gltf([take], path=path, **options)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def time_blender(interpreter: str, source: Path) -> dict:
    """Blender's version and its exports."""
    script = Path(__file__).with_name("blender_export.py")
    command = [interpreter, str(script), str(source), str(source.parent), str(FPS)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode:
        raise SystemExit(f"Blender failed:\n{finished.stderr[-4000:]}")
    return json.loads(finished.stdout.strip().splitlines()[-1])


def animated_frames(path: Path) -> tuple[int, set[str]]:
    """Most keys of a track of the one animation in a GLB file, and what it moves: proof that it was exported."""
    data = path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    document = json.loads(data[20 : 20 + length])
    (animation,) = document["animations"]
    counts = [document["accessors"][sampler["input"]]["count"] for sampler in animation["samplers"]]
    return max(counts), {channel["target"]["path"] for channel in animation["channels"]}


def print_row(name: str, seconds: float, path: Path, frames: int, baseline: float) -> None:
    found, moved = animated_frames(path)
    assert found >= frames and {"rotation", "translation", "weights"} <= moved, f"{name} lost the animation"
    print(f"{name:<36}{seconds:>9.3f} s{path.stat().st_size / 1e6:>9.2f} MB{seconds / baseline:>9.0f} x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=1000)
    parser.add_argument("--blender-python", default=os.environ.get("MOTIONLOOM_BPY_PYTHON"))
    arguments = parser.parse_args()
    who = character(ctx=Context())
    take = Take("sway", who, swaying(who, arguments.frames), talking(arguments.frames))
    print(
        f"{len(take)} frames, {len(who.skeleton)} joints, {len(ARKIT_SHAPES)} shapes, {len(who.mesh.vertices)} vertices"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "motionloom.glb")
        ours = time_motionloom(take, path, REPEATS)
        print_row("motionloom", ours, path, len(take), ours)
        smaller = Path(folder, "smaller.glb")
        for name, options in OPTIONS.items():
            # Fewer keys are the point of a tolerance, but not none.
            keys = 2 if "tolerance" in options else len(take)
            print_row(name, time_motionloom(take, smaller, 2, **options), smaller, keys, ours)
        if arguments.blender_python is None:
            print("Blender skipped: name an interpreter that has bpy with --blender-python or MOTIONLOOM_BPY_PYTHON")
            return
        blender = time_blender(arguments.blender_python, path)
        for export in blender["exports"]:
            name = f"Blender {blender['version']}, {export['name']}"
            print_row(name, export["seconds"], Path(export["path"]), len(take), ours)


if __name__ == "__main__":
    main()

"""Write a take as FBX, beside Blender's FBX exporter on the same take.

    python benchmarks/fbx_export.py [--frames 10000] [--blender-python /path/to/python]

The take is the default character, 104 joints and 52 face shapes all moving on every frame. Blender
runs as the module `bpy` (`pip install bpy`) in the interpreter named by --blender-python or
MOTIONLOOM_BPY_PYTHON; without one, only motionloom is timed. Blender reads motionloom's file and
exports it once with its default options, which takes a minute or two. The memory is what the process
holds at most during the first export above what it held before.
"""

import argparse
import ctypes
import gc
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from glb_writing import swaying, talking

from motionloom.core.data import ARKIT_SHAPES, Character, Take
from motionloom.core.node import Context
from motionloom.exporters.fbx.nodes import export_fbx
from motionloom.plugins.anny.nodes import character

REPEATS = 3


def taken(who: Character, frames: int) -> Take:
    return Take("sway", who, swaying(who, frames), talking(frames))


def write(take: Take, path: Path) -> None:
    export_fbx([take], path=path, backend="builtin", ctx=Context())


def time_motionloom(take: Take, path: Path) -> float:
    """Seconds of the fastest of several exports."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        write(take, path)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def kibibytes(line: str) -> int:
    """A number from what Linux knows about this process."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(entry.split()[1]) for entry in status if entry.startswith(line))


def added_memory(take: Take, path: Path) -> float:
    """MB that an export needs at most above what the process holds."""
    gc.collect()
    # Hand freed memory back, so that the export cannot hide in it; then forget the peak so far.
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    before = kibibytes("VmRSS")
    write(take, path)
    return (kibibytes("VmHWM") - before) * 1024 / 1e6


def time_blender(interpreter: str, source: Path) -> dict:
    """Blender's version, seconds and file."""
    script = Path(__file__).with_name("blender_fbx_export.py")
    command = [interpreter, str(script), str(source), str(source.with_name("blender.fbx"))]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode:
        raise SystemExit(f"Blender failed:\n{finished.stderr[-4000:]}")
    return json.loads(finished.stdout.strip().splitlines()[-1])


def print_row(name: str, seconds: float, path: Path, baseline: float) -> None:
    print(f"{name:<36}{seconds:>9.2f} s{path.stat().st_size / 1e6:>9.2f} MB{seconds / baseline:>9.0f} x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=10_000)
    parser.add_argument("--blender-python", default=os.environ.get("MOTIONLOOM_BPY_PYTHON"))
    arguments = parser.parse_args()
    who = character(ctx=Context())
    print(f"{len(who.skeleton)} joints, {len(ARKIT_SHAPES)} shapes, {len(who.mesh.vertices)} vertices")
    with tempfile.TemporaryDirectory() as folder:
        path, take = Path(folder, "motionloom.fbx"), taken(who, arguments.frames)
        write(taken(who, 2), path)
        memory = added_memory(take, path)
        seconds = time_motionloom(take, path)
        print_row(f"motionloom, {arguments.frames} frames", seconds, path, seconds)
        print(f"{'':<36}{memory:>9.0f} MB of memory")
        if arguments.blender_python is None:
            print("Blender skipped: name an interpreter that has bpy with --blender-python or MOTIONLOOM_BPY_PYTHON")
            return
        blender = time_blender(arguments.blender_python, path)
        name = f"Blender {blender['version']}, {len(take)} frames"
        print_row(name, blender["seconds"], Path(blender["path"]), seconds)


if __name__ == "__main__":
    main()

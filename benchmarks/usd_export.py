"""Write a take as USDC, beside Blender's USD exporter on the same take.

    python benchmarks/usd_export.py [--frames 1000] [--blender-python /path/to/python]

The take is the default character, 104 joints and 52 face shapes all moving on every frame. Blender
runs as the module `bpy` (`pip install bpy`) in the interpreter named by --blender-python or
MOTIONLOOM_BPY_PYTHON; without one, only motionloom is measured. Blender exports what it imported from
motionloom's file. Motionloom counts the fastest of several runs, since other work on the machine only
ever adds time, and the memory of the first, before any can be used again.
"""

import argparse
import gc
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from glb_writing import FPS, swaying, talking
from pxr import Usd, UsdSkel

from motionloom.core.data import ARKIT_SHAPES, Take
from motionloom.core.node import Context
from motionloom.exporters.usd.nodes import export_usd
from motionloom.plugins.anny.nodes import character

REPEATS = 5
STATUS = Path("/proc/self/status")


def kibibytes(line: str) -> int:
    """A number from what Linux knows about this process."""
    return next(int(entry.split()[1]) for entry in STATUS.read_text().splitlines() if entry.startswith(line))


def measure_motionloom(take: Take, path: Path) -> dict:
    """Seconds of the fastest of several exports, and MiB that the first needed above the take."""
    gc.collect()
    measurable = STATUS.is_file()
    if measurable:
        Path("/proc/self/clear_refs").write_text("5")
    before = kibibytes("VmRSS") if measurable else 0
    seconds = [timed_export(take, path)]
    memory = (kibibytes("VmHWM") - before) / 1024 if measurable else float("nan")
    seconds += [timed_export(take, path) for _ in range(REPEATS - 1)]
    return {"seconds": min(seconds), "memory": memory, "path": str(path)}


def timed_export(take: Take, path: Path) -> float:
    start = time.perf_counter()
    export_usd([take], path=path)
    return time.perf_counter() - start


def measure_blender(interpreter: str, source: Path, target: Path) -> dict:
    """Blender's version and its export."""
    script = Path(__file__).with_name("blender_usd_export.py")
    command = [interpreter, str(script), str(source), str(target), str(FPS)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode:
        raise SystemExit(f"Blender failed:\n{finished.stderr[-4000:]}")
    return json.loads(finished.stdout.strip().splitlines()[-1])


def animated_frames(path: Path) -> tuple[int, int]:
    """Samples of joints and of blend shape weights in a USD file: proof that both were exported."""
    stage = Usd.Stage.Open(str(path))
    animations = [UsdSkel.Animation(prim) for prim in stage.Traverse() if prim.IsA(UsdSkel.Animation)]
    rotations = max(animation.GetRotationsAttr().GetNumTimeSamples() for animation in animations)
    return rotations, max(animation.GetBlendShapeWeightsAttr().GetNumTimeSamples() for animation in animations)


def print_row(name: str, export: dict, frames: int, baseline: float) -> None:
    path = Path(export["path"])
    assert animated_frames(path) == (frames, frames), f"{name} lost some animation: {animated_frames(path)}"
    figures = f"{export['seconds']:>9.3f} s{path.stat().st_size / 1e6:>9.2f} MB{export['memory']:>9.0f} MiB"
    print(f"{name:<30}{figures}{export['seconds'] / baseline:>9.0f} x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=1000)
    parser.add_argument("--blender-python", default=os.environ.get("MOTIONLOOM_BPY_PYTHON"))
    arguments = parser.parse_args()
    who = character(ctx=Context())
    take = Take("sway", who, swaying(who, arguments.frames), talking(arguments.frames))
    print(f"{len(take)} frames, {len(who.skeleton)} joints, {len(ARKIT_SHAPES)} shapes: time, file, memory, ratio")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "motionloom.usdc")
        ours = measure_motionloom(take, path)
        print_row("motionloom", ours, len(take), ours["seconds"])
        if arguments.blender_python is None:
            print("Blender skipped: name an interpreter that has bpy with --blender-python or MOTIONLOOM_BPY_PYTHON")
            return
        blender = measure_blender(arguments.blender_python, path, Path(folder, "blender.usdc"))
        print_row(f"Blender {blender['version']}", blender, len(take), ours["seconds"])


if __name__ == "__main__":
    main()

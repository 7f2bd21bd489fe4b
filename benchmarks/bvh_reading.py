"""Read and write a BVH file, beside the packages pybvh and bvh.

    python benchmarks/bvh_reading.py [FILE.bvh] [--repeats 15]

FILE is by default a recording of 2,752 frames and 31 joints from the folder that MOTIONLOOM_DATA
names. The readers give different things, which the rows say: motionloom unit quaternions in metres,
checked; pybvh Euler angles, and quaternions when asked; bvh the text of each value, and numbers when
asked. The repeats of all readers take turns, and each counts its fastest run, since other work on
the machine only ever adds time. Where the others give rotations or numbers, they are compared first.
"""

import argparse
import importlib
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import torch

from motionloom.core.data import Motion
from motionloom.core.node import Context
from motionloom.exporters.bvh.nodes import export_bvh
from motionloom.plugins.bvh.nodes import read_bvh

ROOT = Path(__file__).parents[1]
RECORDING = Path("bvh", "cmu_01_01.bvh")
Jobs = dict[str, Callable[[], object]]


def installed(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        print(f"{name} skipped: {error}; pip install {name}")
        return None


def default_file() -> Path:
    return ROOT / os.environ.get("MOTIONLOOM_DATA", "../shared/data") / RECORDING


def fastest(jobs: Jobs, repeats: int) -> dict[str, float]:
    """Seconds of each job's fastest run; the runs take turns."""
    seconds = dict.fromkeys(jobs, float("inf"))
    for _ in range(repeats):
        for name, job in jobs.items():
            start = time.perf_counter()
            job()
            seconds[name] = min(seconds[name], time.perf_counter() - start)
    return seconds


def check_same(motion: Motion, pybvh: ModuleType, path: Path) -> None:
    """The rotations of both readers are the same, whatever the signs of their quaternions."""
    _, theirs_wxyz = pybvh.read_bvh_file(str(path)).to_quat()
    theirs = torch.from_numpy(theirs_wxyz)[..., [1, 2, 3, 0]]
    chord = torch.minimum((theirs - motion.rotations).norm(dim=-1), (theirs + motion.rotations).norm(dim=-1))
    assert float(chord.max()) < 1e-5, "pybvh reads other rotations"


def numbers(bvh: ModuleType, path: Path) -> list[list[float]]:
    return [[float(value) for value in frame] for frame in bvh.Bvh(path.read_text()).frames]


def readers(path: Path, pybvh: ModuleType | None, bvh: ModuleType | None) -> Jobs:
    jobs: Jobs = {"motionloom: quaternions, metres": lambda: read_bvh(path=path, ctx=Context())}
    if pybvh:
        jobs["pybvh: Euler angles"] = lambda: pybvh.read_bvh_file(str(path))
        jobs["pybvh: quaternions"] = lambda: pybvh.read_bvh_file(str(path)).to_quat()
    if bvh:
        jobs["bvh: text of the values"] = lambda: bvh.Bvh(path.read_text())
        jobs["bvh: numbers"] = lambda: numbers(bvh, path)
    return jobs


def writers(path: Path, folder: Path, pybvh: ModuleType | None) -> Jobs:
    motion = read_bvh(path=path, ctx=Context())
    jobs: Jobs = {
        "motionloom: from quaternions": lambda: export_bvh(motion, path=folder / "motionloom.bvh", ctx=Context())
    }
    if pybvh:
        clip = pybvh.read_bvh_file(str(path))
        jobs["pybvh: from Euler angles"] = lambda: pybvh.write_bvh_file(clip, str(folder / "pybvh.bvh"), verbose=False)
    return jobs


def print_rows(title: str, seconds: dict[str, float]) -> None:
    print(title)
    baseline = next(iter(seconds.values()))
    for name, one in seconds.items():
        print(f"  {name:<34}{one * 1e3:>9.1f} ms{one / baseline:>8.2f} x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", default=default_file())
    parser.add_argument("--repeats", type=int, default=15)
    arguments = parser.parse_args()
    path = arguments.file
    if not path.is_file():
        raise SystemExit(f"no file {path}: name one, or set MOTIONLOOM_DATA")
    pybvh, bvh = installed("pybvh"), installed("bvh")
    motion = read_bvh(path=path, unit="cm", up="y", ctx=Context())
    if pybvh:
        check_same(motion, pybvh, path)
    print(f"{path.name}: {len(motion)} frames, {len(motion.skeleton)} joints, {path.stat().st_size / 1e6:.2f} MB")
    print_rows("reading", fastest(readers(path, pybvh, bvh), arguments.repeats))
    with tempfile.TemporaryDirectory() as folder:
        print_rows("writing", fastest(writers(path, Path(folder), pybvh), arguments.repeats))


if __name__ == "__main__":
    main()

"""Build one character from nothing, beside the anny package's own model.

    python benchmarks/character_build.py [--rigs anny mixamo] [--repeats 3] [--skip-first]

Both sides make the same person (a rigged, skinned mesh with 52 face shapes) in a process of their own
with an empty cache folder, which counts importing what they need. The package's first build of a rig
takes about a minute and a gigabyte of disk in a temporary folder, so it is measured once; its later
builds, from its cache, and motionloom's count their fastest run, since other work on the machine only
ever adds time. A second person, in the same process, costs the package least: its model holds
everybody, motionloom builds each person anew.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

OWN = """
from motionloom.core.node import Context
from motionloom.plugins.anny.nodes import character
def build(rig, **traits):
    mesh = character(rig=rig, ctx=Context(), **traits).mesh
    return mesh.vertices
"""

PACKAGE = """
import anny
model = None
def build(rig, **traits):
    global model
    model = model or anny.Anny(rig=rig, facial_actions="all")
    return model(phenotype_kwargs=traits)["rest_vertices"][0]
"""

MEASURED = """
import json, resource, sys, time
started = time.perf_counter()
{side}
imported = time.perf_counter()
traits = dict(gender=0.5, age=2 / 3, muscle=0.5, weight=0.5, height=0.35, proportions=0.5)
vertices = build(sys.argv[1], **traits)
first = time.perf_counter()
build(sys.argv[1], **dict(traits, gender=0.3, age=0.8, muscle=0.7, weight=0.8, proportions=0.2))
second = time.perf_counter()
print(json.dumps(dict(
    imports=imported - started,
    first=first - imported,
    second=second - first,
    memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    vertices=len(vertices),
)))
"""


@dataclass(frozen=True)
class Measurement:
    """One process: seconds to import, to build a person and another one; peak MiB; MiB left on disk."""

    imports: float
    first: float
    second: float
    memory: float
    vertices: int
    disk: float

    @property
    def total(self) -> float:
        """Seconds from an interpreter to a person."""
        return self.imports + self.first


def measure(side: str, rig: str, folder: Path) -> Measurement:
    """Run one side in a process of its own, its cache in a folder."""
    environment = {**os.environ, "ANNY_CACHE_DIR": str(folder), "HOME": str(folder)}
    command = [sys.executable, "-c", MEASURED.format(side=side), rig]
    ran = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=True)
    disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20
    return Measurement(**json.loads(ran.stdout.splitlines()[-1]), disk=disk)


def fastest(side: str, rig: str, folder: Path, repeats: int) -> Measurement:
    """The run that took the least time."""
    return min((measure(side, rig, folder) for _ in range(repeats)), key=lambda one: one.total)


def report(label: str, one: Measurement, beside: float) -> None:
    """One line of the table; the ratio is to motionloom's time."""
    print(
        f"  {label:<32} {one.imports:6.2f} {one.first:8.2f} {one.total:8.2f} {one.total / beside:7.1f}x"
        f" {one.second:8.2f} {one.memory:8.0f} {one.disk:8.0f}",
        flush=True,
    )


def compare(rig: str, repeats: int, skip_first: bool) -> None:
    """The lines of one rig."""
    with tempfile.TemporaryDirectory() as own_folder, tempfile.TemporaryDirectory() as package_folder:
        own = fastest(OWN, rig, Path(own_folder), repeats)
        print(f"{rig}: {own.vertices} vertices")
        report("motionloom character.anny", own, own.total)
        if skip_first:
            return
        first = measure(PACKAGE, rig, Path(package_folder))
        assert first.vertices == own.vertices, "the two sides build different meshes"
        report("anny.Anny, empty cache", first, own.total)
        report("anny.Anny, from its cache", fastest(PACKAGE, rig, Path(package_folder), repeats), own.total)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rigs", nargs="+", default=["anny", "mixamo"])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--skip-first", action="store_true", help="measure motionloom only")
    arguments = parser.parse_args()
    print(
        f"  {'':<32} {'import':>6} {'build':>8} {'total':>8} {'ratio':>8} {'another':>8} {'MiB RAM':>8} {'MiB disk':>8}"
    )
    for rig in arguments.rigs:
        compare(rig, arguments.repeats, arguments.skip_first)


if __name__ == "__main__":
    main()

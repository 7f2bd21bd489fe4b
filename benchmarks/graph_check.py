"""Check a graph of 1,000 nodes, beside a plain YAML load of the same text.

    python benchmarks/graph_check.py [--nodes 1000]

The load (`yaml.load` with libyaml's CSafeLoader) gives plain dictionaries and checks nothing; the
check reads the file with positions, looks up every name, compares every type and validates every
parameter. Then the whole command `motionloom check` runs, with its imports.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import yaml

from motionloom.core.graph import read_graph
from motionloom.core.registry import installed_registry

REPEATS = 15
COMMAND = "from motionloom.core.cli.main import main; main()"
HEAD = """\
motionloom: 1
help: {count} nodes, ten for each character.
inputs:
  clip: {{type: path, default: walk.bvh}}
  rig: {{default: mixamo, choices: [anny, mixamo]}}
  fps: {{default: 30, help: frames a second of what is written}}
nodes:
"""
CHARACTER = """\
  source_{i}: {{node: read.bvh, path: "${{clip}}"}}
  resampled_{i}: {{node: motion.resample, motion: source_{i}, fps: "${{fps}}"}}
  mirrored_{i}: {{node: motion.mirror, motion: resampled_{i}}}
  hero_{i}: {{node: character.anny, rig: "${{rig}}", age: 0.67, height: 0.{i}}}
  body_{i}: {{node: retarget.solve, motion: mirrored_{i}, target: hero_{i}}}
  slow_{i}: {{node: motion.resample, motion: body_{i}, fps: 24}}
  talk_{i}: {{node: face.pose, shapes: {{jawOpen: 0.5}}}}
  take_{i}: {{node: take.perform, character: hero_{i}, motion: slow_{i}, face: talk_{i}, name: "${{clip.stem}}_{i}"}}
  glb_{i}: {{node: export.gltf, take: take_{i}, path: "${{item}}/{i}.glb"}}
  bvh_{i}: {{node: export.bvh, motion: body_{i}, path: "${{item}}/{i}.bvh"}}
"""


def graph_text(count: int) -> str:
    """A graph of `count` nodes, rounded up to tens."""
    return HEAD.format(count=count) + "".join(CHARACTER.format(i=index) for index in range((count + 9) // 10))


def seconds(call: Callable[[], object]) -> float:
    """Median seconds of several calls, after one to warm up."""
    call()
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return median(taken)


def main() -> None:
    """Print one line a measurement."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, default=1000)
    count = parser.parse_args().nodes
    text = graph_text(count)
    registry = installed_registry()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.yaml"
        path.write_text(text)
        (path.parent / "walk.bvh").touch()
        linked, _ = read_graph(path, registry)
        load = seconds(lambda: yaml.load(text, Loader=yaml.CSafeLoader))
        check = seconds(lambda: read_graph(path, registry))
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", COMMAND, "check", path], check=True, stdout=subprocess.DEVNULL)
        command = time.perf_counter() - start
    print(f"{len(linked.steps)} nodes, {len(text) / 1024:.0f} KiB, median of {REPEATS}")
    print(f"yaml.load (CSafeLoader)  {load * 1e3:7.1f} ms")
    print(f"read_graph               {check * 1e3:7.1f} ms, {check / load:.2f} x the load")
    print(f"motionloom check         {command:7.2f} s, imports of torch and plugins included")


if __name__ == "__main__":
    main()

"""The example packages: one works like a built-in, the other breaks and harms nothing."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
Command = Callable[..., "subprocess.CompletedProcess[str]"]

GRAPH = """\
motionloom: 1
nodes:
  walk: {node: clip.walk}
  smooth: {node: smooth.gaussian, motion: walk, seconds: 0.1}
  file: {node: export.bvh, motion: smooth, path: smooth.bvh}
"""


def test_the_example_plugin_runs_in_a_graph_beside_a_broken_one(motionloom: Command, tmp_path: Path) -> None:
    (tmp_path / "graph.yaml").write_text(GRAPH)
    done = motionloom("run", "graph.yaml", "--out", "out")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "smooth.bvh").read_text().startswith("HIERARCHY")
    manifest = json.loads((tmp_path / "out" / "run.json").read_text())
    assert manifest["plugins"]["motionloom-smooth"] == "0.1.0"


def test_the_broken_plugin_is_listed_with_its_reason(motionloom: Command) -> None:
    listed = {one["name"]: one for one in json.loads(motionloom("plugins", "--json").stdout)}
    assert listed["broken"]["distribution"] == "motionloom-broken"
    assert "a_library_that_nobody_has" in listed["broken"]["error"]
    assert [name for name, one in listed.items() if one["error"]] == ["broken"]


def test_only_a_graph_that_needs_the_broken_plugin_fails(motionloom: Command, tmp_path: Path) -> None:
    (tmp_path / "graph.yaml").write_text("motionloom: 1\nnodes:\n  a: {node: broken.thing}\n")
    failed = motionloom("run", "graph.yaml")
    assert failed.returncode == 2
    assert "graph.yaml:3:13" in failed.stderr
    assert "motionloom-broken 0.1.0" in failed.stderr
    assert not (tmp_path / "out").exists()


def test_the_tests_of_the_example_plugin_pass(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(ROOT / "examples/plugin/tests")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "6 passed" in done.stdout

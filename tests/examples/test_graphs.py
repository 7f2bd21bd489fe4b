"""The example graphs and the build script do what they say."""

import runpy
from pathlib import Path

import pytest

from motionloom.core import check, plan, run
from motionloom.core.registry import installed_registry

ROOT = Path(__file__).parents[2]
GRAPHS = sorted((ROOT / "examples" / "graphs").glob("*.yaml"))
CLIPS = ROOT / "pipelines" / "clips"


@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.stem)
def test_every_example_graph_is_right(graph: Path) -> None:
    assert check(graph).steps


@pytest.mark.parametrize("name", sorted(installed_registry().pipelines))
def test_every_pipeline_that_ships_is_right(name: str) -> None:
    assert check(name).graph.help


def test_the_crowd_shares_what_everybody_needs(tmp_path: Path) -> None:
    made = plan(ROOT / "examples/graphs/crowd.yaml", out=tmp_path)
    assert [item.item.name for item in made.items] == ["child", "grandmother", "strongman"]
    shared = {step.name for step in made.items[0].steps if step.shared}
    assert shared == {"source", "other_hand/even", "other_hand/mirrored"}


def test_the_hero_becomes_a_file(tmp_path: Path) -> None:
    result = run(ROOT / "examples/graphs/hero.yaml", {"smile": 0.9}, out=tmp_path)
    assert result.exit_code == 0, result.sentence
    assert result.outputs == [tmp_path / "walk.glb"]


def test_the_build_script_builds_once_and_reports_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build = runpy.run_path(str(ROOT / "examples/build_system/build.py"))["build"]
    mocap, out = tmp_path / "mocap", tmp_path / "out"
    mocap.mkdir()
    (mocap / "wave.bvh").write_bytes((CLIPS / "wave.bvh").read_bytes())
    assert build(mocap, out) == 0
    assert sorted(path.name for path in out.iterdir()) == ["run.json", "wave.bvh", "wave.glb"]
    assert build(mocap, out) == 0
    assert "wave: done, 0 nodes run, 2 files" in capsys.readouterr().out
    (mocap / "torn.bvh").write_bytes((CLIPS / "wave.bvh").read_bytes()[:3000])
    assert build(mocap, out) == 3
    assert "torn.bvh" in capsys.readouterr().err
    assert build(tmp_path / "nowhere", out) == 2

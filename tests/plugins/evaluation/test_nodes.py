import json
from pathlib import Path

from walkers import shifted, stroll

from motionloom.core import run
from motionloom.core.node import Context
from motionloom.exporters.bvh.writer import write_bvh_file
from motionloom.plugins.evaluation.nodes import export_metrics, retarget_metrics

GRAPH = """
motionloom: 1
inputs: {made: {type: path}, truth: {type: path}}
nodes:
  made: {node: read.bvh, path: "${made}", unit: cm}
  goal: {node: read.bvh, path: "${truth}", unit: cm}
  scored: {node: retarget.metrics, motion: made, truth: goal}
  out: {node: export.metrics, metrics: scored, path: scores.json}
"""


def test_metrics_are_written_as_json(tmp_path: Path) -> None:
    metrics = retarget_metrics(stroll(), stroll(), ctx=Context())
    export_metrics(metrics, path=tmp_path / "scores.json")
    content = json.loads((tmp_path / "scores.json").read_text())
    assert content["metrics"]["mse_h2"]["mean"] == 0.0
    assert set(content["metrics"]["mse_h2"]["per_joint"]) == set(stroll().skeleton.names)
    assert content["units"]["jerk"] == "km/s^3"
    assert set(content["truth"]) == {"slide", "penetration", "jerk"} and content["source"] == {}


def test_a_graph_measures_one_file_against_another(tmp_path: Path) -> None:
    write_bvh_file(shifted(stroll(), (0.0, 0.0, 0.17)), tmp_path / "made.bvh")
    write_bvh_file(stroll(), tmp_path / "truth.bvh")
    (tmp_path / "graph.yaml").write_text(GRAPH)
    run(
        tmp_path / "graph.yaml",
        inputs={"made": tmp_path / "made.bvh", "truth": tmp_path / "truth.bvh"},
        out=tmp_path / "out",
    )
    content = json.loads((tmp_path / "out/scores.json").read_text())
    assert content["metrics"]["mse_h2"]["mean"] > 1e-3
    assert content["metrics"]["rotation_error"]["mean"] < 1e-3

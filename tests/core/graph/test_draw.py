"""A graph as a picture."""

import shutil
import subprocess

import pytest
from graph_folder import GraphFolder

from motionloom.core.graph.draw import dot, mermaid

CLEAN = """\
motionloom: 1
inputs: {body: {type: Motion}}
nodes:
  end: {node: join.motions, motions: [body, body]}
outputs: {clean: end}
"""
GRAPH = """\
motionloom: 1
inputs: {clip: {type: path}}
nodes:
  end: {node: read.clip, path: "${clip}"}
  graph: {use: clean.yaml, body: end}
  sub-graph: {node: split.body, motion: graph}
"""


@pytest.fixture
def folder(folder: GraphFolder) -> GraphFolder:
    folder.write("clean.yaml", CLEAN)
    return folder


def test_a_flowchart_has_a_box_a_step_and_an_arrow_a_reference(folder: GraphFolder) -> None:
    assert mermaid(folder.read(GRAPH)) == (
        "flowchart LR\n"
        '    n0["end<br/>read.clip"]\n'
        '    n1["graph/end<br/>join.motions"]\n'
        '    n2["sub-graph<br/>split.body"]\n'
        '    n0 -->|"motions"| n1\n'
        '    n0 -->|"motions"| n1\n'
        '    n1 -->|"motion"| n2\n'
    )


def test_words_that_mermaid_reserves_are_never_identifiers(folder: GraphFolder) -> None:
    for line in mermaid(folder.read(GRAPH)).splitlines()[1:]:
        assert line.strip()[0] == "n"
        assert line.strip()[1].isdigit()


def test_a_dot_file_has_a_box_a_step_and_an_arrow_a_reference(folder: GraphFolder) -> None:
    lines = dot(folder.read(GRAPH)).splitlines()
    assert lines[0] == "digraph motionloom {"
    assert lines[-1] == "}"
    assert '    "graph/end" [label="graph/end\\njoin.motions"];' in lines
    assert '    "graph/end" -> "sub-graph" [label="motion"];' in lines
    assert lines.count('    "end" -> "graph/end" [label="motions"];') == 2


def test_a_plan_colours_both(folder: GraphFolder) -> None:
    statuses = {"end": "cached", "graph/end": "run", "sub-graph": "skipped"}
    linked = folder.read(GRAPH)
    chart = mermaid(linked, statuses)
    assert "    classDef run fill:#ffd27f" in chart.splitlines()
    assert "    class n1 run" in chart.splitlines()
    assert '"graph/end" [label="graph/end\\njoin.motions", fillcolor="#ffd27f"];' in dot(linked, statuses)


def test_a_graph_for_use_in_others_is_drawn_without_what_it_is_not_given(folder: GraphFolder) -> None:
    assert "-->" not in mermaid(folder.read(CLEAN))


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_takes_the_dot_file(folder: GraphFolder) -> None:
    done = subprocess.run(["dot", "-Tsvg"], input=dot(folder.read(GRAPH)), capture_output=True, text=True, check=True)
    assert "graph/end" in done.stdout
    assert not done.stderr

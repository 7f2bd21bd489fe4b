"""Graphs that use graphs in circles, without end or to grow without end are stopped."""

import pytest
from few_nodes import REGISTRY
from graph_folder import GraphFolder

from motionloom.core.graph import Problems
from motionloom.core.graph.bind import depends_on
from motionloom.core.graph.link import MAX_STEPS, MAX_USES, MAX_WEIGHT, link_graph
from motionloom.core.graph.loader import load_graph
from motionloom.core.graph.references import MAX_PASSED

CLEAN = """\
motionloom: 1
inputs: {body: {type: Motion}}
nodes: {joined: {node: join.motions, motions: [body]}}
outputs: {clean: joined}
"""
START = """\
motionloom: 1
inputs: {clip: {type: path}}
nodes:
  clip: {node: read.clip, path: "${clip}"}
  hero: {node: make.hero}
"""


def with_nodes(*lines: str) -> str:
    return START + "".join(f"  {line}\n" for line in lines)


@pytest.fixture
def folder(folder: GraphFolder) -> GraphFolder:
    folder.write("lib/clean.yaml", CLEAN)
    return folder


def test_a_graph_cannot_use_itself(folder: GraphFolder) -> None:
    assert folder.complaint("motionloom: 1\nnodes: {again: {use: graph.yaml}}\n") == (
        "graph.yaml:2:22: 'graph.yaml' uses itself; a graph cannot be a part of itself"
    )


def test_a_graph_cannot_use_itself_through_others_or_links(folder: GraphFolder) -> None:
    (folder.path / "link.yaml").symlink_to("graph.yaml")
    folder.write("lib/b.yaml", "motionloom: 1\nnodes: {c: {use: ../link.yaml}}\n")
    assert folder.complaint("motionloom: 1\nnodes: {b: {use: lib/b.yaml}}\n") == (
        "lib/b.yaml:2:18: '../link.yaml' uses itself; a graph cannot be a part of itself"
    )


def test_a_loop_of_links_is_no_graph(folder: GraphFolder) -> None:
    (folder.path / "a.yaml").symlink_to("b.yaml")
    (folder.path / "b.yaml").symlink_to("a.yaml")
    assert "there is no graph 'a.yaml'" in folder.complaint("motionloom: 1\nnodes: {a: {use: a.yaml}}\n")


def test_a_circle_through_a_graph_is_found(folder: GraphFolder) -> None:
    text = with_nodes(
        "a: {use: lib/clean.yaml, body: b}",
        "b: {node: split.body, motion: a}",
    ).replace("body: b}", "body: b.upper}")
    assert folder.complaint(text) == ("lib/clean.yaml:3:9: these nodes wait for each other: a/joined -> b -> a/joined")


def test_a_reference_that_leads_through_graphs_back_to_itself_is_found(folder: GraphFolder) -> None:
    folder.write("pass.yaml", CLEAN.replace("clean: joined", "clean: body"))
    one = with_nodes("a: {use: pass.yaml, body: a}", "it: {node: split.body, motion: a}")
    assert folder.complaint(one) == "graph.yaml:6:29: 'a' refers to itself"
    two = with_nodes(
        "a: {use: pass.yaml, body: b}", "b: {use: pass.yaml, body: a}", "it: {node: split.body, motion: a}"
    )
    assert len(folder.complaints(two)) == 1
    assert "refers to itself" in folder.complaint(two)


def test_graphs_can_use_graphs_sixteen_levels_deep_and_no_deeper(folder: GraphFolder) -> None:
    folder.write("g0.yaml", "motionloom: 1\nnodes: {it: {node: make.count}}\n")
    for level in range(1, MAX_USES + 1):
        folder.write(f"g{level}.yaml", f"motionloom: 1\nnodes: {{it: {{use: g{level - 1}.yaml}}}}\n")
    assert list(folder.read(f"motionloom: 1\nnodes: {{it: {{use: g{MAX_USES - 1}.yaml}}}}\n").steps) == [
        "it/" * 16 + "it"
    ]
    assert folder.complaint(f"motionloom: 1\nnodes: {{it: {{use: g{MAX_USES}.yaml}}}}\n") == (
        "g1.yaml:2:19: graphs use graphs 16 levels deep at most"
    )


@pytest.mark.parametrize("leaf", ["{node: make.count}", "{use: none.yaml}"])
def test_a_bomb_of_graphs_is_stopped(folder: GraphFolder, leaf: str) -> None:
    folder.write("none.yaml", "motionloom: 1\nnodes: {it: 3}\n")
    folder.write("g0.yaml", f"motionloom: 1\nnodes: {{it: {leaf}}}\n")
    for level in range(1, 12):
        calls = "".join(f"  n{i}: {{use: g{level - 1}.yaml}}\n" for i in range(10))
        folder.write(f"g{level}.yaml", f"motionloom: 1\nnodes:\n{calls}")
    complaints = folder.complaints("motionloom: 1\nnodes: {it: {use: g11.yaml}}\n")
    limits = (f"a graph has {MAX_STEPS} steps at most", f"a graph holds {MAX_WEIGHT} values at most")
    assert any(limit in text for limit in limits for text in complaints)
    assert len(complaints) <= 2


def test_a_large_value_in_a_graph_used_often_counts_every_time(folder: GraphFolder) -> None:
    numbers = ", ".join(["1"] * 20_000)
    folder.write("big.yaml", f"motionloom: 1\nnodes: {{it: {{node: make.hero, sides: [{numbers}]}}}}\n")
    calls = "".join(f"  n{i}: {{use: big.yaml}}\n" for i in range(100))
    problem = folder.wrong(f"motionloom: 1\nnodes:\n{calls}")[0]
    assert f"a graph holds {MAX_WEIGHT} values at most, subgraphs written out" in problem.what


@pytest.mark.parametrize("kind", ["string", "list"])
def test_a_value_that_doubles_from_graph_to_graph_is_stopped(folder: GraphFolder, kind: str) -> None:
    doubled = '"' + "${x}" * 50 + '"' if kind == "string" else "[" + ", ".join(['"${x}"'] * 50) + "]"
    leaf = 'it: {node: make.text, text: "${x}"}' if kind == "string" else 'it: {node: make.hero, sides: "${x}"}'
    folder.write("g0.yaml", f"motionloom: 1\ninputs: {{x: {{type: {kind}}}}}\nnodes: {{{leaf}}}\n")
    for level in range(1, 12):
        call = f"{{use: g{level - 1}.yaml, x: {doubled}}}"
        folder.write(f"g{level}.yaml", f"motionloom: 1\ninputs: {{x: {{type: {kind}}}}}\nnodes: {{it: {call}}}\n")
    start = "ha" if kind == "string" else "[ha]"
    complaint = folder.complaint(f"motionloom: 1\nnodes: {{it: {{use: g11.yaml, x: {start}}}}}\n")
    assert "the value of 'x' is too large once its variables are filled in" in complaint


def test_what_depends_on_the_item_is_found_without_trying_every_way(folder: GraphFolder) -> None:
    names = [f"x{i}" for i in range(8)]
    inputs = ", ".join(f"{name}: a" for name in names)
    everything = "".join(f"${{{name}}}" for name in names)
    folder.write(
        "g0.yaml", f"motionloom: 1\ninputs: {{{inputs}}}\nnodes: {{it: {{node: make.text, text: '{everything}'}}}}\n"
    )
    for level in range(1, 15):
        given = ", ".join(f"{name}: '{everything}'" for name in names)
        call = f"{{use: g{level - 1}.yaml, {given}}}"
        folder.write(f"g{level}.yaml", f"motionloom: 1\ninputs: {{{inputs}}}\nnodes: {{it: {call}}}\n")
    text = "motionloom: 1\ninputs: {clip: a, other: b}\nnodes: {it: {use: g14.yaml, x3: '${ clip }'}}\n"
    file = folder.write("graph.yaml", text)
    problems = Problems()
    graph = load_graph(file, problems)
    assert graph is not None
    step = next(iter(link_graph(graph, REGISTRY, problems).steps.values()))
    assert depends_on(step, {"clip"})
    assert not depends_on(step, {"other"})


def test_a_chain_of_graphs_that_pass_their_input_on_has_an_end(folder: GraphFolder) -> None:
    folder.write("pass.yaml", CLEAN.replace("clean: joined", "clean: body"))

    def chain(length: int) -> str:
        lines = [f"p{i}: {{use: pass.yaml, body: {f'p{i + 1}' if i < length - 1 else 'clip'}}}" for i in range(length)]
        return with_nodes("it: {node: split.body, motion: p0}", *lines)

    assert str(folder.read(chain(MAX_PASSED)).steps["it"].ports["motion"][0]) == "clip"
    assert f"passes more than {MAX_PASSED} subgraphs in a row" in folder.complaints(chain(5 * MAX_PASSED))[0]


def test_a_thousand_nodes_in_subgraphs_are_checked(folder: GraphFolder) -> None:
    lines = ["t0: {use: lib/clean.yaml, body: clip}"]
    lines += [f"t{i}: {{use: lib/clean.yaml, body: t{i - 1}.clean}}" for i in range(1, 1000)]
    linked = folder.read(with_nodes(*lines))
    assert len(linked.steps) == 1002
    assert str(linked.steps["t999/joined"].ports["motions"][0]) == "t998/joined"

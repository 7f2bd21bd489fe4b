"""The shape of a graph file."""

import codecs
from pathlib import Path

import pytest
from few_nodes import REGISTRY
from graph_folder import GraphFolder

from motionloom.core.graph import InvalidGraph, Problems, read_graph
from motionloom.core.graph.document import MAX_BYTES
from motionloom.core.graph.loader import load_graph

HEAD = "motionloom: 1\n"
NODES = "nodes:\n  it: {node: make.number}\n"


# --- the file ----------------------------------------------------------------


def test_the_smallest_graph_has_a_version_and_a_node(folder: GraphFolder) -> None:
    assert list(folder.read(HEAD + NODES).steps) == ["it"]


def test_a_byte_order_mark_is_no_part_of_the_text(folder: GraphFolder) -> None:
    linked = folder.read(codecs.BOM_UTF8 + (HEAD + NODES).encode())
    assert linked.steps["it"].position == (3, 3, 2)


def test_windows_line_ends_are_line_ends(folder: GraphFolder) -> None:
    linked = folder.read((HEAD + NODES).replace("\n", "\r\n"))
    assert linked.steps["it"].position == (3, 3, 2)


@pytest.mark.parametrize("text", ["", "\n\n", "# later\n", "---\n", "null\n", "~"])
def test_an_empty_file_says_how_to_begin(folder: GraphFolder, text: str) -> None:
    assert folder.complaint(text) == "graph.yaml:1:1: the file is empty; write motionloom: 1"


def test_a_file_that_is_not_utf8_is_refused_at_the_first_byte_that_is_not(folder: GraphFolder) -> None:
    text = b"motionloom: 1\nhelp: " + "é".encode() + b"t\xe9\n"
    problem = folder.wrong(text)[0]
    assert problem.sentence.endswith("graph.yaml:2:9: the file is not UTF-8 text; save it as UTF-8")


def test_utf16_is_not_utf8(folder: GraphFolder) -> None:
    assert "graph.yaml:1:1: the file is not UTF-8 text" in folder.complaint((HEAD + NODES).encode("utf-16"))


def test_a_file_with_a_mark_that_is_not_utf8_counts_columns_without_it(folder: GraphFolder) -> None:
    assert "graph.yaml:1:3: the file is not" in folder.complaint(codecs.BOM_UTF8 + b"ab\xff")


def test_a_nul_is_refused_at_its_place(folder: GraphFolder) -> None:
    assert folder.complaint(b"motionloom: 1\nno\0des:\n").startswith("graph.yaml:2:3: a graph is text, but here is")


@pytest.mark.parametrize("filler", ["#", "é", "\n"])
def test_a_file_over_the_limit_is_refused_however_few_characters_it_has(folder: GraphFolder, filler: str) -> None:
    text = (HEAD + NODES + "#").encode() + filler.encode() * (MAX_BYTES // len(filler.encode()))
    assert folder.complaint(text) == "graph.yaml: a graph may have 4 MiB at most"


def test_a_file_at_the_limit_is_read(folder: GraphFolder) -> None:
    text = HEAD + NODES
    assert folder.read(text + "#" * (MAX_BYTES - len(text)))


def test_a_missing_file_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(InvalidGraph, match=r"none\.yaml: the graph cannot be read: No such file"):
        read_graph(tmp_path / "none.yaml", REGISTRY)


def test_a_folder_is_no_graph(tmp_path: Path) -> None:
    with pytest.raises(InvalidGraph, match="the graph cannot be read: Is a directory"):
        read_graph(tmp_path, REGISTRY)


def test_a_file_too_broken_to_go_on_gives_no_graph(folder: GraphFolder) -> None:
    problems = Problems()
    assert load_graph(folder.write("g.yaml", "motionloom: 2\n"), problems) is None
    assert len(problems.found) == 1


# --- the top level -----------------------------------------------------------


@pytest.mark.parametrize("text", ["[1, 2]", "graph", "12", "- motionloom: 1\n"])
def test_a_graph_is_a_mapping(folder: GraphFolder, text: str) -> None:
    assert folder.complaint(text) == "graph.yaml:1:1: a graph must be a mapping of names to values"


def test_the_version_must_be_said(folder: GraphFolder) -> None:
    assert folder.complaint(NODES) == (
        "graph.yaml:1:1: the graph does not say which version of the language it is; write motionloom: 1"
    )


@pytest.mark.parametrize("version", ["2", "0", "'1'", "true", "1.5", "[1]", ""])
def test_another_version_is_refused_before_anything_else(folder: GraphFolder, version: str) -> None:
    complaint = folder.complaint(f"motionloom: {version}\nnodes: {{it: {{node: no.such}}}}\n")
    assert complaint.startswith("graph.yaml:1:1")
    assert "of the graph language, this motionloom reads 1; write motionloom: 1" in complaint


def test_an_unknown_key_comes_with_the_nearest_legal_one(folder: GraphFolder) -> None:
    assert folder.complaint(HEAD + "node: {}\n" + NODES) == (
        "graph.yaml:2:1: a graph has no key 'node'; did you mean 'nodes'?"
    )


def test_an_unknown_key_like_no_other_comes_with_all_legal_ones(folder: GraphFolder) -> None:
    assert folder.complaint(HEAD + "zzz: 1\n" + NODES) == (
        "graph.yaml:2:1: a graph has no key 'zzz'; choose from motionloom, help, inputs, each, nodes, outputs"
    )


@pytest.mark.parametrize(
    ("nodes", "where"), [("", "1:1"), ("nodes:\n", "2:1"), ("nodes: {}\n", "2:1"), ("nodes: null\n", "2:1")]
)
def test_a_graph_without_nodes_is_no_graph(folder: GraphFolder, nodes: str, where: str) -> None:
    assert folder.complaint(HEAD + nodes) == f"graph.yaml:{where}: the graph has no nodes; add some under nodes:"


@pytest.mark.parametrize("section", ["inputs", "nodes", "outputs"])
@pytest.mark.parametrize("value", ["[1]", "word", "12"])
def test_a_section_is_a_mapping(folder: GraphFolder, section: str, value: str) -> None:
    rest = "" if section == "nodes" else NODES
    complaints = folder.complaints(f"{HEAD}{section}: {value}\n{rest}")
    where = f"graph.yaml:2:{len(section) + 3}"
    assert complaints == [f"{where}: {section} must be a mapping of names to values"]


@pytest.mark.parametrize("section", ["inputs", "outputs"])
def test_an_empty_section_says_nothing(folder: GraphFolder, section: str) -> None:
    assert folder.read(f"{HEAD}{section}:\n{NODES}")


def test_help_is_text(folder: GraphFolder) -> None:
    assert folder.complaint(HEAD + "help: [1]\n" + NODES) == "graph.yaml:2:7: help must be text"


@pytest.mark.parametrize("section", ["inputs", "outputs", "nodes"])
@pytest.mark.parametrize("name", ["'a b'", "a.b", "9a", "-a", "''", "é", "a/b", "'${a}'"])
def test_a_name_is_a_word(folder: GraphFolder, section: str, name: str) -> None:
    entries = {"inputs": "1", "outputs": "it", "nodes": "{node: make.number}"}
    text = HEAD + NODES + f"  {name}: {{node: make.number}}\n"
    if section != "nodes":
        text = HEAD + f"{section}:\n  {name}: {entries[section]}\n" + NODES
    complaint = folder.complaint(text)
    assert complaint.startswith(f"graph.yaml:{4 if section == 'nodes' else 3}:3: ")
    assert "is not a name for a" in complaint
    assert complaint.endswith("use letters, digits, _ and -, a letter first")


# --- inputs ------------------------------------------------------------------


def test_the_keys_of_an_input_are_known(folder: GraphFolder) -> None:
    assert folder.complaint(HEAD + "inputs:\n  fps: {defualt: 30}\n" + NODES) == (
        "graph.yaml:3:9: an input has no key 'defualt'; did you mean 'default'?"
    )


def test_the_type_of_an_input_is_known(folder: GraphFolder) -> None:
    assert folder.complaint(HEAD + "inputs:\n  fps: {type: nubmer}\n" + NODES) == (
        "graph.yaml:3:15: there is no input type 'nubmer'; did you mean 'number'?"
    )


def test_choices_are_a_list(folder: GraphFolder) -> None:
    assert folder.complaint(HEAD + "inputs:\n  rig: {choices: tall}\n" + NODES) == (
        "graph.yaml:3:18: choices must be a list"
    )


def test_an_input_has_a_type_or_a_default(folder: GraphFolder) -> None:
    assert folder.complaint(HEAD + "inputs:\n  clip:\n" + NODES) == (
        "graph.yaml:3:3: input 'clip' has neither a type nor a default; write clip: {type: path}, or give it a default"
    )


def test_a_path_has_no_choices(folder: GraphFolder) -> None:
    assert folder.complaint(HEAD + "inputs:\n  clip: {type: path, choices: [a, b], default: a}\n" + NODES) == (
        "graph.yaml:3:22: an input of the type path cannot have choices; remove it"
    )


@pytest.mark.parametrize("key", ["default", "choices"])
def test_data_has_no_default_and_no_choices(folder: GraphFolder, key: str) -> None:
    assert folder.complaint(HEAD + f"inputs:\n  body: {{type: Motion, {key}: [1]}}\n" + NODES) == (
        f"graph.yaml:3:24: an input of the type Motion cannot have {key}; remove it"
    )


def test_a_type_of_data_must_be_known_to_some_node(folder: GraphFolder) -> None:
    assert folder.complaint(HEAD + "inputs:\n  body: {type: Moton}\n" + NODES) == (
        "graph.yaml:3:3: no installed node gives or takes a Moton; did you mean 'Motion'?"
    )


def test_a_node_and_an_input_with_data_cannot_share_a_name(folder: GraphFolder) -> None:
    text = HEAD + "inputs:\n  it: {type: Motion}\n" + NODES
    assert folder.complaint(text) == "graph.yaml:5:3: 'it' is an input already; give the node another name"


def test_a_node_and_an_input_with_a_value_can_share_a_name(folder: GraphFolder) -> None:
    assert folder.read(HEAD + "inputs:\n  it: 1\n" + NODES)


# --- nodes -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        ("it: {}", "2:10: node 'it' calls nothing; give it exactly one of node: and use:"),
        ("it: {value: 1}", "2:10: node 'it' calls nothing; give it exactly one of node: and use:"),
        ("it: {node: a.b, use: c}", "2:10: node 'it' has both node: and use:; give it exactly one of node: and use:"),
        ("it:", "2:10: node 'it' is empty; say which node it calls: {node: read.bvh, ...}"),
        ("it: make.number", "2:14: node 'it' must be a mapping of names to values"),
        ("it: [make.number]", "2:14: node 'it' must be a mapping of names to values"),
        ("it: {node: 3}", "2:21: node: must be a name"),
        ("it: {node: [make.number]}", "2:21: node: must be a name"),
        ("it: {use: null}", "2:20: use: must be a name"),
    ],
)
def test_a_call_says_exactly_what_it_calls(folder: GraphFolder, call: str, complaint: str) -> None:
    assert folder.complaint(f"{HEAD}nodes: {{ {call} }}\n") == f"graph.yaml:{complaint}"


# --- the graph's own batch ---------------------------------------------------


@pytest.mark.parametrize("each", ["{clip: 'mocap/*.bvh'}", "items.csv"])
def test_a_batch_is_an_input_with_a_pattern_or_a_table(folder: GraphFolder, each: str) -> None:
    linked = folder.read(f"{HEAD}inputs:\n  clip: {{type: path}}\neach: {each}\n{NODES}")
    assert linked.graph.each is not None


@pytest.mark.parametrize("each", ["5", "[a]", "{}", "{clip: 1}", "{clip: '*', rig: '*'}", "''", "null", "true"])
def test_any_other_batch_is_refused(folder: GraphFolder, each: str) -> None:
    complaint = folder.complaint(f"{HEAD}inputs: {{clip: {{type: path}}, rig: x}}\neach: {each}\n{NODES}")
    assert complaint.startswith("graph.yaml:3:7: each: must say what the batch runs over; write {clip: ")


def test_a_batch_runs_over_an_input_that_there_is(folder: GraphFolder) -> None:
    assert folder.complaint(f"{HEAD}inputs: {{clip: {{type: path}}}}\neach: {{clpi: '*'}}\n{NODES}") == (
        "graph.yaml:3:8: the batch runs over 'clpi', which is not an input with a value; did you mean 'clip'?"
    )


def test_a_batch_cannot_run_over_data(folder: GraphFolder) -> None:
    assert "graph.yaml:3:8: the batch runs over 'body', which is not an input with a value" in folder.complaint(
        f"{HEAD}inputs: {{body: {{type: Motion}}}}\neach: {{body: '*'}}\n{NODES}"
    )

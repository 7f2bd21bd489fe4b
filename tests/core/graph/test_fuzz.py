"""Whatever a file holds, reading it ends in a graph or in a list of what is wrong with it."""

import tempfile
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from few_nodes import REGISTRY
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from motionloom.core.graph import InvalidGraph, LinkedGraph, Problems, read_graph
from motionloom.core.graph.document import read_document
from motionloom.core.graph.draw import dot, mermaid
from motionloom.core.graph.problems import Source
from motionloom.core.graph.schema import json_schema

MANY = settings(max_examples=10 * settings.default.max_examples, deadline=None, suppress_health_check=list(HealthCheck))
SCHEMA = jsonschema.Draft7Validator(json_schema(REGISTRY))
RIGHT = """\
motionloom: 1
help: everything that the language knows
inputs:
  clip: {type: path, default: graph.yaml}
  fps: 30
  rig: {default: tall, choices: [small, tall], help: which}
  body: {type: Motion}
each: {clip: "*.bvh"}
nodes:
  source: &source {node: read.clip, path: "${clip}", frames: 3}
  again: *source
  hero: {node: make.hero, rig: "${rig}", name: "${clip.stem}_${item}", sides: [left, right], weights: {a: 1e-4}}
  solved: {node: solve.pose, motion: source, target: hero.skeleton, face: hero.face}
  halves: {node: split.body, motion: body}
  all: {node: join.motions, motions: [solved, halves.upper, used.whole]}
  used: {use: other.yaml, body: all, size: "${fps}"}
  file: {node: write.motion, motion: used, path: "${item}.txt"}
outputs:
  all: all
  bones: hero.skeleton
"""
RIGHT = RIGHT.replace("motions: [solved, halves.upper, used.whole]", "motions: [solved, halves.upper]")
OTHER = """\
motionloom: 1
inputs: {body: {type: Motion}, size: 1}
nodes:
  it: {node: split.body, motion: body}
  name: {node: make.text, text: "x${size}"}
outputs: {whole: it.upper}
"""
WORDS = [
    *("motionloom", "help", "inputs", "each", "nodes", "outputs", "type", "default", "choices", "node", "use"),
    *("make.hero", "split.body", "join.motions", "read.clip", "motion", "motions", "path", "Motion", "number"),
    *("${clip}", "${clip.stem}", "${", "$${", "${}", "hero.skeleton", "a", "it", "*", "&a", "*a", "<<", "!!int", "---"),
    *("{", "}", "[", "]", ":", ",", "- ", "? ", "|", ">", "'", '"', "#", "%", "@", "`"),
    *("\n", "\t", " ", "  ", "\0", "\x85"),
    *("1e-4", "0x1F", ".inf", "null", "~", "true", "no", "1", "9" * 500, "é", "\u2028", "\ufeff", "\\u0000", "x" * 300),
    *("other.yaml", "graph.yaml", ".", "/", "..", "~nobody/x", "\\ud800"),
]  # fmt: skip


def check_read(data: bytes) -> LinkedGraph | None:
    """The graph, which the schema for editors accepts as well, or None where it is wrong; any other end is a bug."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.yaml"
        path.write_bytes(data)
        (path.parent / "other.yaml").write_text(OTHER)
        try:
            linked, _ = read_graph(path, REGISTRY)
        except InvalidGraph as wrong:
            assert wrong.problems
            assert len(wrong.sentence.splitlines()) == 1
            assert str(wrong)
            return None
        document = read_document(Source(path, data.decode("utf-8-sig")), Problems())
        assert document is not None
        SCHEMA.validate(document.plain)
        assert mermaid(linked)
        assert dot(linked)
        assert linked.targets or not linked.steps
        return linked


def test_the_graph_that_is_spoilt_below_is_right() -> None:
    linked = check_read(RIGHT.encode())
    assert linked is not None
    assert len(linked.steps) == 9


@MANY
@given(st.binary(max_size=200))
@example(b"\xff\xfem\x00")
@example(b"\xef\xbb\xbf")
def test_any_bytes(data: bytes) -> None:
    check_read(data)


@MANY
@given(st.binary(max_size=100))
def test_any_bytes_after_a_right_beginning(data: bytes) -> None:
    check_read(b"motionloom: 1\nnodes:\n  a: {node: make.hero}\n  " + data)


@MANY
@given(st.lists(st.sampled_from(WORDS), max_size=40).map("".join))
def test_any_words_of_the_language(text: str) -> None:
    check_read(text.encode("utf-8", "surrogatepass"))


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """The right graph after a few cuts, copies and insertions."""
    text = RIGHT
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        new = draw(st.sampled_from([*WORDS, "", text[start:end] * 2]) | st.text(max_size=3))
        text = text[:start] + new + text[end:]
    return text


@MANY
@given(spoilt())
def test_a_right_graph_spoilt(text: str) -> None:
    check_read(text.encode("utf-8", "surrogatepass"))


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=5)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=4), inner),
    max_leaves=12,
)
NAMES = st.sampled_from(["a", "b", "c", "it", "hero", "body", "item", "x y", ""])
REFERENCES = st.sampled_from(["a", "b", "c.upper", "c.whole", "hero.skeleton", "body", "a.b.c", "it.", ""])
RIGHT_CALLS = st.sampled_from(
    [
        {"node": "make.hero"},
        {"node": "make.hero", "rig": "small", "weights": {"a": 1, "b": "${item}"}, "sides": []},
        {"node": "make.count", "value": 3},
        {"node": "make.text", "text": "${item} $${x}"},
        {"node": "read.clip", "path": "graph.yaml"},
        {"node": "read.mocap", "folder": "."},
        {"use": "other.yaml", "body": "a", "size": 3},
        {"node": "split.body", "motion": "a"},
        {"node": "join.motions", "motions": ["a"]},
        {"node": "solve.pose", "motion": "a", "target": "hero.skeleton", "face": None},
    ]
)
ANY_CALLS = st.fixed_dictionaries(
    {},
    optional={
        "node": st.sampled_from([*REGISTRY.nodes, "no.such"]),
        "use": st.sampled_from(["other.yaml", "graph.yaml", "none.yaml", "\0", "a" * 300]),
        "motion": REFERENCES | VALUES,
        "body": REFERENCES,
        "motions": st.lists(REFERENCES, max_size=3) | VALUES,
        "target": REFERENCES,
        "path": st.sampled_from(["graph.yaml", "${clip}", "${a.stem}.txt", "/", "~nobody-here/x", "\0"]) | VALUES,
        "value": VALUES,
        "sides": VALUES,
        "limits": VALUES,
    },
)
CALLS = RIGHT_CALLS | RIGHT_CALLS | RIGHT_CALLS | st.builds(dict.__or__, RIGHT_CALLS, ANY_CALLS) | ANY_CALLS
NODES = st.fixed_dictionaries(
    {"a": st.just({"node": "read.clip", "path": "graph.yaml"}), "hero": st.just({"node": "make.hero"})},
    optional=dict.fromkeys(("b", "c", "it", "body", "item", "x-1", ""), CALLS),
)
INPUTS = (
    SCALARS
    | VALUES
    | st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["path", "number", "integer", "list", "string", "Motion", "Halves", "X", "x"])
            | VALUES,
            "default": VALUES,
            "choices": st.lists(SCALARS, max_size=3) | VALUES,
            "help": VALUES,
        },
    )
)
GRAPHS = st.fixed_dictionaries(
    {
        "motionloom": st.sampled_from([1, 1, 1, 1, 1, 1, 1, 2, "1", None]),
        "nodes": NODES | NODES | NODES | st.dictionaries(NAMES, CALLS | VALUES, max_size=5) | VALUES,
    },
    optional={
        "inputs": st.dictionaries(NAMES, INPUTS, max_size=2) | VALUES,
        "outputs": st.dictionaries(NAMES, REFERENCES, max_size=2) | VALUES,
        "each": st.sampled_from(["a.csv", {"it": "*"}]) | VALUES,
        "help": st.text(max_size=3) | VALUES,
    },
)


@MANY
@given(GRAPHS, st.booleans())
def test_any_structure(graph: dict[str, Any], flow: bool) -> None:
    text = yaml.safe_dump(graph, allow_unicode=True, default_flow_style=flow)
    check_read(text.encode("utf-8", "surrogatepass"))


@MANY
@given(st.dictionaries(NAMES, VALUES | st.text(), max_size=3))
def test_any_values_of_inputs(values: dict[str, Any]) -> None:
    text = "motionloom: 1\ninputs: {a: 1, b: {type: path}, c: {type: list}, it: {type: boolean}, item: x}\n"
    text += "nodes: {n: {node: make.hero, name: '${item}', sides: '${c}'}}\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.yaml"
        path.write_text(text)
        try:
            read_graph(path, REGISTRY, values)
        except InvalidGraph as wrong:
            assert str(wrong)

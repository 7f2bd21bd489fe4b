"""The JSON Schema for editors says the same as the reader, at the same word."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pydantic
import pytest
import yaml
from few_nodes import NODES, REGISTRY

from motionloom.core.graph.document import read_document
from motionloom.core.graph.problems import Problems, Source
from motionloom.core.graph.schema import json_schema
from motionloom.core.node import node
from motionloom.core.registry import installed_registry
from motionloom.core.testing import registry_of

PIPELINES = sorted((Path(__file__).parents[3] / "pipelines").glob("*.yaml"))
RIGHT = """\
motionloom: 1
help: a graph with everything
inputs:
  clip: {type: path, help: a clip}
  fps: 30
  rig: {default: tall, choices: [small, tall]}
  flags: [1, 2]
  body: {type: Motion}
each: {clip: "mocap/*.bvh"}
nodes:
  source: {node: read.clip, path: "${clip}"}
  hero: {node: make.hero, rig: "${rig}", height: 1.7, limits: {high: 1}}
  other: {node: make.hero, sides: [left, "${rig}"], weights: {a: "${fps}"}}
  left-body: {node: solve.pose, motion: source, target: hero.skeleton, face: }
  all: {node: join.motions, motions: [source, left-body, lib.some-thing.x]}
  lib: {use: lib/clean.yaml, body: source, anything: [1]}
outputs:
  all: all
  bones: hero.skeleton
"""


def plain(text: str) -> Any:
    """A graph as an editor sees it."""
    document = read_document(Source(Path("g.yaml"), text), Problems())
    assert document is not None
    return document.plain


def errors(text: str, schema: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    validator = jsonschema.Draft7Validator(schema or json_schema(REGISTRY))
    found = validator.iter_errors(plain(text))
    return [("/".join(map(str, error.absolute_path)), error.message) for error in found]


def test_it_is_a_schema_of_draft_7() -> None:
    schema = json_schema(REGISTRY)
    jsonschema.Draft7Validator.check_schema(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert json.loads(json.dumps(schema)) == schema


def test_the_schema_of_the_installed_nodes_is_one_as_well() -> None:
    schema = json_schema(installed_registry())
    jsonschema.Draft7Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema


@pytest.mark.parametrize("path", PIPELINES, ids=lambda path: path.stem)
def test_every_pipeline_that_ships_is_accepted(path: Path) -> None:
    assert errors(path.read_text(), json_schema(installed_registry())) == []


def test_there_are_pipelines() -> None:
    assert PIPELINES


def test_a_right_graph_is_accepted() -> None:
    assert errors(RIGHT) == []


def test_an_editor_that_reads_yaml_1_1_agrees() -> None:
    validator = jsonschema.Draft7Validator(json_schema(REGISTRY))
    assert list(validator.iter_errors(yaml.safe_load(RIGHT))) == []


@pytest.mark.parametrize(
    ("right", "wrong", "path", "message"),
    [
        ("node: make.hero", "node: make.hreo", "nodes/hero/node", "'make.hreo' is not one of"),
        ("height: 1.7", "heigth: 1.7", "nodes/hero", "'heigth' was unexpected"),
        ("height: 1.7", "height: tall", "nodes/hero/height", "'tall' is not valid"),
        ("height: 1.7", "height: 4", "nodes/hero/height", "4 is not valid"),
        ('rig: "${rig}"', "rig: huge", "nodes/hero/rig", "'huge' is not valid"),
        ("{high: 1}", "{low: 1}", "nodes/hero/limits", "is not valid"),
        ("{high: 1}", "{high: 1, x: 2}", "nodes/hero/limits", "is not valid"),
        ("motion: source, ", "", "nodes/left-body", "'motion' is a required property"),
        (', path: "${clip}"', "", "nodes/source", "'path' is a required property"),
        ("motion: source", "motion: 3", "nodes/left-body/motion", "3 is not of type 'string'"),
        ("motion: source", 'motion: "${clip}"', "nodes/left-body/motion", "does not match"),
        ("motions: [source,", "motions: [3,", "nodes/all/motions/0", "3 is not of type 'string'"),
        ("[source, left-body, lib.some-thing.x]", "3", "nodes/all/motions", "3 is not of type 'string', 'array'"),
        ("[source, left-body, lib.some-thing.x]", "a b", "nodes/all/motions", "'a b' does not match"),
        ("use: lib/clean.yaml", "usee: lib/clean.yaml", "nodes/lib", "is not valid under any of the given schemas"),
        ("use: lib/clean.yaml", "use: a, node: make.hero", "nodes/lib", "is valid under each of"),
        ("use: lib/clean.yaml", "use: 3", "nodes/lib/use", "3 is not of type 'string'"),
        ("  lib:", "  l b:", "nodes", "'l b' does not match"),
        ("motionloom: 1", "motionloom: 2", "motionloom", "1 was expected"),
        ("motionloom: 1", "help: none", "", "'motionloom' is a required property"),
        ("help: a graph", "hlep: a graph", "", "'hlep' was unexpected"),
        ("help: a graph with everything", "help: 3", "help", "3 is not of type 'string'"),
        ("help: a clip", "hlep: a clip", "inputs/clip", "'hlep' was unexpected"),
        ("type: path", "type: pth", "inputs/clip/type", "'pth' is not valid"),
        ("choices: [small, tall]", "choices: small", "inputs/rig/choices", "'small' is not of type 'array'"),
        ("fps: 30", "fps: ", "inputs/fps", "None is not of type"),
        ("{clip: \"mocap/*.bvh\"}", "{clip: 3}", "each/clip", "3 is not of type 'string'"),
        ("{clip: \"mocap/*.bvh\"}", "{a: b, c: d}", "each", "has too many properties"),
        ("{clip: \"mocap/*.bvh\"}", "[a]", "each", "is not of type 'object', 'string'"),
        ("bones: hero.skeleton", "bones: [hero]", "outputs/bones", "is not of type 'string'"),
    ],
)  # fmt: skip
def test_a_wrong_word_is_reported_at_itself(right: str, wrong: str, path: str, message: str) -> None:
    assert right in RIGHT
    found = errors(RIGHT.replace(right, wrong, 1))
    assert any(where == path and message in text for where, text in found), found
    assert all(where.startswith(path) for where, _ in found), found


def test_one_wrong_word_is_one_error() -> None:
    assert len(errors(RIGHT.replace("node: make.hero", "node: make.hreo", 1))) == 1
    assert len(errors(RIGHT.replace("height: 1.7", "heigth: 1.7"))) == 1


def test_a_graph_without_nodes_is_not_accepted() -> None:
    assert errors("motionloom: 1\nnodes: {}\n")[0][0] == "nodes"
    assert errors("motionloom: 1\n") == [("", "'nodes' is a required property")]


def test_help_and_defaults_are_there_for_the_editor() -> None:
    call = json_schema(REGISTRY)["properties"]["nodes"]["additionalProperties"]
    branch = next(one["then"] for one in call["allOf"] if one["if"]["properties"]["node"] == {"const": "read.clip"})
    assert branch["description"] == "Read a clip."
    assert branch["properties"]["path"]["description"] == "the file."
    assert branch["properties"]["frames"]["default"] is None
    assert branch["required"] == ["path"]


class Options(pydantic.BaseModel):
    inner: "Inner"


class Inner(pydantic.BaseModel):
    size: int


def other_options() -> type[pydantic.BaseModel]:
    class Options(pydantic.BaseModel):
        name: str

    return Options


OtherOptions: Any = other_options()


@node("first.node")
def first(*, options: Options, pair: tuple[int, str] = (1, "a")) -> int:
    """Takes options of its own."""
    return options.inner.size


@node("second.node")
def second(*, options: OtherOptions) -> int:
    """Takes other options of the same name."""
    return len(options.name)


def test_models_of_one_name_in_two_plugins_do_not_meet() -> None:
    schema = json_schema(registry_of(*NODES, first, second))
    jsonschema.Draft7Validator.check_schema(schema)
    right = 'motionloom: 1\nnodes:\n  a: {node: first.node, options: {inner: {size: "${n}"}}, pair: [1, "${n}"]}\n'
    assert errors(right + "  b: {node: second.node, options: {name: x}}\n", schema) == []
    assert [where for where, _ in errors(right + "  b: {node: second.node, options: {inner: 1}}\n", schema)] == [
        "nodes/b/options"
    ]


def places(found: Sequence[tuple[str, str]]) -> list[str]:
    return [where for where, _ in found]


def test_a_pair_has_two_values_of_their_types() -> None:
    schema = json_schema(registry_of(first))
    for wrong in ("[1]", "[1, a, b]", "[a, 1]", "{}"):
        text = f"motionloom: 1\nnodes:\n  a: {{node: first.node, options: {{inner: {{size: 1}}}}, pair: {wrong}}}\n"
        assert places(errors(text, schema)) == ["nodes/a/pair"]

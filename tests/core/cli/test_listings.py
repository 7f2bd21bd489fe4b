"""nodes, plugins, pipelines, schema: what is installed, for people and for programs."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from command_line import Command
from small_nodes import GRAPH

from motionloom.core.registry import Registry, installed_registry
from motionloom.core.registry.loading import Loaded, Provider


def test_nodes_are_listed_with_their_first_sentence(motionloom: Command, small: Registry) -> None:
    ended = motionloom("nodes")
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "export.number  Write a number.",
        "number.add     Add | up.",
        "number.read    A number from a file.",
    ]


def test_a_node_is_shown_with_what_it_takes_and_gives_and_a_call(motionloom: Command, small: Registry) -> None:
    assert (
        motionloom("nodes", "number.add").out
        == """\
number.add (version 1, from under-test)

Add | up.

ports:
  numbers (list of int): to add.
  extra (int, optional): one more.

parameters:
  by (float, default 0.5): another.
  names (tuple[str, ...], default ["a", "b"])

gives:
  float

example:
  number: {node: number.add, numbers: [A_NODE]}
"""
    )
    shown = motionloom("nodes", "number.read").out
    assert "\nNothing else may be in it.\n" in shown
    assert "path (Path, required): the file.\n" in shown
    assert shown.endswith("  number: {node: number.read, path: ...}\n")


def test_nodes_are_described_in_json(motionloom: Command, small: Registry) -> None:
    described = json.loads(motionloom("nodes", "--json").out)
    assert [one["name"] for one in described] == ["export.number", "number.add", "number.read"]
    assert (
        json.loads(motionloom("nodes", "number.read", "--json").out)
        == described[2]
        == {
            "name": "number.read",
            "version": 4,
            "plugin": "under-test",
            "summary": "A number from a file.",
            "description": "Nothing else may be in it.",
            "ports": [],
            "parameters": [{"name": "path", "type": "Path", "required": True, "default": None, "help": "the file."}],
            "outputs": [{"name": None, "type": "int"}],
        }
    )
    assert described[1]["ports"][0] == {
        "name": "numbers", "type": "int", "optional": False, "many": True, "help": "to add."
    }  # fmt: skip


def test_the_reference_is_a_markdown_table_a_node(motionloom: Command, small: Registry) -> None:
    page = motionloom("nodes", "--markdown").out
    assert page.startswith("# Node reference\n")
    assert re.findall(r"^## (.*)$", page, re.MULTILINE) == ["export.number", "number.add", "number.read"]
    assert "| numbers | list of int | port | to add. |" in page
    assert '| names | tuple[str, ...] | `["a", "b"]` |  |' in page
    assert "Gives float. Version 1." in page


def test_an_unknown_node_exits_with_2_and_names_the_nearest(motionloom: Command, small: Registry) -> None:
    ended = motionloom("nodes", "number.ad")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "motionloom: there is no node 'number.ad'; did you mean 'number.add'?\n"


@pytest.mark.parametrize("name", sorted(installed_registry().nodes))
def test_every_installed_node_can_be_shown(name: str, motionloom: Command) -> None:
    shown = motionloom("nodes", name).out
    assert shown.startswith(f"{name} (version ")
    call = yaml.safe_load(shown.splitlines()[-1].replace("...", "null"))
    assert next(iter(call.values()))["node"] == name


@pytest.mark.parametrize("name", sorted(installed_registry().nodes))
def test_every_installed_node_documents_all_that_it_takes(name: str) -> None:
    spec = installed_registry().nodes[name].spec
    assert spec.doc.summary.endswith(".")
    assert [one.name for one in (*spec.ports, *spec.parameters) if not one.help] == []


def test_plugins_are_listed_the_broken_ones_with_their_reason(motionloom: Command, small: Registry) -> None:
    small.add(Loaded(Provider("torn", "motionloom-torn", "0.3", "ImportError: no such [library]"), None))
    ended = motionloom("plugins")
    assert ended.code == 0
    assert [line.split(maxsplit=3) for line in ended.out.splitlines()] == [
        ["under", "test", "under-test", "1          ok"],
        ["torn", "motionloom-torn", "0.3", "BROKEN: ImportError: no such [library]"],
    ]
    assert [one["error"] for one in json.loads(motionloom("plugins", "--json").out)] == [
        None,
        "ImportError: no such [library]",
    ]


def test_pipelines_are_listed_with_their_inputs(motionloom: Command, small: Registry, tmp_path: Path) -> None:
    small.pipelines["numbers"] = tmp_path / "numbers.yaml"
    small.pipelines["numbers"].write_text(GRAPH)
    ended = motionloom("pipelines")
    assert ended.code == 0
    assert ended.out == (
        "numbers: Read a number and write it.\n"
        "    clip (path, required): a file with a number\n"
        "    by (number, default 1.5)\n"
    )
    assert json.loads(motionloom("pipelines", "--json").out) == {
        "numbers": {"help": "Read a number and write it.", "inputs": ["clip", "by"], "error": None}
    }


def test_an_input_that_may_stay_empty_is_listed_as_optional(
    motionloom: Command, small: Registry, tmp_path: Path
) -> None:
    small.pipelines["numbers"] = tmp_path / "numbers.yaml"
    small.pipelines["numbers"].write_text(
        GRAPH.replace("inputs:\n", "inputs:\n  map: {type: path, default: null}\n", 1)
    )
    assert "    map (path, optional)\n" in motionloom("pipelines").out


def test_a_broken_pipeline_is_listed_and_harms_nothing(motionloom: Command, small: Registry, tmp_path: Path) -> None:
    for name, text in (("good", GRAPH), ("torn", GRAPH.replace("number.add", "number.ad"))):
        small.pipelines[name] = tmp_path / f"{name}.yaml"
        small.pipelines[name].write_text(text)
    ended = motionloom("pipelines")
    assert ended.code == 0
    assert re.search(r"^good: Read a number", ended.out, re.MULTILINE)
    assert re.search(r"^torn: BROKEN: .*torn.yaml:8:15: there is no node 'number.ad'", ended.out, re.MULTILINE)
    described = json.loads(motionloom("pipelines", "--json").out)
    assert "number.ad" in described["torn"]["error"]
    assert described["good"]["error"] is None


def test_the_schema_is_one_and_accepts_a_right_graph(motionloom: Command, small: Registry) -> None:
    schema = json.loads(motionloom("schema").out)
    jsonschema.Draft7Validator.check_schema(schema)
    graph = yaml.safe_load(GRAPH)
    jsonschema.validate(graph, schema, jsonschema.Draft7Validator)
    graph["nodes"]["sum"]["node"] = "number.ad"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(graph, schema, jsonschema.Draft7Validator)

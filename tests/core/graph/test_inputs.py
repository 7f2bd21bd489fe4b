"""Inputs: their types, and what a caller may give them."""

import math
from pathlib import Path
from typing import Any

import pytest
from graph_folder import GraphFolder

HEAD = "motionloom: 1\n"
NODES = "nodes:\n  it: {node: make.number}\n"


def with_inputs(*lines: str) -> str:
    return HEAD + "inputs:\n" + "".join(f"  {line}\n" for line in lines) + NODES


# --- declarations ------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("30", "number"),
        ("1e-4", "number"),
        ("true", "boolean"),
        ("no", "string"),
        ("'30'", "string"),
        ("walk.bvh", "string"),
        ("[1, 2]", "list"),
        ("{default: 30}", "number"),
        ("{default: true}", "boolean"),
        ("{choices: [a, b]}", "string"),
        ("{choices: [1, 2]}", "number"),
        ("{help: anything}", "string"),
        ("{type: integer}", "integer"),
        ("{type: path}", "path"),
        ("{type: Motion}", "Motion"),
    ],
)
def test_an_input_has_the_type_that_it_says_or_that_its_default_has(
    folder: GraphFolder, written: str, kind: str
) -> None:
    assert folder.read(with_inputs(f"x: {written}")).inputs["x"].type == kind


def test_an_input_without_a_default_must_be_given(folder: GraphFolder) -> None:
    linked = folder.read(with_inputs("x: {type: path}", "y: {default: 1}"))
    assert {name: one.default is None for name, one in linked.inputs.items()} == {"x": True, "y": False}


@pytest.mark.parametrize(
    ("declared", "complaint"),
    [
        ("{type: integer, default: 1.5}", "1.5 is not a whole number; it is declared as integer"),
        ("{type: integer, default: true}", "True is not a whole number; it is declared as integer"),
        ("{type: number, default: no}", "'no' is not a number; it is declared as number"),
        ("{type: number, default: false}", "False is not a number; it is declared as number"),
        ("{type: boolean, default: yes}", "'yes' is not true or false; it is declared as boolean"),
        ("{type: boolean, default: 1}", "1 is not true or false; it is declared as boolean"),
        ("{type: string, default: 0012}", "12 is not text; it is declared as string"),
        ("{type: list, default: a}", "'a' is not a list; it is declared as list"),
        ("{type: path, default: 3}", "3 is not a path; it is declared as path"),
        ("{type: path, default: ''}", "'' is not a path; it is declared as path"),
        ('{type: path, default: "a\\0b"}', "a path cannot hold a NUL character; it is declared as path"),
        ("{type: path, default: ~nobody-here/x}", "'~nobody-here/x' is in the home folder of an unknown user"),
        ("{choices: [a, b], default: c}", "'c' is not one of 'a', 'b'; it is declared as string"),
    ],
)
def test_a_default_fits_its_type_and_choices(folder: GraphFolder, declared: str, complaint: str) -> None:
    problem = folder.wrong(with_inputs(f"x: {declared}"))[0]
    assert problem.position is not None
    assert problem.position[:2] == (3, declared.index("default: ") + 15)
    assert f"the default of input 'x' does not fit: {complaint}" in problem.sentence


OPTIONAL = (
    HEAD
    + """inputs:
  clip: walk.bvh
  frames: {type: integer, default: null}
nodes:
  it: {node: read.clip, path: "${clip}", frames: "${frames}"}
"""
)


def test_an_input_whose_default_is_null_is_optional(folder: GraphFolder) -> None:
    folder.write("walk.bvh", "walk")
    assert folder.read(OPTIONAL).inputs["frames"].optional
    assert folder.parameters(OPTIONAL)["frames"] is None


@pytest.mark.parametrize(("given", "frames"), [("12", 12), (12, 12), ("", None), (None, None)])
def test_an_optional_input_takes_a_value_or_nothing(folder: GraphFolder, given: Any, frames: int | None) -> None:
    folder.write("walk.bvh", "walk")
    assert folder.parameters(OPTIONAL, given={"frames": given})["frames"] == frames


def test_an_optional_input_still_has_a_type(folder: GraphFolder) -> None:
    folder.write("walk.bvh", "walk")
    assert "'many' is not a whole number" in folder.complaint(OPTIONAL, {"frames": "many"})


def test_an_optional_path_has_no_parts_while_it_is_empty(folder: GraphFolder) -> None:
    text = HEAD + "inputs:\n  map: {type: path, default: null}\nnodes:\n  it: {node: make.text, text: VALUE}\n"
    for value in ('"${map.stem}"', '"of ${map}"'):
        complaint = folder.complaint(text.replace("VALUE", value))
        assert "graph.yaml:5:31: the input" in complaint
        assert "is empty, which cannot be part of the value of 'text'; give it a value" in complaint
    assert folder.parameters(text.replace("VALUE", '"of ${map.stem}"'), given={"map": "a/hero.yaml"}) == {
        "text": "of hero"
    }


def test_nothing_is_no_value_of_a_parameter_that_needs_one(folder: GraphFolder) -> None:
    text = HEAD + "inputs:\n  x: {type: string, default: null}\nnodes:\n  it: {node: make.text, text: '${x}'}\n"
    assert "'text' does not accept None" in folder.complaint(text)


def test_an_optional_input_of_a_used_graph_stays_empty_or_is_handed_down(folder: GraphFolder) -> None:
    folder.write("inner.yaml", OPTIONAL)
    folder.write("walk.bvh", "walk")
    call = "nodes:\n  a: {use: inner.yaml}\n  b: {use: inner.yaml, frames: '${n}'}\n"
    text = HEAD + "inputs:\n  n: {type: integer, default: null}\n" + call
    assert folder.parameters(text, "a/it")["frames"] is None
    assert folder.parameters(text, "b/it")["frames"] is None
    assert folder.parameters(text, "b/it", {"n": 3})["frames"] == 3


def test_a_default_that_does_not_fit_is_reported_once_however_often_it_is_used(folder: GraphFolder) -> None:
    text = with_inputs("x: {type: number, default: a}")
    text += '  a: {node: make.number, value: "${x}"}\n  b: {node: make.number, value: "${x}"}\n'
    assert folder.complaint(text).startswith("graph.yaml:3:30: the default of input 'x' does not fit")


def test_choices_fit_the_type(folder: GraphFolder) -> None:
    assert folder.complaint(with_inputs("x: {type: integer, choices: [1, two], default: 1}")) == (
        "graph.yaml:3:35: a choice of input 'x' does not fit: 'two' is not a whole number; it is declared as integer"
    )


def test_a_default_uses_no_variables(folder: GraphFolder) -> None:
    assert folder.complaint(with_inputs("x: 1", "y: 'a/${x}'")) == (
        "graph.yaml:4:6: the default of input 'y' cannot use ${...}; write a plain value; $${ stands for ${"
    )


def test_a_default_may_hold_an_escaped_brace(folder: GraphFolder) -> None:
    text = HEAD + "inputs: {x: 'a$${b}'}\nnodes:\n  it: {node: make.text, text: '${x}'}\n"
    assert folder.parameters(text) == {"text": "a${b}"}


# --- what a caller gives -----------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("string", "0012", "0012"),
        ("string", " a b ", " a b "),
        ("string", "", ""),
        ("string", "true", "true"),
        ("string", "${x}", "${x}"),
        ("number", "1e-4", 1e-4),
        ("number", " 0012 ", 12),
        ("number", ".inf", math.inf),
        ("integer", "0x1F", 31),
        ("integer", "-7", -7),
        ("boolean", "true", True),
        ("boolean", "FALSE", False),
        ("list", "[1, a, [true]]", [1, "a", [True]]),
        ("list", "[]", []),
        ("list", "- 1\n- 2", [1, 2]),
    ],
)
def test_text_is_read_as_the_type_of_its_input(folder: GraphFolder, kind: str, text: str, value: object) -> None:
    found = folder.values(with_inputs(f"x: {{type: {kind}}}"), {"x": text})["x"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("number", "fast", "'fast' is not a number"),
        ("number", "", "'' is not a number"),
        ("number", "~", "'~' is not a number"),
        ("number", "10:00", "'10:00' is not a number"),
        ("number", "true", "True is not a number"),
        ("integer", "1.0", "1.0 is not a whole number"),
        ("integer", "1e3", "1000.0 is not a whole number"),
        ("boolean", "yes", "'yes' is not true or false"),
        ("boolean", "1", "1 is not true or false"),
        ("list", "1, 2", "'1, 2' is not a list like [1, 2]"),
        ("list", "", "'' is not a list like [1, 2]"),
        ("list", "[1", "'[1' is not a list like [1, 2]"),
        ("list", "{a: 1}", "'{a: 1}' is not a list like [1, 2]"),
        ("list", "[!!python/name:os.system ]", "is not a list like [1, 2]"),
        ("list", "[\udcff]", r"'[\udcff]' is not a list like [1, 2]"),
        ("list", f"[{'!a 1, ' * 200}]", "is not a list like [1, 2]"),
        ("path", "", "'' is not a path"),
        ("path", "a\0b", "a path cannot hold a NUL character"),
    ],
)
def test_text_that_is_not_of_the_type_is_refused(folder: GraphFolder, kind: str, text: str, reason: str) -> None:
    complaint = folder.complaint(with_inputs(f"x: {{type: {kind}}}"), {"x": text})
    assert complaint.startswith("the value of input 'x' does not fit: ")
    assert reason in complaint
    assert complaint.endswith(f"; it is declared as {kind}")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", 3),
        ("number", 2.5),
        ("integer", 3),
        ("boolean", True),
        ("list", [1, {"a": None}]),
        ("list", (1, 2)),
        ("path", Path("/a/b")),
    ],
)
def test_a_program_gives_values_of_the_type(folder: GraphFolder, kind: str, value: object) -> None:
    assert folder.values(with_inputs(f"x: {{type: {kind}}}"), {"x": value})["x"] == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", True),
        ("number", None),
        ("integer", 1.0),
        ("boolean", 0),
        ("string", 5),
        ("list", {"a": 1}),
        ("list", [object()]),
        ("list", [{1: 2}]),
        ("path", 5),
        ("path", b"walk.bvh"),
    ],
)
def test_a_program_is_held_to_the_type_as_well(folder: GraphFolder, kind: str, value: Any) -> None:
    assert "the value of input 'x' does not fit" in folder.complaint(with_inputs(f"x: {{type: {kind}}}"), {"x": value})


def test_a_value_is_one_of_the_choices(folder: GraphFolder) -> None:
    text = with_inputs("rig: {choices: [small, tall], default: tall}")
    assert folder.values(text, {"rig": "small"}) == {"rig": "small"}
    assert folder.complaint(text, {"rig": "huge"}) == (
        "the value of input 'rig' does not fit: 'huge' is not one of 'small', 'tall'; it is declared as string"
    )


def test_an_unknown_input_comes_with_the_nearest_one(folder: GraphFolder) -> None:
    complaint = folder.complaint(with_inputs("clip: {type: path}", "fps: 30"), {"clpi": "x"})
    assert complaint == "graph.yaml has no input 'clpi'; did you mean 'clip'?"


def test_an_unknown_input_of_a_graph_without_any_says_so(folder: GraphFolder) -> None:
    assert folder.complaint(HEAD + NODES, {"clip": "x"}) == "graph.yaml has no input 'clip'; it declares none"


def test_an_unknown_input_of_a_graph_with_many_is_not_told_that_there_are_none(folder: GraphFolder) -> None:
    text = with_inputs(*(f"in_{index}: 1" for index in range(20)))
    assert folder.complaint(text, {"zzzzzzzz": "1"}) == "graph.yaml has no input 'zzzzzzzz'"


def test_data_cannot_be_given_from_outside(folder: GraphFolder) -> None:
    assert folder.complaint(with_inputs("body: {type: Motion}"), {"body": "walk.bvh"}) == (
        "input 'body' is a Motion, which only another graph can give"
    )


def test_everything_wrong_with_a_call_and_its_graph_is_reported_together(folder: GraphFolder) -> None:
    text = with_inputs("fps: 30", "x: {type: integer, default: a}")
    complaints = folder.complaints(text, {"fps": "fast", "z": "1"})
    assert [text.split(":")[0] for text in complaints] == [
        "the value of input 'fps' does not fit",
        "graph.yaml has no input 'z'; choose from fps, x",
        "graph.yaml",
    ]


# --- paths -------------------------------------------------------------------

CLIP = (
    HEAD
    + "inputs:\n  clip: {type: path, default: mocap/walk.bvh}\nnodes:\n"
    + ('  it: {node: read.clip, path: "${clip}"}\n')
)


def test_a_default_path_starts_from_the_folder_of_the_graph(folder: GraphFolder) -> None:
    file = folder.write("mocap/walk.bvh", "walk")
    assert folder.parameters(CLIP) == {"path": file}


def test_a_given_path_starts_from_the_folder_of_the_caller(folder: GraphFolder, monkeypatch: Any) -> None:
    file = folder.write("elsewhere/run.bvh", "run")
    monkeypatch.chdir(file.parent)
    assert folder.parameters(CLIP, given={"clip": "run.bvh"}) == {"path": file}
    assert folder.values(CLIP, {"clip": "elsewhere/run.bvh"}, folder.path)["clip"] == file


def test_a_path_written_in_a_node_starts_from_the_folder_of_the_graph(folder: GraphFolder) -> None:
    file = folder.write("mocap/walk.bvh", "walk")
    assert folder.parameters(HEAD + "nodes:\n  it: {node: read.clip, path: mocap/walk.bvh}\n") == {"path": file}


def test_an_absolute_path_stays(folder: GraphFolder) -> None:
    file = folder.write("mocap/walk.bvh", "walk")
    assert folder.values(CLIP, {"clip": str(file)}) == {"clip": file}


def test_a_path_may_start_from_home(folder: GraphFolder, monkeypatch: Any) -> None:
    monkeypatch.setenv("HOME", str(folder.path))
    file = folder.write("walk.bvh", "walk")
    assert folder.values(CLIP, {"clip": "~/walk.bvh"}) == {"clip": file}
    assert folder.parameters(HEAD + "nodes:\n  it: {node: read.clip, path: ~/walk.bvh}\n") == {"path": file}


def test_a_path_keeps_the_links_that_it_was_given_by(folder: GraphFolder) -> None:
    folder.write("take_0042_final.bvh", "walk")
    (folder.path / "walk.bvh").symlink_to("take_0042_final.bvh")
    assert folder.parameters(CLIP, given={"clip": folder.path / "walk.bvh"}) == {"path": folder.path / "walk.bvh"}


def test_a_file_that_is_not_there_is_reported_where_the_graph_reads_it(folder: GraphFolder) -> None:
    assert folder.complaint(CLIP) == (
        f"graph.yaml:5:31: 'path' needs a file, but {folder.path}/mocap/walk.bvh is none; check the path"
    ).replace(f"{folder.path}/", "")


def test_a_file_is_no_folder_and_a_folder_no_file(folder: GraphFolder) -> None:
    folder.write("mocap/walk.bvh", "walk")
    text = HEAD + "nodes:\n  a: {node: read.clip, path: mocap}\n  b: {node: read.mocap, folder: mocap/walk.bvh}\n"
    first, second = folder.complaints(text)
    assert "3:30: 'path' needs a file" in first
    assert "4:33: 'folder' needs a folder" in second


def test_a_value_that_no_file_system_takes_is_no_file(folder: GraphFolder) -> None:
    text = HEAD + f'nodes:\n  a: {{node: read.clip, path: {"x" * 5000}}}\n  b: {{node: read.clip, path: "a\\0"}}\n'
    first, second = folder.complaints(text)
    assert "3:30: 'path' needs a file" in first
    assert "4:30: 'path' does not accept" in second

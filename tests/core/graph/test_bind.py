"""Parameters are validated strictly, and what does not fit is reported at the part that does not."""

from pathlib import Path
from typing import Any

import pytest
from few_nodes import REGISTRY, Limits, Side
from graph_folder import GraphFolder

from motionloom.core.graph import Problems, read_graph
from motionloom.core.graph.bind import Binder, depends_on, open_inputs


def hero(arguments: str) -> str:
    return f"motionloom: 1\nnodes:\n  it: {{node: make.hero, {arguments}}}\n"


@pytest.mark.parametrize(
    ("arguments", "parameters"),
    [
        ("height: 1", {"height": 1.0}),
        ("height: 1e-1", {"height": 0.1}),
        ("rig: tall", {"rig": "tall"}),
        ("sides: [left, right]", {"sides": (Side.LEFT, Side.RIGHT)}),
        ("sides: []", {"sides": ()}),
        ("weights: null", {"weights": None}),
        ("weights: {smile: 1, frown: 0.5}", {"weights": {"smile": 1.0, "frown": 0.5}}),
        ("limits: {high: 0.5}", {"limits": Limits(low=0.0, high=0.5)}),
        ("name: '12'", {"name": "12"}),
        ("name: no", {"name": "no"}),
    ],
)
def test_values_become_what_the_annotation_says(
    folder: GraphFolder, arguments: str, parameters: dict[str, Any]
) -> None:
    assert folder.parameters(hero(arguments)) == parameters


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("height: '1.7'", "33: 'height' does not accept '1.7': input should be a valid number"),
        ("height: true", "33: 'height' does not accept True: input should be a valid number"),
        ("height: 10:00", "33: 'height' does not accept '10:00': input should be a valid number"),
        ("height: 4", "33: 'height' does not accept 4: input should be less than or equal to 3"),
        ("height: null", "33: 'height' does not accept None: input should be a valid number"),
        ("name: 12", "31: 'name' does not accept 12: input should be a valid string"),
        ("name: [a]", "31: 'name' does not accept ['a']: input should be a valid string"),
        ("sides: left", "32: 'sides' does not accept 'left': input should be a valid array"),
        ("sides: [left, up]", "39: 'sides' does not accept 'up': input should be 'left' or 'right'"),
        ("weights: {a: 1, b: x}", "44: 'weights' does not accept 'x': input should be a valid number"),
        ("limits: {low: 1}", "33: 'limits' does not accept {'low': 1}: field required"),
        ("limits: {high: 2}", "40: 'limits' does not accept 2: input should be less than or equal to 1"),
        ("limits: {hihg: 1, high: 1}", "40: 'limits' does not accept 1: extra inputs are not permitted"),
    ],
)
def test_what_does_not_fit_is_reported_at_its_own_part(folder: GraphFolder, arguments: str, complaint: str) -> None:
    assert folder.complaint(hero(arguments)) == f"graph.yaml:3:{complaint}"


def test_a_long_value_is_shortened_in_its_message(folder: GraphFolder) -> None:
    complaint = folder.complaint(hero(f"height: {'x' * 10_000}"))
    assert len(complaint) < 200


def test_the_help_of_a_parameter_is_its_remedy(folder: GraphFolder) -> None:
    text = "motionloom: 1\nnodes:\n  it: {node: read.clip, path: graph.yaml, frames: all}\n"
    assert folder.complaint(text) == (
        "graph.yaml:3:51: 'frames' does not accept 'all': input should be a valid integer; "
        "how many; all where not given."
    )


def test_numbers_that_no_machine_number_holds_are_refused_or_infinite(folder: GraphFolder) -> None:
    text = "motionloom: 1\nnodes:\n  it: {node: make.count, value: 1e400}\n"
    assert "does not accept inf" in folder.complaint(text)
    assert folder.parameters(text.replace("make.count", "make.number")) == {"value": float("inf")}
    assert folder.parameters(text.replace("1e400", "9" * 30)) == {"value": int("9" * 30)}


def test_a_program_may_give_paths_within_lists_and_text(folder: GraphFolder) -> None:
    text = "motionloom: 1\ninputs: {p: {type: path}}\nnodes:\n  it: {node: make.text, text: '${p}'}\n"
    assert folder.parameters(text, given={"p": Path("/a/b")}) == {"text": "/a/b"}


def test_inputs_without_a_value_are_open(folder: GraphFolder) -> None:
    linked = folder.read(
        "motionloom: 1\ninputs: {a: 1, b: {type: path}, c: {type: Motion}}\nnodes: {it: {node: make.count}}\n"
    )
    assert open_inputs(linked, {}) == ["b", "c"]
    assert open_inputs(linked, {"b": 1}) == ["c"]


@pytest.mark.parametrize(
    ("template", "names", "depends"),
    [
        ("${clip}", {"clip"}, True),
        ("a${ clip.stem }", {"clip"}, True),
        ("${clip}", {"other"}, False),
        ("${item}", set(), True),
        ("$${clip}", {"clip"}, False),
        ("clip", {"clip"}, False),
    ],
)
def test_a_step_depends_on_the_inputs_it_uses(
    folder: GraphFolder, template: str, names: set[str], depends: bool
) -> None:
    text = "motionloom: 1\ninputs: {clip: {type: path}, other: x}\nnodes:\n"
    linked = folder.read(text + f"  it: {{node: make.hero, rig: tall, name: '{template}'}}\n")
    assert depends_on(linked.steps["it"], names) is depends


def test_one_binder_serves_one_item_and_leaves_the_graph_alone(folder: GraphFolder) -> None:
    file = folder.write("graph.yaml", "motionloom: 1\ninputs: {n: 1}\nnodes: {it: {node: make.count, value: '${n}'}}\n")
    linked, _ = read_graph(file, REGISTRY)
    values = [Binder(linked, {"n": n}, Problems(), "x").parameters(linked.steps["it"]) for n in (1, 2, 1)]
    assert values == [{"value": 1}, {"value": 2}, {"value": 1}]


WRITES = "motionloom: 1\nnodes:\n  a: {node: read.clip, path: graph.yaml}\n"


@pytest.mark.parametrize("name", ["walk.png", "walk.JPG", "walk.PNG"])
def test_a_path_may_end_in_any_case_of_its_suffixes(folder: GraphFolder, name: str) -> None:
    folder.read(WRITES + f"  b: {{node: write.picture, motion: a, path: {name}}}\n")


@pytest.mark.parametrize("name", ["walk.glb", "walk", "png", "walk.png.txt"])
def test_a_path_that_ends_otherwise_is_refused_at_its_place_with_what_is_wanted(folder: GraphFolder, name: str) -> None:
    said = folder.complaint(WRITES + f"  b: {{node: write.picture, motion: a, path: {name}}}\n")
    assert said == f"graph.yaml:4:45: 'path' does not accept '{name}': it must end in .png or .jpg"

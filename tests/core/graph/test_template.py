"""`${...}` gives the value of an input: typed, written out, never evaluated."""

from pathlib import Path

import pytest
from graph_folder import GraphFolder
from hypothesis import given
from hypothesis import strategies as st

from motionloom.core.graph.document import Value
from motionloom.core.graph.problems import Position
from motionloom.core.graph.template import MAX_FILLED, TooLarge, Unknown, fill, variables

HEAD = "motionloom: 1\n"
INPUTS = """\
inputs:
  clip: {type: path, default: mocap/walk.v2.bvh}
  fps: 30
  scale: 0.5
  loop: true
  rig: tall
  sizes: [1, 2.5]
  take: {type: integer, default: 0x1F}
"""


def a_text(template: str) -> str:
    return HEAD + INPUTS + f"nodes:\n  it: {{node: make.text, text: '{template}'}}\n"


def text_of(folder: GraphFolder, template: str) -> object:
    return folder.parameters(a_text(template))["text"]


# --- values ------------------------------------------------------------------


def test_a_variable_alone_keeps_its_type(folder: GraphFolder) -> None:
    text = HEAD + INPUTS + 'nodes:\n  it: {node: make.number, value: "${fps}"}\n'
    found = folder.parameters(text)["value"]
    assert found == 30
    assert isinstance(found, float)


def test_a_list_is_given_whole_and_piecewise(folder: GraphFolder) -> None:
    text = HEAD + "inputs: {side: left, all: [left, right]}\nnodes:\n"
    text += '  it: {node: make.hero, sides: ["${side}", right]}\n  also: {node: make.hero, sides: "${all}"}\n'
    assert [side.value for side in folder.parameters(text)["sides"]] == ["left", "right"]
    assert [side.value for side in folder.parameters(text, "also")["sides"]] == ["left", "right"]


def test_a_variable_stands_anywhere_in_a_nested_value(folder: GraphFolder) -> None:
    text = HEAD + INPUTS + 'nodes:\n  it: {node: make.hero, weights: {smile: "${scale}", frown: 0}}\n'
    assert folder.parameters(text) == {"weights": {"smile": 0.5, "frown": 0.0}}


def test_a_variable_of_the_wrong_type_is_refused_where_it_is_used(folder: GraphFolder) -> None:
    text = HEAD + INPUTS + 'nodes:\n  it: {node: make.number, value: "${rig}"}\n'
    assert folder.complaint(text) == (
        "graph.yaml:11:34: 'value' does not accept 'tall': input should be a valid number; the number."
    )


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("${rig}", "tall"),
        ("a ${rig} b", "a tall b"),
        ("${rig}${rig}", "talltall"),
        ("${ rig }", "tall"),
        ("${fps} fps", "30 fps"),
        ("x${scale}", "x0.5"),
        ("take_${take}", "take_31"),
        ("loop=${loop}", "loop=true"),
        ("${clip.stem}", "walk.v2"),
        ("${clip.name}", "walk.v2.bvh"),
        ("${clip.suffix}", ".bvh"),
        ("${clip.stem.suffix}", ".v2"),
        ("${clip.parent.name}", "mocap"),
        ("${item}", "walk"),
        ("out/${item}.glb", "out/walk.glb"),
    ],
)
def test_a_variable_in_a_longer_text_is_written_out_as_a_graph_spells_it(
    folder: GraphFolder, template: str, text: str
) -> None:
    assert text_of(folder, template) == text


def test_a_path_is_written_out_whole(folder: GraphFolder) -> None:
    assert text_of(folder, "${clip.parent}/x") == f"{folder.path}/mocap/x"
    assert text_of(folder, "${clip}") == f"{folder.path}/mocap/walk.v2.bvh"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("$${rig}", "${rig}"),
        ("$${", "${"),
        ("a $${b} ${rig}", "a ${b} tall"),
        ("$$${rig}", "$${rig}"),
        ("$", "$"),
        ("$rig", "$rig"),
        ("5 $ {x}", "5 $ {x}"),
        ("{rig}", "{rig}"),
    ],
)
def test_two_dollars_are_the_characters_themselves(folder: GraphFolder, template: str, text: str) -> None:
    assert text_of(folder, template) == text


def test_what_is_filled_in_is_not_filled_in_again(folder: GraphFolder) -> None:
    text = HEAD + "inputs: {a: x}\nnodes:\n  it: {node: make.text, text: 'a ${a}'}\n"
    assert folder.parameters(text, given={"a": "${a} ${b"}) == {"text": "a ${a} ${b"}


def test_an_input_without_a_value_leaves_its_parameter_open(folder: GraphFolder) -> None:
    text = HEAD + "inputs: {a: {type: string}}\nnodes:\n  it: {node: make.text, text: '${a}!'}\n"
    assert folder.parameters(text) == {}
    assert folder.parameters(text, given={"a": "go"}) == {"text": "go!"}


def test_an_input_called_item_hides_the_name_of_the_item(folder: GraphFolder) -> None:
    text = HEAD + "inputs: {item: own}\nnodes:\n  it: {node: make.text, text: '${item}'}\n"
    assert folder.parameters(text) == {"text": "own"}


# --- what is wrong -----------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "column", "complaint"),
    [
        ("${rgi}", 0, "there is no input 'rgi'; did you mean 'rig'?"),
        ("a ${rgi} b", 2, "there is no input 'rgi'; did you mean 'rig'?"),
        ("${rig} ${rgi}", 7, "there is no input 'rgi'; did you mean 'rig'?"),
        ("${itm}", 0, "there is no input 'itm'; did you mean 'item'?"),
        ("${rig.stem}", 0, "'rig' is a string, only a path has .stem; declare it {type: path}"),
        ("${item.stem}", 0, "'item' is a string, only a path has .stem; declare it {type: path}"),
        ("${clip.stam}", 0, "a path has no part 'stam'; did you mean 'stem'?"),
        ("${clip.stem.x}", 0, "a path has no part 'x'; choose from name, stem, suffix, parent"),
        ("a ${sizes}", 2, "'sizes' is a list, which cannot be part of a text; write ${sizes} alone"),
        ("${}", 0, "'${}' is not a variable; write ${name} or ${name.stem}; nothing is evaluated"),
        ("x${fps", 1, "'${fps' is not closed; write ${name}; $${ stands for ${"),
        ("${fps${rig}", 0, "'${fps$' is not closed; write ${name}; $${ stands for ${"),
        ("${ {rig} }", 0, "'${ ' is not closed; write ${name}; $${ stands for ${"),
    ],
)
def test_a_wrong_variable_is_reported_at_its_own_column(
    folder: GraphFolder, template: str, column: int, complaint: str
) -> None:
    assert folder.complaint(a_text(template)) == f"graph.yaml:11:{column + 32}: {complaint}"


@pytest.mark.parametrize(
    "expression",
    [
        "__import__(\\'os\\').system(\\'touch pwned\\')",
        "os.system(1)",
        "1+1",
        "fps * 2",
        "fps-1 ",
        "clip[0]",
        "rig!r",
        "rig:>10",
        "rig | lower",
        "$(touch pwned)",
        "rig.__class__()",
        "fps;rig",
        "env:HOME",
        "'rig'",
        "9",
        "-rig",
    ],
)
def test_nothing_is_ever_evaluated(folder: GraphFolder, expression: str) -> None:
    quoted = expression.replace("\\'", "'").replace("'", "''")
    complaint = folder.complaint(a_text(f"${{{quoted}}}"))
    assert "is not a variable; write ${name} or ${name.stem}; nothing is evaluated" in complaint or (
        "there is no input 'fps-1'" in complaint
    )
    assert sorted(path.name for path in folder.path.iterdir()) == ["graph.yaml"]


@pytest.mark.parametrize(
    "name", ["__class__", "__init__", "self", "rig.__class__", "rig.__init__.__globals__", "clip.x"]
)
def test_names_of_python_are_names_like_any_other(folder: GraphFolder, name: str) -> None:
    complaint = folder.complaint(a_text(f"${{{name}}}"))
    assert "there is no input" in complaint or "only a path has" in complaint or "a path has no part" in complaint


def test_a_graph_without_inputs_is_told_to_declare_one(folder: GraphFolder) -> None:
    assert folder.complaint(HEAD + "nodes:\n  it: {node: make.text, text: '${clip}'}\n") == (
        "graph.yaml:3:32: there is no input 'clip'; declare it under inputs:"
    )


def test_data_is_no_text(folder: GraphFolder) -> None:
    text = HEAD + "inputs: {body: {type: Motion}}\nnodes:\n  it: {node: make.text, text: '${body}'}\n"
    assert folder.complaint(text) == (
        "graph.yaml:4:32: input 'body' is a Motion, which is no text; connect it to a port, without ${}"
    )


def test_every_wrong_variable_of_a_value_is_reported(folder: GraphFolder) -> None:
    text = (
        HEAD + "nodes:\n  it:\n    node: make.hero\n    weights:\n      a: ${x}\n      b: ${y}\n    name: ${z} ${z}\n"
    )
    places = [problem.position for problem in folder.wrong(text)]
    assert places == [(6, 10, 4), (7, 10, 4), (8, 11, 4), (8, 16, 4)]


def test_a_variable_is_found_in_the_line_of_a_block_or_folded_text(folder: GraphFolder) -> None:
    block = HEAD + "nodes:\n  it:\n    node: make.text\n    text: |\n      one\n      two ${x}\n"
    folded = HEAD + "nodes:\n  it:\n    node: make.text\n    text: one\n      two ${x}\n"
    assert [problem.position for problem in folder.wrong(block)] == [(7, 11, 4)]
    assert [problem.position for problem in folder.wrong(folded)] == [(6, 11, 4)]


def test_a_variable_written_with_escapes_is_reported_at_its_value(folder: GraphFolder) -> None:
    text = HEAD + 'nodes:\n  it: {node: make.text, text: "a \\x24{x}"}\n'
    assert [problem.position for problem in folder.wrong(text)] == [(3, 31, 11)]


def test_a_quote_before_a_variable_does_not_move_it(folder: GraphFolder) -> None:
    text = HEAD + "nodes:\n  it: {node: make.text, text: 'it''s ''${x}'''}\n"
    assert [problem.position for problem in folder.wrong(text)] == [(3, 40, 4)]


# --- the pieces --------------------------------------------------------------


def value(content: object) -> Value:
    return Value(content, Position(1, 1), Position(1, 1))  # type: ignore[arg-type]


def test_the_variables_of_a_value_are_found_whatever_surrounds_them() -> None:
    nested = value([value("${a}/${ b.stem }"), value({"k": value("$${c} ${d}")}), value(3), value(None)])
    assert variables(nested) == {"a", "b", "d"}


@given(st.text())
def test_text_without_variables_is_left_alone(text: str) -> None:
    if "${" not in text:
        assert fill(value(text), {}.__getitem__) == text


@given(st.text(alphabet="ab${}. \n"), st.text())
def test_any_text_can_be_escaped(before: str, after: str) -> None:
    text = before + after
    # Two dollars in a row before a brace cannot be told from an escape.
    if "$${" not in text:
        assert fill(value(text.replace("${", "$${")), {}.__getitem__) == text


@given(st.text(), st.text(alphabet="xyz/ é"), st.text(alphabet="xyz/ é"))
def test_what_is_given_arrives_whatever_it_looks_like(given_text: str, before: str, after: str) -> None:
    filled = fill(value(f"{before}${{name}}{after}"), {"name": given_text}.__getitem__)
    assert filled == before + given_text + after


def test_a_text_that_grows_without_end_is_stopped() -> None:
    half = "x" * (MAX_FILLED // 2)
    assert fill(value("${a}${a}"), {"a": half}.__getitem__) == half * 2
    with pytest.raises(TooLarge):
        fill(value("${a}${a}${b}"), {"a": half, "b": "x"}.__getitem__)


@pytest.mark.parametrize("long", [Path("x" * 4000), 10**399, "x" * 4000])
def test_the_length_counts_whatever_the_type(long: object) -> None:
    with pytest.raises(TooLarge):
        fill(value("${a}" * 5000), {"a": long}.__getitem__)


def test_a_list_that_grows_without_end_is_stopped() -> None:
    list_of_lists: list[object] = ["x"]
    with pytest.raises(TooLarge):
        for _ in range(30):
            list_of_lists = fill(value([value("${a}")] * 10), {"a": list_of_lists}.__getitem__)


def test_a_list_that_nests_without_end_is_stopped() -> None:
    nested: list[object] = []
    with pytest.raises(TooLarge):
        for _ in range(100):
            nested = fill(value([value("${a}")]), {"a": nested}.__getitem__)


def test_an_unknown_input_passes_through_filling() -> None:
    def unknown(name: str) -> object:
        raise Unknown(name)

    with pytest.raises(Unknown, match="a"):
        fill(value(["x", value("${a}")][1:]), unknown)

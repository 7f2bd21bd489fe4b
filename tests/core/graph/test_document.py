"""YAML becomes plain values with their places, and nothing but data."""

from pathlib import Path

import pytest

from motionloom.core.graph.document import MAX_DEPTH, MAX_VALUES, Value, read_document
from motionloom.core.graph.problems import Position, Problems, Source


def read(text: str) -> tuple[Value | None, list[str]]:
    problems = Problems()
    value = read_document(Source(Path("g.yaml"), text), problems)
    return value, [problem.sentence for problem in problems.found]


def value_of(text: str) -> Value:
    value, complaints = read(text)
    assert value is not None
    assert not complaints
    return value


def complaint(text: str) -> str:
    _, complaints = read(text)
    assert len(complaints) == 1, complaints
    return complaints[0]


# --- scalars -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("yaml", "value"),
    [
        ("1e-4", 1e-4),
        ("0012", 12),
        ("10:00:00:00", "10:00:00:00"),
        ("[no, on, yes, off]", ["no", "on", "yes", "off"]),
        ("2024-01-02", "2024-01-02"),
        ("[0o17, 0x1F]", [15, 31]),
        ("{a: , b: ~, c: null}", {"a": None, "b": None, "c": None}),
        ("[true, True, tRue]", [True, True, "tRue"]),
    ],
)
def test_plain_scalars_follow_yaml_1_2(yaml: str, value: object) -> None:
    assert value_of(yaml).plain == value


@pytest.mark.parametrize("word", ["1e-4", "0012", "true", "null", "~", "", ".inf"])
@pytest.mark.parametrize("quote", ["'", '"'])
def test_what_is_quoted_stays_text(word: str, quote: str) -> None:
    assert value_of(f"{quote}{word}{quote}").plain == word


def test_block_scalars_are_text() -> None:
    assert value_of("a: |\n  12\n  13\nb: >\n  12\n  13\n").plain == {"a": "12\n13\n", "b": "12 13\n"}


def test_keys_are_text_whatever_they_look_like() -> None:
    assert value_of("1: a\nnull: b\ntrue: c\n1e3: d\n").plain == {"1": "a", "null": "b", "true": "c", "1e3": "d"}


def test_a_tag_that_says_nothing_is_allowed() -> None:
    assert value_of("! 12").plain == 12


# --- positions ---------------------------------------------------------------


def test_every_value_knows_its_line_and_column() -> None:
    value = value_of("a: 1\nb:\n  - x\n  - {c: long}\n")
    assert value.position == (1, 1, 1)
    assert value.at(("a",)) == (1, 4, 1)
    assert value.at(("b", 1)) == (4, 5, 1)
    assert value.at(("b", 1, "c")) == (4, 9, 4)
    assert isinstance(value.content, dict)
    assert value.content["b"].key == (2, 1, 1)
    assert value.key == value.position


def test_a_path_that_leads_nowhere_ends_at_the_last_place_it_reaches() -> None:
    value = value_of("a: {b: [1]}")
    assert value.at(("a", "b", 7)) == value.at(("a", "b"))
    assert value.at(("x", "y")) == value.position


def test_parts_of_a_path_that_are_no_keys_are_passed_over() -> None:
    # pydantic names the member of a union between the keys that lead there.
    assert value_of("a: {b: 1}").at(("a", "Limits", "b")) == (1, 8, 1)


def test_columns_count_characters_not_bytes() -> None:
    assert value_of("é😀: x").at(("é😀",)) == (1, 5, 1)


def test_windows_line_ends_leave_lines_and_columns_alone() -> None:
    value = value_of("a: 1\r\nb: 2\r\n")
    assert value.plain == {"a": 1, "b": 2}
    assert value.at(("b",)) == (2, 4, 1)


def test_a_position_after_a_text_is_that_of_the_next_character() -> None:
    assert Position.after("") == (1, 1, 1)
    assert Position.after("ab\ncd") == (2, 3, 1)
    assert Position.after("ab\n") == (2, 1, 1)


# --- keys --------------------------------------------------------------------


def test_a_key_that_stands_twice_is_named_with_both_lines() -> None:
    assert complaint("fps: 1\nrig: x\nfps: 2\n") == "g.yaml:3:1: the key 'fps' stands here twice, first in line 1"


def test_the_first_of_two_equal_keys_stays() -> None:
    value, _ = read("{a: 1, a: 2}")
    assert value is not None
    assert value.plain == {"a": 1}


def test_keys_that_yaml_1_1_thinks_equal_are_two() -> None:
    assert value_of("{yes: 1, true: 2, on: 3}").plain == {"yes": 1, "true": 2, "on": 3}


@pytest.mark.parametrize("yaml", ["[a]: 1", "{a: 1}: 2", "? [a, b]\n: c\n"])
def test_a_key_is_a_word(yaml: str) -> None:
    assert "a key must be a plain word" in complaint(yaml)


def test_a_merge_key_is_no_part_of_yaml_1_2() -> None:
    yaml = "a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n"
    value, complaints = read(yaml)
    assert complaints == ["g.yaml:3:3: merge keys are not part of YAML 1.2; write the keys out, or put them in inputs"]
    assert value is not None
    assert value.plain == {"a": {"x": 1}, "b": {"y": 2}}


def test_a_quoted_merge_key_is_a_key() -> None:
    assert value_of('{"<<": 1}').plain == {"<<": 1}


# --- tags --------------------------------------------------------------------


@pytest.mark.parametrize(
    "yaml",
    [
        "!!python/object:os.system [ls]",
        "!!python/object/apply:os.system [ls]",
        "!!python/name:os.system",
        "!!binary aGk=",
        "!!str 12",
        "!!set {a, b}",
        "!foo 1",
        "!foo [1]",
        "!<tag:yaml.org,2002:int> 1",
    ],
)
def test_no_tag_is_allowed(yaml: str) -> None:
    assert complaint(f"a: {yaml}").startswith("g.yaml:1:4: the tag ")
    assert "is not allowed: a graph is plain data; remove it" in complaint(f"a: {yaml}")


def test_a_key_has_no_tag_either() -> None:
    assert complaint("a: 1\n!foo b: 2\n") == (
        "g.yaml:2:1: the tag '!foo' is not allowed: a graph is plain data; remove it"
    )


def test_all_tags_are_reported() -> None:
    _, complaints = read("[!a 1, !b 2, !c 3]")
    assert [text.split(":")[2] for text in complaints] == ["2", "8", "14"]


# --- anchors -----------------------------------------------------------------


def test_an_alias_stands_for_what_its_anchor_marks() -> None:
    assert value_of("a: &fps 30\nb: *fps\nc: &l [1, 2]\nd: *l\n").plain == {"a": 30, "b": 30, "c": [1, 2], "d": [1, 2]}


def test_an_alias_stands_where_its_anchor_stands() -> None:
    value = value_of("a: &fps 30\nb: *fps\n")
    assert value.at(("b",)) == (1, 4, 7)
    assert isinstance(value.content, dict)
    assert [entry.key for entry in value.content.values()] == [(1, 1, 1), (2, 1, 1)]


def test_an_alias_needs_an_anchor_before_it() -> None:
    assert complaint("a: *x") == "g.yaml:1:4: there is no anchor 'x' before this alias"


def test_a_value_cannot_hold_itself() -> None:
    assert complaint("a: &a [1, *a]") == "g.yaml:1:11: there is no anchor 'a' before this alias"


def test_an_alias_is_no_key_and_a_key_no_anchor() -> None:
    assert complaint("[&a x, {*a : 1}]") == "g.yaml:1:9: a key must be a plain word"
    assert complaint("{&a x: 1}") == "g.yaml:1:2: a key cannot have an anchor"


def test_a_billion_laughs_are_stopped_before_they_are_told() -> None:
    laughs = "a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]\n"
    laughs += "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 10))
    assert complaint(laughs) == f"g.yaml:5:45: a graph holds {MAX_VALUES} values at most, aliases written out"


def test_aliases_cannot_nest_deeper_than_lists() -> None:
    ladder = "&a0 [x]"
    ladder += "".join(f", &a{i} {'[' * 20}*a{i - 1}{']' * 20}" for i in range(1, 100))
    assert f"a graph nests {MAX_DEPTH} levels at most" in complaint(f"[{ladder}]")


# --- limits ------------------------------------------------------------------


def test_the_deepest_legal_nesting_can_be_read() -> None:
    value = value_of("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    assert value.depth == MAX_DEPTH
    assert str(value.plain) == "[" * MAX_DEPTH + "]" * MAX_DEPTH


@pytest.mark.parametrize("yaml", ["[" * 100, "{a: " * 100, "- " * 100, "[" * 100_000, "{" * 100_000, "? " * 100_000])
def test_nesting_that_is_too_deep_is_refused_without_recursion(yaml: str) -> None:
    _, complaints = read(yaml)
    assert any("levels at most" in text or "not YAML" in text or "plain word" in text for text in complaints)


@pytest.mark.parametrize("yaml", ["[],", "{},", "1,", "a: 1,", ",".join("*a" for _ in range(10)) + ","])
def test_values_are_counted_whatever_they_are(yaml: str) -> None:
    text = "[&a x, " + yaml * (MAX_VALUES + 1) + "]"
    assert f"a graph holds {MAX_VALUES} values at most" in complaint(text)


def test_directives_are_read_but_not_by_the_thousand() -> None:
    assert value_of("%YAML 1.1\n%TAG !x! tag:x\n---\na: 1\n").plain == {"a": 1}
    many = "%YAML 1.2\n" + "".join(f"%TAG !t{i}! x\n" for i in range(250_000)) + "---\na: 1\n"
    assert complaint(many) == "g.yaml:2:1: a graph has no directives"


def test_the_weight_of_a_value_is_what_it_holds_with_aliases_written_out() -> None:
    assert value_of("[&a [1, 2], *a, {k: *a}]").weight == 1 + 3 + 3 + 1 + 3


# --- what is no document -----------------------------------------------------


@pytest.mark.parametrize("text", ["", "   \n\n", "# only a comment\n", "%YAML 1.2\n---\n...\n"])
def test_nothing_is_no_document_or_an_empty_one(text: str) -> None:
    value, complaints = read(text)
    assert value is None or value.content is None
    assert not complaints


def test_a_second_document_is_refused_where_it_begins() -> None:
    assert complaint("a: 1\n---\nb: 2\n") == "g.yaml:2:1: a file holds one graph, this is a second document"


def test_an_empty_first_document_is_a_document() -> None:
    assert complaint("---\n---\na: 1\n") == "g.yaml:2:1: a file holds one graph, this is a second document"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a:\n\tb: 1\n", "g.yaml:2:1"),
        ("a: [1, 2\n", "g.yaml:2:1"),
        ("a: 'open\n", "g.yaml:2:1"),
        ("a: b: c\n", "g.yaml:1:5"),
        ("a: 1\n b: 2\n", "g.yaml:2:3"),
        ("a: @x\n", "g.yaml:1:4"),
        ("a: `x`\n", "g.yaml:1:4"),
        ('a: "\\q"\n', "g.yaml:1:5"),
        ("- a\nb: c\n", "g.yaml:2:1"),
    ],
)
def test_what_is_not_yaml_is_refused_where_it_stops_being_yaml(text: str, where: str) -> None:
    assert complaint(text).startswith(f"{where}: this is not YAML: ")


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("a:\n\tb: 1\n", "use spaces, not tabs"),
        ("a: {path: ${clip}}\n", "put quotes around text with ${"),
        ("each: {clip: *.bvh}\n", "put quotes around text with *"),
        ("a: @x\n", "put quotes around text with @"),
    ],
)
def test_the_usual_slips_come_with_their_remedy(text: str, remedy: str) -> None:
    assert complaint(text).endswith(f"; {remedy}")


def test_text_that_is_quoted_already_is_not_told_to_be() -> None:
    assert complaint("each: {clip: '*.bvh', path: \"${x}\"\nb: 1\n").endswith("did not find expected ',' or '}'")


@pytest.mark.parametrize("character", ["\0", "\x07", "\x1b", "\x7f", "\ufffe"])
def test_a_control_character_is_named_at_its_place(character: str) -> None:
    expected = f"g.yaml:2:5: a graph is text, but here is the character U+{ord(character):04X}; remove it"
    assert complaint(f"é: 1\nfoo:{character} x\n") == expected


def test_text_that_is_no_unicode_is_refused() -> None:
    assert complaint("a: \udcff") == "g.yaml:1:4: this is not text that could be saved as UTF-8"

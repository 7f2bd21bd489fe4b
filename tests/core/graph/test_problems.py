"""How problems are collected, ordered and shown."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionloom.core.graph import InvalidGraph, Problem, Problems
from motionloom.core.graph.problems import MAX_MESSAGE, MAX_PROBLEMS, Position, Source, nearest

SOURCE = Source(Path("walk.yaml"), "motionloom: 1\nnodes:\n  hero: {node: make.hreo}\n")


def test_a_problem_reads_as_place_what_and_remedy_over_its_line() -> None:
    problem = Problem(SOURCE, Position(3, 16, 9), "there is no node 'make.hreo'", "did you mean 'make.hero'?")
    assert str(problem) == (
        "walk.yaml:3:16: there is no node 'make.hreo'; did you mean 'make.hero'?\n"
        "      hero: {node: make.hreo}\n"
        "                   ^^^^^^^^^"
    )


@pytest.mark.parametrize(
    ("source", "position", "text"),
    [
        (None, None, "wrong"),
        (SOURCE, None, "walk.yaml: wrong"),
        (SOURCE, Position(9, 1), "walk.yaml:9:1: wrong"),
        (Source(Path("empty.yaml"), ""), Position(1, 1), "empty.yaml:1:1: wrong"),
    ],
)
def test_a_problem_without_a_line_is_one_sentence(source: Source | None, position: Position | None, text: str) -> None:
    assert str(Problem(source, position, "wrong")) == text


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), max_size=300),
    st.integers(1, 400),
    st.integers(1, 400),
)
def test_the_caret_stands_under_its_column_and_within_the_line(line: str, column: int, width: int) -> None:
    shown = Source(Path("g"), line).excerpt(Position(1, min(column, len(line) + 1), width))
    if not line:
        assert shown == ""
        return
    text, carets = shown.split("\n")
    assert text.startswith("    ")
    start = carets.index("^")
    assert set(carets[:start]) == {" "}
    assert set(carets[start:]) == {"^"}
    assert len(text) <= 114
    assert len(carets) <= max(len(text), start + 1)
    if column <= len(line):
        letter = line[column - 1]
        assert text[start] == (letter if letter.isprintable() else " " if letter.isspace() else "?")


def test_a_long_line_is_shown_around_its_caret() -> None:
    shown = Source(Path("g"), "x" * 500 + "y" + "x" * 500).excerpt(Position(1, 501))
    text, carets = shown.split("\n")
    assert text[carets.index("^")] == "y"
    assert len(text) == 114


def test_problems_come_in_the_order_of_files_and_lines_those_of_the_call_first() -> None:
    problems = Problems()
    problems.add(SOURCE, Position(3, 9), "third")
    problems.add(SOURCE, Position(3, 2), "second")
    problems.add(Source(Path("z.yaml"), ""), Position(1, 1), "fourth")
    problems.add(None, None, "first")
    with pytest.raises(InvalidGraph) as caught:
        problems.raise_if_any()
    assert [problem.what for problem in caught.value.problems] == ["first", "second", "third", "fourth"]
    assert caught.value.what == "first"
    assert caught.value.sentence == "first (and 3 more)"


def test_the_same_problem_is_kept_once() -> None:
    problems = Problems()
    for _ in range(3):
        problems.add(SOURCE, Position(1, 1), "wrong")
    assert len(problems.found) == 1


def test_nothing_wrong_raises_nothing() -> None:
    Problems().raise_if_any()


def test_a_graph_in_which_everything_is_wrong_is_given_up() -> None:
    problems = Problems()
    with pytest.raises(InvalidGraph) as caught:
        for line in range(10_000):
            problems.add(SOURCE, Position(line, 1), "wrong")
    assert len(caught.value.problems) == MAX_PROBLEMS
    assert caught.value.sentence.endswith(f"(and at least {MAX_PROBLEMS - 1} more)")


def test_a_message_is_one_line_of_bearable_length() -> None:
    problems = Problems()
    problems.add(SOURCE, None, "a\nb\tc\x1b[2J\u202e" + "x" * 10_000 + "end", "r\n" * 10_000)
    problem = problems.found[0]
    assert problem.what.startswith("a b c?[2J?xxx")
    assert problem.what.endswith("xxxend")
    assert len(problem.what) < MAX_MESSAGE + 10
    assert problem.remedy is not None
    assert len(problem.sentence.splitlines()) == 1


@pytest.mark.parametrize(
    ("word", "legal", "remedy"),
    [
        ("skelton", ["skeleton", "fps"], "did you mean 'skeleton'?"),
        ("zzz", ["a", "b"], "choose from a, b"),
        ("zzz", ["a"], "only a is known"),
        ("zzz", [], None),
        ("zzz", [f"name_{i}" for i in range(13)], None),
        ("name_7", (f"name_{i}" for i in range(13)), "did you mean 'name_7'?"),
        ("x" * 1_000_000, ["x" * 999_999], "only " + "x" * 999_999 + " is known"),
    ],
)
def test_a_wrong_word_is_answered_with_the_nearest_or_with_all_of_a_few(
    word: str, legal: list[str], remedy: str | None
) -> None:
    assert nearest(word, legal) == remedy

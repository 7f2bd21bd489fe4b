"""Everything that is wrong with a graph, each thing at its place, reported together."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from motionloom.core.errors import GraphError, place

MAX_PROBLEMS = 50
"""A graph in which more is wrong is not read further."""
MAX_MESSAGE = 500
"""Characters of a message; what a file says may be longer than anyone wants to read."""
MAX_WORD = 80
"""Characters of a word that is worth a suggestion."""
MAX_LEGAL = 1000
"""Words that a suggestion is looked for in."""


class Position(NamedTuple):
    """Line and column, counted from one, and how many characters the caret should underline."""

    line: int
    column: int
    width: int = 1

    @classmethod
    def after(cls, text: str) -> "Position":
        """Where the character after `text` stands, if a file begins with `text`."""
        return cls(text.count("\n") + 1, len(text) - text.rfind("\n"))


@dataclass(frozen=True)
class Source:
    """A graph's text and where it came from."""

    path: Path
    text: str = field(repr=False)

    @cached_property
    def lines(self) -> list[str]:
        """The text's lines."""
        return self.text.splitlines()

    def excerpt(self, position: Position) -> str:
        """The line at a position with a caret under it."""
        if not 1 <= position.line <= len(self.lines):
            return ""
        start = max(0, position.column - 60)
        shown = _printable(self.lines[position.line - 1][start : start + 110])
        indent = position.column - 1 - start
        width = max(1, min(position.width, len(shown) - indent, 80))
        return f"    {shown}\n    {' ' * indent}{'^' * width}"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Args:
        source: the graph it stands in; None for something in the call, like an option.
        position: where in that graph.
        what: one sentence without a full stop.
        remedy: what to do, often the nearest legal word.
    """

    source: Source | None
    position: Position | None
    what: str
    remedy: str | None = None

    @property
    def where(self) -> str | None:
        """`file:line:column`, as far as it is known."""
        if self.source is None:
            return None
        if self.position is None:
            return str(self.source.path)
        return place(self.source.path, self.position.line, self.position.column)

    @property
    def sentence(self) -> str:
        """The problem in one line."""
        return str(GraphError(self.what, where=self.where, remedy=self.remedy))

    def __str__(self) -> str:
        if self.source is None or self.position is None:
            return self.sentence
        excerpt = self.source.excerpt(self.position)
        return f"{self.sentence}\n{excerpt}" if excerpt else self.sentence


class InvalidGraph(GraphError):
    """Raised with every problem of a graph at once, in the order of its lines.

    Args:
        problems: at least one.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=_reading_order)
        first = self.problems[0]
        super().__init__(first.what, where=first.where, remedy=first.remedy)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

    @property
    def sentence(self) -> str:
        """The first problem in one line, and how many more there are."""
        more = len(self.problems) - 1
        least = "at least " if len(self.problems) >= MAX_PROBLEMS else ""
        also = f" (and {least}{more} more)" if more else ""
        return self.problems[0].sentence + also


def _reading_order(problem: Problem) -> tuple[str, int, int]:
    where = problem.position or Position(0, 0)
    return (str(problem.source.path) if problem.source else "", where.line, where.column)


class Problems:
    """Collects problems while a graph is read and checked."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, source: Source | None, position: Position | None, what: str, remedy: str | None = None) -> None:
        """Remember one more.

        Raises:
            InvalidGraph: with this one there are `MAX_PROBLEMS`.
        """
        problem = Problem(source, position, _one_line(what), _one_line(remedy) if remedy else None)
        if problem not in self.found:
            self.found.append(problem)
        if len(self.found) >= MAX_PROBLEMS:
            self.raise_if_any()

    def raise_if_any(self) -> None:
        """Raise all problems found so far.

        Raises:
            InvalidGraph: there are some.
        """
        if self.found:
            raise InvalidGraph(self.found)


def nearest(word: str, legal: Iterable[str]) -> str | None:
    """A remedy that names the nearest legal word, or all of a few."""
    words = list(islice(legal, MAX_LEGAL))
    near = get_close_matches(word, words, n=1, cutoff=0.6) if len(word) <= MAX_WORD else []
    if near:
        return f"did you mean {near[0]!r}?"
    if 0 < len(words) <= 12:
        return f"choose from {', '.join(words)}" if len(words) > 1 else f"only {words[0]} is known"
    return None


def _printable(text: str) -> str:
    """Text as wide as before that neither breaks the line nor steers a terminal."""
    return "".join(letter if letter.isprintable() else " " if letter.isspace() else "?" for letter in text)


def _one_line(text: str) -> str:
    """A message in one line of bearable length, the beginning and the end kept."""
    if len(text) > MAX_MESSAGE:
        text = f"{text[: MAX_MESSAGE // 2]} ... {text[-MAX_MESSAGE // 2 :]}"
    return _printable(text)

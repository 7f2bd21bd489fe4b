"""`${...}` in values: found once, filled in with typed values, never evaluated as code."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import Any

from motionloom.core.graph.document import MAX_DEPTH, Value
from motionloom.core.graph.model import VALUE_TYPES
from motionloom.core.graph.problems import Position, Source, nearest

PLACE = re.compile(r"\$\$\{|\$\{(?P<name>[^{}]*)(?P<end>\}?)")
NAME = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*)((?:\.\w+)*)")
PATH_PARTS: Mapping[str, Callable[[PurePath], PurePath | str]] = {
    "name": lambda path: path.name,
    "stem": lambda path: path.stem,
    "suffix": lambda path: path.suffix,
    "parent": lambda path: path.parent,
}

ITEM = "item"
"""A name that `${...}` always knows: the item's name in a batch, else the graph's."""
MAX_FILLED = 1 << 20
"""Characters and values that filling in may add to one value: text that repeats itself from graph to
graph would grow without end."""

Wrong = Callable[[Position, str, str | None], None]
"""Called with a position, what is wrong there and a remedy."""


class Unknown(Exception):
    """Raised when a template needs an input that has no value yet."""


class Empty(Exception):
    """Raised, with its quoted name, when an optional input without a value would be part of a text."""


class TooLarge(Exception):
    """Raised when a value filled in is larger than anything of use."""


def variables(value: Value) -> set[str]:
    """The inputs that a value refers to, whether they exist or not."""
    if isinstance(value.content, str):
        names = [match["name"] for match in PLACE.finditer(value.content)]
        return {name.strip().split(".")[0] for name in names if name is not None}
    children = value.content.values() if isinstance(value.content, dict) else value.content
    if not isinstance(value.content, (list, dict)):
        return set()
    return set().union(*(variables(child) for child in children))  # type: ignore[union-attr]


def whole_name(value: Value) -> str | None:
    """The input that a value is, where it is one `${name}` and nothing else."""
    match = PLACE.fullmatch(value.content) if isinstance(value.content, str) else None
    return match["name"].strip() if match is not None and match["name"] is not None else None


def check_templates(value: Value, source: Source, types: Mapping[str, str], wrong: Wrong) -> bool:
    """Report every `${...}` in a value that is malformed or names no input.

    Args:
        value: as written.
        source: its graph, for the exact column.
        types: the type of every input by name.
        wrong: receives each problem.

    Returns:
        Whether the value can be filled in.
    """
    if isinstance(value.content, (list, dict)):
        children = value.content.values() if isinstance(value.content, dict) else value.content
        checked = [check_templates(child, source, types, wrong) for child in children]
        return all(checked)
    if not isinstance(value.content, str) or "${" not in value.content:
        return True
    right = True
    for match in PLACE.finditer(value.content):
        problem = _problem(match, types)
        if problem is not None:
            wrong(_inside(value, match, source), *problem)
            right = False
    return right


def _problem(match: re.Match[str], types: Mapping[str, str]) -> tuple[str, str | None] | None:
    """What is wrong with one `${...}`, and a remedy."""
    if match["name"] is None:
        return None
    if not match["end"]:
        return f"{match.group()!r} is not closed", "write ${name}; $${ stands for ${"
    parsed = NAME.fullmatch(match["name"].strip())
    if parsed is None:
        return f"{match.group()!r} is not a variable", "write ${name} or ${name.stem}; nothing is evaluated"
    name, parts = parsed.group(1), parsed.group(2).split(".")[1:]
    if name not in types:
        known = nearest(name, types) if len(types) > 1 else None
        return f"there is no input {name!r}", known or "declare it under inputs:"
    if types[name] not in VALUE_TYPES:
        return f"input {name!r} is a {types[name]}, which is no text", "connect it to a port, without ${}"
    if types[name] == "list" and match.group() != match.string:
        return f"{name!r} is a list, which cannot be part of a text", f"write ${{{name}}} alone"
    if parts and types[name] != "path":
        return f"{name!r} is a {types[name]}, only a path has .{parts[0]}", "declare it {type: path}"
    wrong = [part for part in parts if part not in PATH_PARTS]
    return (f"a path has no part {wrong[0]!r}", nearest(wrong[0], PATH_PARTS)) if wrong else None


def _inside(value: Value, match: re.Match[str], source: Source) -> Position:
    """Where a match stands in the file: exact unless it is written with escapes."""
    # Quotes, escapes and line breaks only ever push it further on than it is in the value.
    start = value.position.column - 1 + match.start()
    for number, line in enumerate(source.lines[value.position.line - 1 :], value.position.line):
        column = line.find(match.group(), start)
        if column >= 0:
            return Position(number, column + 1, len(match.group()))
        start = 0
    return value.position


def fill(value: Value, lookup: Callable[[str], Any]) -> Any:
    """The plain value with every `${...}` filled in.

    A value that is one `${name}` and nothing else keeps the input's type; within a longer string
    it is written out. An input that is `null` can only stand alone.

    Args:
        value: checked by `check_templates`.
        lookup: the value of an input by name.

    Raises:
        Unknown: by `lookup`, for an input without a value.
        Empty: an optional input without a value would be part of a text.
        TooLarge: the values filled in hold more than `MAX_FILLED`.
    """
    return _Filling(lookup).value(value)


class _Filling:
    """One value being filled in, and how much may still be added to it."""

    def __init__(self, lookup: Callable[[str], Any]) -> None:
        self.lookup = lookup
        self.room = MAX_FILLED

    def value(self, value: Value) -> Any:
        if isinstance(value.content, list):
            return [self.value(item) for item in value.content]
        if isinstance(value.content, dict):
            return {key: self.value(item) for key, item in value.content.items()}
        if not isinstance(value.content, str) or "${" not in value.content:
            return value.content
        whole = PLACE.fullmatch(value.content)
        if whole is not None and whole["name"] is not None:
            found = self.found(whole["name"])
            self.take(found)
            return found
        return PLACE.sub(self.written, value.content)

    def written(self, match: re.Match[str]) -> str:
        if match["name"] is None:
            return "${"
        found = self.found(match["name"])
        if found is None:
            raise Empty(repr(match["name"].strip()))
        text = _text(found)
        self.take(text)
        return text

    def found(self, expression: str) -> Any:
        name, *parts = expression.strip().split(".")
        found = self.lookup(name)
        if found is None and parts:
            raise Empty(repr(name))
        for part in parts:
            found = PATH_PARTS[part](Path(found))
        return found

    def take(self, value: Any, depth: int = 0) -> None:
        """Make room for a value."""
        if depth > MAX_DEPTH:
            raise TooLarge
        if isinstance(value, (list, tuple, dict)):
            self.room -= len(value)
            for child in value.values() if isinstance(value, dict) else value:
                self.take(child, depth + 1)
        else:
            self.room -= len(str(value))
        if self.room < 0:
            raise TooLarge


def _text(value: Any) -> str:
    """A value as a graph would spell it."""
    if isinstance(value, PurePath):
        return value.as_posix()
    return str(value).lower() if isinstance(value, bool) else str(value)

"""`${...}` in values: found once, filled in with typed values, never evaluated as code."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import Any

from motionloom.core.graph.document import Value
from motionloom.core.graph.problems import Position, Source, nearest

PLACE = re.compile(r"\$\$\{|\$\{([^{}]*)\}")
NAME = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*)((?:\.[a-z]+)*)")
PATH_PARTS: Mapping[str, Callable[[PurePath], PurePath | str]] = {
    "name": lambda path: path.name,
    "stem": lambda path: path.stem,
    "suffix": lambda path: path.suffix,
    "parent": lambda path: path.parent,
}

ITEM = "item"
"""A name that `${...}` always knows: the item's name in a batch, else the graph's."""

Wrong = Callable[[Position, str, str | None], None]
"""Called with a position, what is wrong there and a remedy."""


class Unknown(Exception):
    """Raised when a template needs an input that has no value yet."""


def variables(value: Value) -> set[str]:
    """The inputs that a value refers to, whether they exist or not."""
    if isinstance(value.content, str):
        return {match.group(1).split(".")[0] for match in PLACE.finditer(value.content) if match.group(1)}
    children = value.content.values() if isinstance(value.content, dict) else value.content
    if not isinstance(value.content, (list, dict)):
        return set()
    return set().union(*(variables(child) for child in children))  # type: ignore[union-attr]


def check_templates(value: Value, source: Source, types: Mapping[str, str], wrong: Wrong) -> None:
    """Report every `${...}` in a value that is malformed or names no input.

    Args:
        value: as written.
        source: its graph, for the exact column.
        types: the type of every input by name.
        wrong: receives each problem.
    """
    if isinstance(value.content, str):
        for match in PLACE.finditer(value.content):
            if match.group(1) is not None:
                _check_place(match, value, source, types, wrong)
    elif isinstance(value.content, list):
        for item in value.content:
            check_templates(item, source, types, wrong)
    elif isinstance(value.content, dict):
        for item in value.content.values():
            check_templates(item, source, types, wrong)


def _check_place(match: re.Match[str], value: Value, source: Source, types: Mapping[str, str], wrong: Wrong) -> None:
    position = _inside(value, match, source)
    parsed = NAME.fullmatch(match.group(1).strip())
    if parsed is None:
        wrong(position, f"{match.group()!r} is not a variable", "write ${name} or ${name.stem}; nothing is evaluated")
        return
    name, parts = parsed.group(1), parsed.group(2).split(".")[1:]
    if name not in types:
        wrong(position, f"there is no input {name!r}", nearest(name, types) or "declare it under inputs:")
        return
    for part in parts:
        if part not in PATH_PARTS:
            wrong(position, f"a path has no part {part!r}", nearest(part, PATH_PARTS))
    if parts and types[name] != "path":
        wrong(position, f"input {name!r} is a {types[name]}, only a path has .{parts[0]}", "declare it {type: path}")


def _inside(value: Value, match: re.Match[str], source: Source) -> Position:
    """Where a match stands in the file: exact unless the scalar is folded or escaped."""
    lines = source.text.splitlines()
    line = lines[value.position.line - 1] if value.position.line <= len(lines) else ""
    column = line.find(match.group(), value.position.column - 1)
    if column < 0:
        return value.position
    return Position(value.position.line, column + 1, len(match.group()))


def fill(value: Value, lookup: Callable[[str], Any]) -> Any:
    """The plain value with every `${...}` filled in.

    A value that is one `${name}` and nothing else keeps the input's type; within a longer string
    it is written out.

    Args:
        value: checked by `check_templates`.
        lookup: the value of an input by name.

    Raises:
        Unknown: by `lookup`, for an input without a value.
    """
    if isinstance(value.content, list):
        return [fill(item, lookup) for item in value.content]
    if isinstance(value.content, dict):
        return {key: fill(item, lookup) for key, item in value.content.items()}
    if not isinstance(value.content, str) or "$" not in value.content:
        return value.content
    whole = PLACE.fullmatch(value.content)
    if whole is not None and whole.group(1) is not None:
        return _look_up(whole.group(1), lookup)
    return PLACE.sub(lambda match: _written(match, lookup), value.content)


def _written(match: re.Match[str], lookup: Callable[[str], Any]) -> str:
    if match.group(1) is None:
        return "${"
    found = _look_up(match.group(1), lookup)
    return found.as_posix() if isinstance(found, PurePath) else str(found)


def _look_up(expression: str, lookup: Callable[[str], Any]) -> Any:
    name, *parts = expression.strip().split(".")
    found = lookup(name)
    for part in parts:
        found = PATH_PARTS[part](Path(found))
    return found

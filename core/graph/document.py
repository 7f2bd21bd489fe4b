"""YAML text to plain values that remember where they stand.

Built from libyaml's events in one loop, without recursion and without constructors: a document is
data, whatever it says.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import yaml
from yaml.reader import ReaderError

from motionloom.core.graph.problems import Position, Problems, Source
from motionloom.core.graph.scalars import Scalar, resolve_plain

MAX_BYTES = 4 << 20
MAX_DEPTH = 64
MAX_VALUES = 100_000
"""Values in a document once every alias is written out."""

MAX_DIRECTIVES = 100
"""Lines with a `%` at their beginning; libyaml compares each %TAG with all before it."""

TOO_DEEP = f"a graph nests {MAX_DEPTH} levels at most"
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
MERGE_REMEDY = "write the keys out, or put them in inputs"


@dataclass(slots=True)
class Value:
    """A scalar, list or mapping, with its place.

    Args:
        content: the scalar, `list[Value]` or `dict[str, Value]`.
        position: where it starts.
        key: where its key starts, in a mapping; `position` elsewhere.
        weight: values in it, itself included, aliases written out.
        depth: levels of lists and mappings in it, itself included.
    """

    content: "Scalar | list[Value] | dict[str, Value]"
    position: Position
    key: Position
    weight: int = 1
    depth: int = 0

    @property
    def plain(self) -> Any:
        """The value without positions."""
        if isinstance(self.content, list):
            return [item.plain for item in self.content]
        if isinstance(self.content, dict):
            return {key: item.plain for key, item in self.content.items()}
        return self.content

    def at(self, path: tuple[int | str, ...]) -> Position:
        """The position of the part reached by these keys and indices; those that lead nowhere are passed over."""
        here = self
        for step in path:
            if isinstance(here.content, dict) and step in here.content:
                here = here.content[str(step)]
            elif isinstance(here.content, list) and isinstance(step, int) and step < len(here.content):
                here = here.content[step]
        return here.position


class _Stop(Exception):
    """Reading cannot go on; the problem is noted already."""


def read_document(source: Source, problems: Problems) -> Value | None:
    """Read one YAML document; None where there is none, or, with problems noted, where it cannot be read.

    Args:
        source: the text.
        problems: receives duplicate keys, tags, limits and syntax errors.
    """
    if source.text.count("\n%") > MAX_DIRECTIVES:
        problems.add(source, Position.after(source.text[: source.text.index("\n%") + 1]), "a graph has no directives")
        return None
    try:
        return _Builder(source, problems).build(yaml.parse(source.text, Loader=yaml.CSafeLoader))
    except _Stop:
        return None
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        problems.add(source, *_not_yaml(source, error))
        return None


def _not_yaml(source: Source, error: Exception) -> tuple[Position | None, str, str | None]:
    """Where a text stops being YAML, why, and a remedy."""
    if isinstance(error, UnicodeEncodeError):
        return Position.after(source.text[: error.start]), "this is not text that could be saved as UTF-8", None
    if isinstance(error, ReaderError):
        before = source.text.encode()[: error.position].decode(errors="ignore")
        what = f"a graph is text, but here is the character U+{error.character:04X}"
        return Position.after(before), what, "remove it"
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    position = _position(mark) if mark else None
    reason = getattr(error, "problem", None) or error
    return position, f"this is not YAML: {reason}", _slip(source, position)


def _slip(source: Source, position: Position | None) -> str | None:
    """What people most often get wrong in a line that is not YAML."""
    line = source.lines[position.line - 1] if position and position.line <= len(source.lines) else ""
    if "\t" in line:
        return "use spaces, not tabs"
    bare = QUOTED.sub("", line)
    marks = [mark for mark in ("${", "*", "@", "%", "`") if mark in bare]
    return f"put quotes around text with {marks[0]}" if marks else None


def _position(mark: Any, width: int = 1) -> Position:
    return Position(mark.line + 1, mark.column + 1, max(1, width))


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    value: Value
    anchor: str | None
    awaits_key: bool = False
    key: str | None = None
    key_position: Position | None = None


class _Builder:
    def __init__(self, source: Source, problems: Problems) -> None:
        self.source = source
        self.problems = problems
        self.anchors: dict[str, Value] = {}
        self.open: list[_Open] = []
        self.root: Value | None = None
        self.total = 0

    def build(self, events: Iterator[Any]) -> Value | None:
        for event in events:
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                self._start(event)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                self._end()
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
                self._fail(event, "a file holds one graph, this is a second document")
        return self.root

    def _fail(self, event: Any, what: str, remedy: str | None = None) -> None:
        self.problems.add(self.source, _position(event.start_mark), what, remedy)
        raise _Stop

    def _scalar(self, event: Any) -> None:
        position = _position(event.start_mark, event.end_mark.column - event.start_mark.column)
        plain = event.style is None or event.style == ""
        self._refuse_tag(event)
        if self.open and self.open[-1].awaits_key:
            return self._key(event, position, plain)
        value = Value(resolve_plain(event.value) if plain else event.value, position, position)
        if event.anchor:
            self.anchors[event.anchor] = value
        self._count(value, event)
        self._place(value)

    def _refuse_tag(self, event: Any) -> None:
        if event.tag not in (None, "!"):
            self.problems.add(
                self.source,
                _position(event.start_mark),
                f"the tag {event.tag!r} is not allowed: a graph is plain data",
                "remove it",
            )

    def _key(self, event: Any, position: Position, plain: bool) -> None:
        opened = self.open[-1]
        opened.awaits_key, opened.key, opened.key_position = False, None, position
        entries = opened.value.content
        assert isinstance(entries, dict)
        if event.anchor:
            self._fail(event, "a key cannot have an anchor")
        if event.value == "<<" and plain:
            self.problems.add(self.source, position, "merge keys are not part of YAML 1.2", MERGE_REMEDY)
        elif event.value in entries:
            what = f"the key {event.value!r} stands here twice, first in line {entries[event.value].key.line}"
            self.problems.add(self.source, position, what)
        else:
            opened.key = event.value

    def _start(self, event: Any) -> None:
        if self.open and self.open[-1].awaits_key:
            self._fail(event, "a key must be a plain word")
        if len(self.open) >= MAX_DEPTH:
            self._fail(event, TOO_DEEP)
        self._refuse_tag(event)
        position = _position(event.start_mark)
        mapping = isinstance(event, yaml.MappingStartEvent)
        opened = _Open(Value({} if mapping else [], position, position, depth=1), event.anchor, awaits_key=mapping)
        self._count(opened.value, event)
        self.open.append(opened)

    def _end(self) -> None:
        closed = self.open.pop()
        if closed.anchor:
            self.anchors[closed.anchor] = closed.value
        self._place(closed.value)

    def _alias(self, event: Any) -> None:
        if self.open and self.open[-1].awaits_key:
            self._fail(event, "a key must be a plain word")
        if event.anchor not in self.anchors:
            self._fail(event, f"there is no anchor {event.anchor!r} before this alias")
        value = self.anchors[event.anchor]
        if len(self.open) + value.depth > MAX_DEPTH:
            self._fail(event, TOO_DEEP)
        self._count(value, event)
        # A copy, for its key stands elsewhere.
        self._place(replace(value, key=value.position))

    def _count(self, value: Value, event: Any) -> None:
        self.total += value.weight
        if self.total > MAX_VALUES:
            self._fail(event, f"a graph holds {MAX_VALUES} values at most, aliases written out")

    def _place(self, value: Value) -> None:
        if not self.open:
            self.root = value
            return
        parent = self.open[-1]
        parent.value.weight += value.weight
        parent.value.depth = max(parent.value.depth, value.depth + 1)
        if isinstance(parent.value.content, list):
            parent.value.content.append(value)
        elif isinstance(parent.value.content, dict):
            parent.awaits_key = True
            if parent.key is not None and parent.key_position is not None:
                value.key = parent.key_position
                parent.value.content[parent.key] = value

"""A YAML document to a graph: the shape of the file, nothing that needs other files or plugins."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from motionloom.core.graph.document import MAX_BYTES, Value, read_document
from motionloom.core.graph.model import FORMAT, VALUE_TYPES, Call, Graph, Input
from motionloom.core.graph.problems import Position, Problems, Source, nearest

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
TOP_KEYS = ("motionloom", "help", "inputs", "each", "nodes", "outputs")
INPUT_KEYS = ("type", "default", "help", "choices")
MAX_TARGET = 4096
"""Characters of a node's name or a graph's path; Linux opens no longer one."""
VERSION_REMEDY = f"write motionloom: {FORMAT}"
EACH_REMEDY = "write {clip: 'mocap/*.bvh'}, an input and a pattern, or the path of a CSV"


def load_graph(path: Path, problems: Problems) -> Graph | None:
    """Read a graph file; None where it is too broken to go on, with the problems noted.

    Args:
        path: of the file.
        problems: receives everything that is wrong.
    """
    source = _read_source(path, problems)
    if source is None:
        return None
    before = len(problems.found)
    document = read_document(source, problems)
    if document is not None and document.content is not None:
        return parse_graph(source, document, problems)
    if len(problems.found) == before:
        problems.add(source, Position(1, 1), "the file is empty", VERSION_REMEDY)
    return None


def _read_source(path: Path, problems: Problems) -> Source | None:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        problems.add(Source(path, ""), None, f"the graph cannot be read: {error.strerror or error}")
        return None
    if len(data) > MAX_BYTES:
        problems.add(Source(path, ""), None, f"a graph may have {MAX_BYTES >> 20} MiB at most")
        return None
    try:
        return Source(path, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        source = Source(path, data.decode("utf-8-sig", errors="replace"))
        position = Position.after(error.object[: error.start].decode())
        problems.add(source, position, "the file is not UTF-8 text", "save it as UTF-8")
        return None


def parse_graph(source: Source, document: Value, problems: Problems) -> Graph | None:
    """The graph that a document describes."""
    reader = _Reader(source, problems)
    top = reader.mapping(document, "a graph")
    if top is None:
        return None
    reader.refuse_unknown(top, TOP_KEYS, "a graph")
    if not reader.version(document, top):
        return None
    nodes = top.get("nodes")
    if nodes is None or nodes.content in (None, {}):
        position = nodes.key if nodes is not None else document.position
        problems.add(source, position, "the graph has no nodes", "add some under nodes:")
    inputs = reader.inputs(top.get("inputs"))
    calls = reader.calls(nodes)
    reader.refuse_twins(inputs, calls)
    return Graph(
        source=source,
        help=reader.text(top.get("help"), "help"),
        inputs=inputs,
        each=reader.each(top.get("each"), inputs),
        calls=calls,
        outputs=reader.outputs(top.get("outputs")),
        weight=document.weight,
    )


class _Reader:
    def __init__(self, source: Source, problems: Problems) -> None:
        self.source = source
        self.problems = problems

    def wrong(self, position: Position, what: str, remedy: str | None = None) -> None:
        self.problems.add(self.source, position, what, remedy)

    def mapping(self, value: Value | None, what: str) -> dict[str, Value] | None:
        if value is None or value.content is None:
            return None
        if isinstance(value.content, dict):
            return value.content
        self.wrong(value.position, f"{what} must be a mapping of names to values")
        return None

    def text(self, value: Value | None, what: str) -> str:
        if value is None or isinstance(value.content, str):
            return "" if value is None else str(value.content)
        self.wrong(value.position, f"{what} must be text")
        return ""

    def refuse_unknown(self, entries: Mapping[str, Value], legal: tuple[str, ...], what: str) -> None:
        for key, value in entries.items():
            if key not in legal:
                self.wrong(value.key, f"{what} has no key {key!r}", nearest(key, legal))

    def version(self, document: Value, top: dict[str, Value]) -> bool:
        stated = top.get("motionloom")
        if stated is None:
            self.wrong(document.position, "the graph does not say which version of the language it is", VERSION_REMEDY)
            return False
        if stated.content is True or stated.content != FORMAT:
            what = f"this is version {stated.plain!r} of the graph language, this motionloom reads {FORMAT}"
            self.wrong(stated.position, what, VERSION_REMEDY)
            return False
        return True

    def inputs(self, value: Value | None) -> dict[str, Input]:
        found = [self.input(name, entry) for name, entry in self.entries(value, "inputs", "an input")]
        return {declared.name: declared for declared in found}

    def entries(self, value: Value | None, section: str, what: str) -> Iterator[tuple[str, Value]]:
        """The entries of a section whose names are legal."""
        for name, entry in (self.mapping(value, section) or {}).items():
            if NAME.fullmatch(name):
                yield name, entry
            else:
                remedy = "use letters, digits, _ and -, a letter first"
                self.wrong(entry.key, f"{name!r} is not a name for {what}", remedy)

    def input(self, name: str, value: Value) -> Input:
        if value.content is None:
            remedy = f"write {name}: {{type: path}}, or give it a default"
            self.wrong(value.key, f"input {name!r} has neither a type nor a default", remedy)
            return Input(name, "string", None, "", (), value.key)
        if not isinstance(value.content, dict):
            return Input(name, _inferred_type(value), value, "", (), value.key)
        entry = value.content
        self.refuse_unknown(entry, INPUT_KEYS, "an input")
        default = entry.get("default")
        choices = self.choices(entry.get("choices"))
        kind = self.input_type(entry.get("type"), default, choices)
        declared = Input(name, kind, default, self.text(entry.get("help"), "help"), choices, value.key)
        # Only a node gives data, and one file can be spelt in many ways.
        without = () if declared.holds_value else ("default", "choices")
        for key in ("choices",) if kind == "path" else without:
            if key in entry:
                self.wrong(entry[key].key, f"an input of the type {kind} cannot have {key}", "remove it")
                declared = replace(declared, choices=())
        return declared

    def choices(self, value: Value | None) -> tuple[Value, ...]:
        if value is None:
            return ()
        if isinstance(value.content, list):
            return tuple(value.content)
        self.wrong(value.position, "choices must be a list")
        return ()

    def input_type(self, value: Value | None, default: Value | None, choices: tuple[Value, ...]) -> str:
        if value is None:
            example = default or (choices[0] if choices else None)
            return _inferred_type(example) if example else "string"
        if isinstance(value.content, str) and (value.content in VALUE_TYPES or value.content[:1].isupper()):
            return value.content
        self.wrong(value.position, f"there is no input type {value.plain!r}", nearest(str(value.plain), VALUE_TYPES))
        return "string"

    def each(self, value: Value | None, inputs: Mapping[str, Input]) -> Value | None:
        if value is None or (isinstance(value.content, str) and value.content):
            return value
        patterns = value.content if isinstance(value.content, dict) else {}
        if len(patterns) != 1 or not all(isinstance(pattern.content, str) for pattern in patterns.values()):
            self.wrong(value.position, "each: must say what the batch runs over", EACH_REMEDY)
            return None
        for name, pattern in patterns.items():
            if name not in inputs or not inputs[name].holds_value:
                what = f"the batch runs over {name!r}, which is not an input with a value"
                self.wrong(pattern.key, what, nearest(name, inputs) or "declare it under inputs:")
        return value

    def outputs(self, value: Value | None) -> dict[str, Value]:
        return dict(self.entries(value, "outputs", "an output"))

    def calls(self, value: Value | None) -> dict[str, Call]:
        found = [self.call(name, entry) for name, entry in self.entries(value, "nodes", "a node")]
        return {call.name: call for call in found if call is not None}

    def refuse_twins(self, inputs: Mapping[str, Input], calls: Mapping[str, Call]) -> None:
        """A reference could mean either of a node and an input with data that share a name."""
        for name, declared in inputs.items():
            if name in calls and not declared.holds_value:
                self.wrong(calls[name].position, f"{name!r} is an input already", "give the node another name")

    def call(self, name: str, value: Value) -> Call | None:
        arguments = self.mapping(value, f"node {name!r}")
        if arguments is None:
            if value.content is None:
                self.wrong(value.key, f"node {name!r} is empty", "say which node it calls: {node: read.bvh, ...}")
            return None
        targets = [key for key in ("node", "use") if key in arguments]
        if len(targets) != 1:
            what = "calls nothing" if not targets else "has both node: and use:"
            self.wrong(value.key, f"node {name!r} {what}", "give it exactly one of node: and use:")
            return None
        target = arguments[targets[0]]
        if not isinstance(target.content, str) or len(target.content) > MAX_TARGET:
            self.wrong(target.position, f"{targets[0]}: must be a name")
            return None
        rest = {key: entry for key, entry in arguments.items() if key not in ("node", "use")}
        node, use = (target.content, None) if targets[0] == "node" else (None, target.content)
        return Call(name, node, use, rest, value.key, target.position)


def _inferred_type(value: Value) -> str:
    if isinstance(value.content, bool):
        return "boolean"
    if isinstance(value.content, (int, float)):
        return "number"
    return "list" if isinstance(value.content, list) else "string"

"""A YAML document to a graph: the shape of the file, nothing that needs other files or plugins."""

import re
from pathlib import Path

from motionloom.core.graph.document import MAX_BYTES, Value, read_document
from motionloom.core.graph.model import FORMAT, Call, Graph, Input
from motionloom.core.graph.problems import Position, Problems, Source, nearest

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
TOP_KEYS = ("motionloom", "help", "inputs", "each", "nodes", "outputs")
INPUT_KEYS = ("type", "default", "help", "choices")
VALUE_TYPES = ("path", "string", "number", "integer", "boolean", "list")
VERSION_REMEDY = f"write motionloom: {FORMAT}"


def load_graph(path: Path, problems: Problems) -> Graph | None:
    """Read a graph file; None where it is too broken to go on, with the problems noted.

    Args:
        path: of the file.
        problems: receives everything that is wrong.
    """
    source = _read_source(path, problems)
    if source is None:
        return None
    document = read_document(source, problems)
    if document is None:
        if not problems.found:
            problems.add(source, None, "the file is empty", VERSION_REMEDY)
        return None
    return parse_graph(source, document, problems)


def _read_source(path: Path, problems: Problems) -> Source | None:
    nowhere = Source(path, "")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        problems.add(nowhere, None, f"the graph cannot be read: {error.strerror or error}")
        return None
    try:
        return Source(path, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        problems.add(nowhere, Position(line, column), "the file is not UTF-8 text", "save it as UTF-8")
        return None


def parse_graph(source: Source, document: Value, problems: Problems) -> Graph | None:
    """The graph that a document describes."""
    reader = _Reader(source, problems)
    top = reader.mapping(document, "a graph")
    if top is None:
        return None
    reader.refuse_unknown(document, TOP_KEYS, "a graph")
    if not reader.version(document, top):
        return None
    nodes = top.get("nodes")
    if nodes is None:
        problems.add(source, document.position, "the graph has no nodes", "add a nodes: section")
    return Graph(
        source=source,
        help=reader.text(top.get("help"), "help"),
        inputs=reader.inputs(top.get("inputs")),
        each=top.get("each"),
        calls=reader.calls(nodes),
        outputs=reader.mapping(top.get("outputs"), "outputs") or {},
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

    def refuse_unknown(self, value: Value, legal: tuple[str, ...], what: str) -> None:
        for key, position in value.keys.items():
            if key not in legal:
                self.wrong(position, f"{what} has no key {key!r}", nearest(key, legal))

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

    def legal_name(self, name: str, position: Position, what: str) -> bool:
        if NAME.fullmatch(name):
            return True
        self.wrong(position, f"{name!r} is not a name for {what}", "use letters, digits, _ and -, a letter first")
        return False

    def inputs(self, value: Value | None) -> dict[str, Input]:
        declared = self.mapping(value, "inputs") or {}
        assert value is not None or not declared
        found = {}
        for name, entry in declared.items():
            position = value.keys[name] if value else entry.position
            if self.legal_name(name, position, "an input"):
                found[name] = self.input(name, entry, position)
        return found

    def input(self, name: str, value: Value, position: Position) -> Input:
        if not isinstance(value.content, dict):
            return Input(name, _inferred_type(value), value, "", (), position)
        self.refuse_unknown(value, INPUT_KEYS, "an input")
        entry = value.content
        default = entry.get("default")
        choices = self.choices(entry.get("choices"))
        kind = self.input_type(entry.get("type"), default, choices)
        return Input(name, kind, default, self.text(entry.get("help"), "help"), choices, position)

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

    def calls(self, value: Value | None) -> dict[str, Call]:
        declared = self.mapping(value, "nodes") or {}
        found = {}
        for name, entry in declared.items():
            assert value is not None
            position = value.keys[name]
            call = self.call(name, entry, position) if self.legal_name(name, position, "a node") else None
            if call is not None:
                found[name] = call
        return found

    def call(self, name: str, value: Value, position: Position) -> Call | None:
        arguments = self.mapping(value, f"node {name!r}")
        if arguments is None:
            if value.content is None:
                self.wrong(position, f"node {name!r} is empty", "say which node it calls: {node: read.bvh, ...}")
            return None
        targets = [key for key in ("node", "use") if key in arguments]
        if len(targets) != 1:
            what = "calls nothing" if not targets else "has both node: and use:"
            self.wrong(position, f"node {name!r} {what}", "give it exactly one of node: and use:")
            return None
        target = arguments[targets[0]]
        if not isinstance(target.content, str):
            self.wrong(target.position, f"{targets[0]}: must be a name")
            return None
        rest = {key: entry for key, entry in arguments.items() if key not in ("node", "use")}
        node, use = (target.content, None) if targets[0] == "node" else (None, target.content)
        return Call(name, node, use, rest, position, target.position, value.keys)


def _inferred_type(value: Value) -> str:
    if isinstance(value.content, bool):
        return "boolean"
    if isinstance(value.content, (int, float)):
        return "number"
    return "list" if isinstance(value.content, list) else "string"

"""The YAML of a mapping file as nodes that know their lines: plain data, bounded, without tags and aliases."""

from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import ReaderError

from motionloom.core.errors import ReadError, place

MAX_BYTES = 1 << 20
MAX_DEPTH = 6
NULL = "tag:yaml.org,2002:null"
ANEW = "write it anew with motionloom mapping"


def read_document(path: Path) -> MappingNode:
    """The one mapping that a file holds.

    Args:
        path: of a YAML file in UTF-8.

    Raises:
        ReadError: it is too large, no YAML, or more than plain data.
    """
    text = _read_text(path)
    try:
        _refuse_more_than_data(path, text)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise _not_yaml(path, error) from error
    if not isinstance(node, MappingNode):
        raise ReadError("this is no joint mapping: it has no `roles:`", where=str(path), remedy=ANEW)
    return node


def entries(path: Path, node: Node, what: str, remedy: str | None = None) -> dict[str, tuple[ScalarNode, Node]]:
    """The keys of a mapping node, each with its node and that of its value.

    Raises:
        ReadError: it is no mapping, or a key stands there twice.
    """
    if not isinstance(node, MappingNode):
        raise ReadError(f"{what} must be a mapping of keys to values", where=position(path, node), remedy=remedy)
    found: dict[str, tuple[ScalarNode, Node]] = {}
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            raise ReadError(f"a key in {what} must be a plain word", where=position(path, key))
        if key.value in found:
            first = found[key.value][0].start_mark.line + 1
            what = f"the key {key.value!r} stands in {what} twice, first in line {first}"
            raise ReadError(what, where=position(path, key), remedy="remove one of them")
        found[key.value] = (key, value)
    return found


def items(node: Node) -> list[Node]:
    """The items of a list; a single value is a list of one, null an empty one."""
    if isinstance(node, SequenceNode):
        return list(node.value)
    return [] if is_null(node) else [node]


def is_null(node: Node) -> bool:
    """Whether a node says that there is nothing."""
    return isinstance(node, ScalarNode) and node.tag == NULL


def position(path: Path, node: Node) -> str:
    """Where a node stands: `file:line:column`."""
    return place(path, node.start_mark.line + 1, node.start_mark.column + 1)


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ReadError(f"the mapping cannot be read: {error.strerror}", where=str(path)) from error
    if len(content) > MAX_BYTES:
        raise ReadError(f"a mapping has {MAX_BYTES >> 20} MiB at most", where=str(path), remedy=ANEW)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ReadError("this is not text in UTF-8", where=place(path, line), remedy="save it as UTF-8") from error


def _refuse_more_than_data(path: Path, text: str) -> None:
    """Checked on events, one after the other, before anything is built from them."""
    depth, documents = 0, 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        problem = _problem(event, depth, documents)
        if problem is not None:
            mark = event.start_mark
            where = str(path) if mark is None else place(path, mark.line + 1, mark.column + 1)
            raise ReadError(problem, where=where, remedy=ANEW)


def _problem(event: yaml.Event, depth: int, documents: int) -> str | None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        return "a mapping has no anchors and aliases"
    if getattr(event, "tag", None) not in (None, "!"):
        return "a mapping has no tags: it is plain data"
    if depth > MAX_DEPTH:
        return f"a mapping nests {MAX_DEPTH} levels at most"
    return "a file holds one mapping, this is a second document" if documents > 1 else None


def _not_yaml(path: Path, error: yaml.YAMLError) -> ReadError:
    if isinstance(error, ReaderError):
        return ReadError(f"a mapping is text, but here is the character U+{error.character:04X}", where=str(path))
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    where = place(path, mark.line + 1, mark.column + 1) if mark else str(path)
    remedy = "close every bracket, and put quotes around names with `: `, `#` or a comma"
    return ReadError(f"this is not YAML: {getattr(error, 'problem', None) or error}", where=where, remedy=remedy)

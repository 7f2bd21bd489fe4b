"""A graph as it is written, before anything is looked up."""

from collections.abc import Mapping
from dataclasses import dataclass

from motionloom.core.graph.document import Value
from motionloom.core.graph.problems import Position, Source

FORMAT = 1
"""The version of the graph language, the value of the key `motionloom`."""

VALUE_TYPES = ("path", "string", "number", "integer", "boolean", "list")
"""Types of inputs that hold a value; any other names the data that a node gives."""


@dataclass(frozen=True)
class Input:
    """A value that whoever runs the graph may give.

    Args:
        name: as `--set` and `${...}` spell it.
        type: path, string, number, integer, boolean, list, or the name of a data type such as
            Motion for a graph that is used inside others.
        default: the value where none is given, `null` included; None where one must be given.
        help: one line for people.
        choices: the legal values, any where empty.
        position: where it is declared.
    """

    name: str
    type: str
    default: Value | None
    help: str
    choices: tuple[Value, ...]
    position: Position

    @property
    def holds_value(self) -> bool:
        """Whether it is given as text or a number, rather than connected to a node."""
        return self.type in VALUE_TYPES

    @property
    def optional(self) -> bool:
        """Whether it may stay empty: its default is `null`."""
        return self.default is not None and self.default.content is None


@dataclass(frozen=True, slots=True)
class Call:
    """A call to a node, or to another graph.

    Args:
        name: of the call.
        node: the node's name; None for a subgraph.
        use: the graph's path; None for a node.
        arguments: ports and parameters as written.
        position: where the name stands.
        target: where the node's name or the graph's path stands.
    """

    name: str
    node: str | None
    use: str | None
    arguments: Mapping[str, Value]
    position: Position
    target: Position


@dataclass(frozen=True)
class Graph:
    """A graph file.

    Args:
        source: its text.
        help: one line for people.
        inputs: by name.
        each: its own batch, an input with a pattern or the path of a CSV.
        calls: by name.
        outputs: references by the names that other graphs know them by.
        weight: values in the file, aliases written out.
    """

    source: Source
    help: str
    inputs: Mapping[str, Input]
    each: Value | None
    calls: Mapping[str, Call]
    outputs: Mapping[str, Value]
    weight: int

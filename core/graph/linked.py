"""A graph whose names are looked up: what the engine runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from motionloom.core.graph.document import Value
from motionloom.core.graph.model import Graph, Input
from motionloom.core.graph.problems import Position, Source
from motionloom.core.graph.template import ITEM
from motionloom.core.registry import Entry


@dataclass(frozen=True)
class Link:
    """A reference to what another step gives.

    Args:
        step: the step's name.
        path: the output, if it has a name, and fields picked from it.
        output: whether the first entry of `path` is an output's name.
        several: whether it gives a list of what the port takes a list of, which then joins the port's.
    """

    step: str
    path: tuple[str, ...]
    output: bool
    several: bool = False

    def __str__(self) -> str:
        return ".".join((self.step, *self.path))


@dataclass(frozen=True)
class Argument:
    """A parameter's value as written, and the scope its `${...}` belong to."""

    value: Value
    scope: "Scope"


@dataclass(frozen=True)
class Scope:
    """The inputs of one use of one graph file.

    Args:
        graph: the file.
        bindings: for a subgraph, the values that its caller gives; empty for the outermost graph.
    """

    graph: Graph
    bindings: Mapping[str, Argument] = field(default_factory=dict)
    parent: "Scope | None" = None

    @property
    def source(self) -> Source:
        """The file's text."""
        return self.graph.source

    @cached_property
    def types(self) -> dict[str, str]:
        """The type of every name that `${...}` may use in the file."""
        return {ITEM: "string"} | {name: declared.type for name, declared in self.graph.inputs.items()}


@dataclass(frozen=True)
class Step:
    """One call of one node, subgraphs flattened.

    Args:
        name: `call`, or `use/call` within a subgraph.
        entry: the node and its plugin.
        ports: the references each port gets; several only where the port takes many.
        arguments: parameters as written.
        scope: the graph file that it stands in.
        position: of its name there.
    """

    name: str
    entry: Entry
    ports: Mapping[str, tuple[Link, ...]]
    arguments: Mapping[str, Argument]
    scope: Scope
    position: Position

    @property
    def place(self) -> str:
        """`file:line` of the call."""
        return f"{self.scope.source.path}:{self.position.line}"

    @property
    def upstream(self) -> list[str]:
        """The steps that it refers to, each once, in order."""
        return list(dict.fromkeys(link.step for links in self.ports.values() for link in links))


@dataclass(frozen=True)
class LinkedGraph:
    """Steps in an order in which each comes after what it needs, and the inputs they may use."""

    graph: Graph
    scope: Scope
    steps: Mapping[str, Step]

    @property
    def inputs(self) -> Mapping[str, Input]:
        """What the outermost graph declares."""
        return self.graph.inputs

    @property
    def targets(self) -> list[str]:
        """The steps that a run is for: those that write files, and those that nothing follows."""
        followed = {name for step in self.steps.values() for name in step.upstream}
        return [name for name, step in self.steps.items() if step.entry.spec.writes_files or name not in followed]

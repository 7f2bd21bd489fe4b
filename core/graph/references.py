"""References between nodes, through subgraphs in both directions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from motionloom.core.graph.document import Value
from motionloom.core.graph.inputs import CONVERTERS
from motionloom.core.graph.linked import Link, Scope
from motionloom.core.graph.problems import Position, Problems, nearest
from motionloom.core.graph.types import fields_of, fits, type_name
from motionloom.core.registry import Entry

Found = tuple[Link, Any]
"""A link and the type of what it leads to."""


@dataclass
class Room:
    """The names that a reference in one graph file may use.

    Args:
        scope: the file with its bindings.
        prefix: of its steps' names; empty for the outermost graph.
        entries: node calls by name.
        uses: subgraph calls by name.
        ports: for a subgraph, the references that the caller gives to its inputs of data types.
        outer: the caller's room.
        data_types: every data type that a node gives or takes, by name.
    """

    scope: Scope
    prefix: str
    problems: Problems
    data_types: Mapping[str, Any]
    entries: dict[str, Entry] = field(default_factory=dict)
    uses: dict[str, "Room"] = field(default_factory=dict)
    ports: dict[str, Value] = field(default_factory=dict)
    outer: "Room | None" = None
    resolving: set[str] = field(default_factory=set)

    def wrong(self, position: Position, what: str, remedy: str | None = None) -> None:
        """Note a problem in this file."""
        self.problems.add(self.scope.source, position, what, remedy)

    def resolve(self, reference: Value) -> Found | None:
        """The link that a reference means; None, with the problem noted, where it means nothing."""
        text = reference.content
        if not isinstance(text, str) or not text:
            self.wrong(reference.position, "this must be the name of a node", "refer to it like hero or hero.skeleton")
            return None
        name, *path = text.split(".")
        found = self._named(name, path, reference)
        return None if found is None else self._pick(*found, reference)

    def _named(self, name: str, path: list[str], reference: Value) -> tuple[Link, Any, list[str]] | None:
        if name in self.entries:
            return self._node_output(name, path, reference)
        if name in self.uses:
            return self._use_output(name, path, reference)
        declared = self.scope.graph.inputs.get(name)
        if declared is not None and declared.type not in CONVERTERS:
            found = self._outer_input(name, declared.type, reference)
            return None if found is None else (*found, path)
        if name in self.scope.graph.calls:
            return None
        self._unknown(name, reference)
        return None

    def _unknown(self, name: str, reference: Value) -> None:
        declared = self.scope.graph.inputs.get(name)
        if declared is not None:
            what = f"input {name!r} is a {declared.type}, and this needs what a node gives"
            self.wrong(reference.position, what, "read it with a node first")
        elif "${" in str(reference.content):
            self.wrong(reference.position, "this needs the name of a node, not a value", "write the name without ${}")
        else:
            known = [*self.scope.graph.calls, *self._data_inputs()]
            self.wrong(reference.position, f"there is no node {name!r} in this graph", nearest(name, known))

    def _data_inputs(self) -> list[str]:
        return [name for name, one in self.scope.graph.inputs.items() if one.type not in CONVERTERS]

    def _node_output(self, name: str, path: list[str], reference: Value) -> tuple[Link, Any, list[str]] | None:
        outputs = {output.name: output.type for output in self.entries[name].spec.outputs}
        step = self.prefix + name
        if None in outputs:
            return Link(step, (), False), outputs[None], path
        chosen = self._choose(name, path, {str(key): value for key, value in outputs.items()}, reference)
        return None if chosen is None else (Link(step, (chosen,), True), outputs[chosen], path[1:])

    def _use_output(self, name: str, path: list[str], reference: Value) -> tuple[Link, Any, list[str]] | None:
        room = self.uses[name]
        outputs = room.scope.graph.outputs
        if not outputs:
            self.wrong(reference.position, f"{room.scope.source.path} declares no outputs", "add outputs: to it")
            return None
        if len(outputs) == 1 and (not path or path[0] not in outputs):
            chosen, rest = next(iter(outputs)), path
        else:
            picked = self._choose(name, path, outputs, reference)
            if picked is None:
                return None
            chosen, rest = picked, path[1:]
        found = room.resolve_once(f"output {chosen}", outputs[chosen])
        return None if found is None else (*found, rest)

    def _choose(self, name: str, path: list[str], outputs: Mapping[str, Any], reference: Value) -> str | None:
        if path and path[0] in outputs:
            return path[0]
        listed = " or ".join(f"{name}.{output}" for output in outputs)
        what = f"{name!r} has no output {path[0]!r}" if path else f"{name!r} has several outputs"
        self.wrong(reference.position, what, f"say which: {listed}")
        return None

    def _outer_input(self, name: str, declared: str, reference: Value) -> Found | None:
        expected = self.data_types.get(declared, Any)
        if self.outer is None:
            return Link(f"${{{name}}}", (), False), expected
        if name not in self.ports:
            return None
        found = self.outer.resolve_once(f"{self.prefix}{name}", self.ports[name])
        if found is not None and not fits(found[1], expected):
            what = f"input {name!r} takes a {declared}, but {self.ports[name].content} gives a {type_name(found[1])}"
            self.outer.wrong(self.ports[name].position, what)
            return None
        return found

    def resolve_once(self, label: str, reference: Value) -> Found | None:
        """Like `resolve`, but a reference that comes back to itself is a problem, not a hang."""
        if label in self.resolving:
            self.wrong(reference.position, f"{reference.content!r} refers to itself through a subgraph")
            return None
        self.resolving.add(label)
        try:
            return self.resolve(reference)
        finally:
            self.resolving.discard(label)

    def _pick(self, link: Link, annotation: Any, path: list[str], reference: Value) -> Found | None:
        for index, name in enumerate(path):
            fields = fields_of(annotation)
            if name not in fields:
                what = f"a {type_name(annotation)} has no field {name!r}"
                self.wrong(reference.position, what, nearest(name, fields) if fields else None)
                return None
            annotation = fields[name]
            link = Link(link.step, (*link.path, path[index]), link.output)
        return link, annotation

"""References between nodes, through subgraphs in both directions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from motionloom.core.graph.document import Value
from motionloom.core.graph.linked import Link, Scope
from motionloom.core.graph.problems import Position, Problems, nearest
from motionloom.core.graph.types import fields_of, fits, type_name
from motionloom.core.registry import Entry

Found = tuple[Link, Any]
"""A link and the type of what it leads to."""

MAX_PASSED = 50
"""Subgraphs in a row that a reference may pass through without meeting a node."""


@dataclass
class Room:
    """The names that a reference in one graph file may use.

    Args:
        scope: the file with its bindings.
        prefix: of its steps' names; empty for the outermost graph.
        entries: node calls by name.
        uses: subgraph calls by name.
        ports: for a subgraph, the references that the caller gives to its inputs of data types.
        data_types: every data type that a node gives or takes, by name.
        outer: the caller's room.
        resolved: what its outputs and its inputs of data types lead to, as far as anyone asked.
        trail: the inputs that the reference being looked up has come through; all rooms share one.
    """

    scope: Scope
    prefix: str
    problems: Problems
    data_types: Mapping[str, Any]
    entries: dict[str, Entry] = field(default_factory=dict)
    uses: dict[str, "Room"] = field(default_factory=dict)
    ports: dict[str, Value] = field(default_factory=dict)
    outer: "Room | None" = None
    resolved: dict[str, Found | None] = field(default_factory=dict)
    trail: list[str] = field(default_factory=list)

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
        if declared is not None and not declared.holds_value:
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
        return [name for name, one in self.scope.graph.inputs.items() if not one.holds_value]

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
        found = room.output(chosen)
        return None if found is None else (*found, rest)

    def output(self, name: str) -> Found | None:
        """What an output of this file leads to."""
        label = f"output {name}"
        if label not in self.resolved:
            self.resolved[label] = self.resolve(self.scope.graph.outputs[name])
        return self.resolved[label]

    def _choose(self, name: str, path: list[str], outputs: Mapping[str, Any], reference: Value) -> str | None:
        if path and path[0] in outputs:
            return path[0]
        listed = " or ".join(f"{name}.{output}" for output in outputs)
        what = f"{name!r} has no output {path[0]!r}" if path else f"{name!r} has several outputs"
        self.wrong(reference.position, what, f"say which: {listed}")
        return None

    def _outer_input(self, name: str, declared: str, reference: Value) -> Found | None:
        if self.outer is None:
            return Link(f"${{{name}}}", (), False), self.data_types.get(declared, Any)
        if name not in self.ports:
            return None
        label = f"input {name}"
        if label not in self.resolved:
            self.resolved[label] = self._given(self.outer, name, declared)
        return self.resolved[label]

    def _given(self, outer: "Room", name: str, declared: str) -> Found | None:
        """What the caller connects to an input, as the type that the input declares."""
        given, here = self.ports[name], self.prefix + name
        if here in self.trail or len(self.trail) >= MAX_PASSED:
            wrong = "refers to itself" if here in self.trail else f"passes more than {MAX_PASSED} subgraphs in a row"
            outer.wrong(given.position, f"{given.content!r} {wrong}")
            return None
        self.trail.append(here)
        found = outer.resolve(given)
        self.trail.pop()
        if found is None:
            return None
        link, produced = found
        expected = self.data_types.get(declared, produced)
        if fits(produced, expected):
            return link, expected
        what = f"input {name!r} takes a {declared}, but {given.content} gives a {type_name(produced)}"
        outer.wrong(given.position, what, field_that_fits(given, produced, expected))
        return None

    def _pick(self, link: Link, annotation: Any, path: list[str], reference: Value) -> Found | None:
        for name in path:
            fields = fields_of(annotation)
            if name not in fields:
                what = f"a {type_name(annotation)} has no field {name!r}"
                self.wrong(reference.position, what, nearest(name, fields) if fields else None)
                return None
            annotation = fields[name]
            link = Link(link.step, (*link.path, name), link.output)
        return link, annotation


def field_that_fits(reference: Value, produced: Any, expected: Any) -> str | None:
    """A remedy for a reference of the wrong type: the first of its fields that is of the right one."""
    fitting = [name for name, one in fields_of(produced).items() if fits(one, expected)]
    return f"did you mean {reference.content}.{fitting[0]}?" if fitting else None

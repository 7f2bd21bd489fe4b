"""A graph to the steps that the engine runs: subgraphs flattened, every name looked up, types checked."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import networkx

from motionloom.core.errors import PluginError
from motionloom.core.graph.document import Value
from motionloom.core.graph.inputs import CONVERTERS
from motionloom.core.graph.linked import Argument, Link, LinkedGraph, Scope, Step
from motionloom.core.graph.loader import load_graph
from motionloom.core.graph.model import Call, Graph
from motionloom.core.graph.problems import Problems, nearest
from motionloom.core.graph.references import Room
from motionloom.core.graph.template import check_templates
from motionloom.core.graph.types import fields_of, fits, type_name
from motionloom.core.node import NodeSpec, Port
from motionloom.core.registry import Registry

MAX_USES = 16
"""How deep graphs may use graphs."""
MAX_STEPS = 50_000
"""Steps of a graph with all its subgraphs."""


def link_graph(graph: Graph, registry: Registry, problems: Problems) -> LinkedGraph:
    """Look up every name of a graph and check every edge; everything wrong goes to `problems`."""
    return _Linker(registry, problems).link(graph)


class _Linker:
    def __init__(self, registry: Registry, problems: Problems) -> None:
        self.registry = registry
        self.problems = problems
        self.data_types = dict(_data_types(registry))
        self.files: dict[Path, Graph | None] = {}
        self.count = 0

    def link(self, graph: Graph) -> LinkedGraph:
        room = self.room(Scope(graph), "", None, (graph.source.path.resolve(),))
        steps = {step.name: step for step in self.steps(room)}
        for name, value in graph.outputs.items():
            room.resolve_once(f"output {name}", value)
        return LinkedGraph(graph, room.scope, self.in_order(steps))

    def room(self, scope: Scope, prefix: str, outer: Room | None, files: tuple[Path, ...]) -> Room:
        room = Room(scope, prefix, self.problems, self.data_types, outer=outer)
        self.check_input_types(room)
        for name, call in scope.graph.calls.items():
            if call.node is not None:
                self.enter_node(room, name, call)
            else:
                self.enter_use(room, name, call, files)
        return room

    def check_input_types(self, room: Room) -> None:
        for declared in room.scope.graph.inputs.values():
            if declared.type not in CONVERTERS and declared.type not in self.data_types:
                known = [*CONVERTERS, *self.data_types]
                what = f"no installed node gives or takes a {declared.type}"
                room.wrong(declared.position, what, nearest(declared.type, known))

    def enter_node(self, room: Room, name: str, call: Call) -> None:
        assert call.node is not None
        self.count += 1
        if self.count == MAX_STEPS + 1:
            room.wrong(call.position, f"a graph has {MAX_STEPS} steps at most, subgraphs included")
        try:
            room.entries[name] = self.registry.node(call.node)
        except PluginError as error:
            room.wrong(call.target, error.what, error.remedy)

    def enter_use(self, room: Room, name: str, call: Call, files: tuple[Path, ...]) -> None:
        assert call.use is not None
        path = (room.scope.source.path.absolute().parent / call.use).resolve()
        if path in files or len(files) > MAX_USES or self.count > MAX_STEPS:
            what = f"{call.use} uses itself" if path in files else "graphs use graphs too deep here"
            return room.wrong(call.target, what, f"{MAX_USES} levels at most")
        if not path.is_file():
            return room.wrong(call.target, f"there is no graph {call.use!r}", "paths start from this graph's folder")
        graph = self.load(path)
        if graph is None:
            return room.wrong(call.target, f"{call.use} cannot be used: it has errors of its own")
        bindings, ports = self.use_arguments(room, call, graph)
        inner = Scope(graph, bindings, room.scope)
        room.uses[name] = self.room(inner, f"{room.prefix}{name}/", room, (*files, path))
        room.uses[name].ports.update(ports)

    def load(self, path: Path) -> Graph | None:
        if path not in self.files:
            self.files[path] = load_graph(path, self.problems)
        return self.files[path]

    def use_arguments(self, room: Room, call: Call, graph: Graph) -> tuple[dict[str, Argument], dict[str, Value]]:
        bindings, ports = {}, {}
        for key, value in call.arguments.items():
            declared = graph.inputs.get(key)
            if declared is None:
                remedy = nearest(key, graph.inputs) or f"{call.use} declares no inputs"
                room.wrong(call.keys[key], f"{call.use} has no input {key!r}", remedy)
            elif declared.type in CONVERTERS:
                check_templates(value, room.scope.source, room.scope.types, room.wrong)
                bindings[key] = Argument(value, room.scope)
            else:
                ports[key] = value
        for declared in graph.inputs.values():
            if declared.default is None and declared.name not in call.arguments:
                what = f"node {call.name!r} lacks input {declared.name!r} of {call.use}"
                room.wrong(call.position, what, f"give it a {declared.type}")
        return bindings, ports

    def steps(self, room: Room) -> Iterator[Step]:
        for name, call in room.scope.graph.calls.items():
            if name in room.entries:
                yield self.step(room, name, call)
            elif name in room.uses:
                yield from self.steps(room.uses[name])

    def step(self, room: Room, name: str, call: Call) -> Step:
        entry = room.entries[name]
        spec = entry.spec
        ports, arguments = {}, {}
        for key, value in call.arguments.items():
            if key in spec.port_names:
                ports[key] = self.links(room, spec, spec.port_names[key], value)
            elif key in spec.parameter_names:
                check_templates(value, room.scope.source, room.scope.types, room.wrong)
                arguments[key] = Argument(value, room.scope)
            else:
                known = [*spec.port_names, *spec.parameter_names]
                remedy = nearest(key, known) or f"`motionloom nodes {spec.name}` lists what it takes"
                room.wrong(call.keys[key], f"{spec.name} takes no {key!r}", remedy)
        self.require(room, call, spec)
        return Step(room.prefix + name, entry, ports, arguments, room.scope, call.position, call.keys)

    def require(self, room: Room, call: Call, spec: NodeSpec) -> None:
        for port in spec.ports:
            if not port.optional and port.name not in call.arguments:
                what = f"node {call.name!r} lacks {port.name!r}, a {_port_type(port)}"
                room.wrong(call.position, what, f"connect it: {port.name}: NODE")
        for parameter in spec.parameters:
            if parameter.required and parameter.name not in call.arguments:
                what = f"node {call.name!r} lacks the parameter {parameter.name!r}"
                room.wrong(call.position, what, f"give it: {parameter.name}: {type_name(parameter.annotation)}")

    def links(self, room: Room, spec: NodeSpec, port: Port, value: Value) -> tuple[Link, ...]:
        if value.content is None and port.optional:
            return ()
        if isinstance(value.content, list) != port.many:
            remedy = f"write [{value.plain}]" if port.many else "name one node"
            room.wrong(value.position, f"{spec.name} takes a {_port_type(port)} as {port.name!r}", remedy)
            return ()
        references = value.content if isinstance(value.content, list) else [value]
        found = [self.link_to(room, spec, port, reference) for reference in references]
        return tuple(link for link in found if link is not None)

    def link_to(self, room: Room, spec: NodeSpec, port: Port, reference: Value) -> Link | None:
        found = room.resolve(reference)
        if found is None:
            return None
        link, produced = found
        if fits(produced, port.type):
            return link
        what = f"{spec.name} takes a {type_name(port.type)} as {port.name!r}, but {reference.content} gives a"
        fields = [name for name, one in fields_of(produced).items() if fits(one, port.type)]
        remedy = f"did you mean {reference.content}.{fields[0]}?" if fields else None
        room.wrong(reference.position, f"{what} {type_name(produced)}", remedy)
        return None

    def in_order(self, steps: Mapping[str, Step]) -> dict[str, Step]:
        edges: networkx.DiGraph[str] = networkx.DiGraph()
        edges.add_nodes_from(steps)
        edges.add_edges_from((source, name) for name, step in steps.items() for source in step.upstream)
        try:
            return {name: steps[name] for name in networkx.topological_sort(edges) if name in steps}
        except networkx.NetworkXUnfeasible:
            loop = [source for source, _ in networkx.find_cycle(edges)]
            first = min((steps[name] for name in loop), key=lambda step: step.position.line)
            start = loop.index(first.name)
            walk = " -> ".join([*loop[start:], *loop[:start], first.name])
            self.problems.add(first.scope.source, first.position, f"these nodes wait for each other: {walk}")
            return dict(steps)


def _port_type(port: Port) -> str:
    return f"list of {type_name(port.type)}" if port.many else type_name(port.type)


def _data_types(registry: Registry) -> Iterator[tuple[str, Any]]:
    for entry in registry.nodes.values():
        for annotation in [*(port.type for port in entry.spec.ports), *(out.type for out in entry.spec.outputs)]:
            if isinstance(annotation, type):
                yield annotation.__name__, annotation

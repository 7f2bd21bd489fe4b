"""A graph to the steps that the engine runs: subgraphs flattened, every name looked up, types checked."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx

from motionloom.core.errors import PluginError
from motionloom.core.graph.document import Value
from motionloom.core.graph.inputs import CONVERTERS, check_inputs, nearest_input
from motionloom.core.graph.linked import Argument, Link, LinkedGraph, Scope, Step
from motionloom.core.graph.loader import load_graph
from motionloom.core.graph.model import Call, Graph
from motionloom.core.graph.problems import Problems, nearest
from motionloom.core.graph.references import Room, field_that_fits
from motionloom.core.graph.template import check_templates
from motionloom.core.graph.types import fits, list_of, type_name
from motionloom.core.node import NodeSpec, Port
from motionloom.core.registry import Registry

MAX_USES = 16
"""How deep graphs may use graphs."""
MAX_STEPS = 50_000
"""Steps of a graph with all its subgraphs."""
MAX_WEIGHT = 1_000_000
"""Values in a graph and its subgraphs, each as often as it is used."""


def link_graph(graph: Graph, registry: Registry, problems: Problems) -> LinkedGraph:
    """Look up every name of a graph and check every edge; everything wrong goes to `problems`."""
    return _Linker(registry, problems).link(graph)


class _Linker:
    def __init__(self, registry: Registry, problems: Problems) -> None:
        self.registry = registry
        self.problems = problems
        self.data_types = dict(_data_types(registry))
        self.files: dict[Path, Graph | None] = {}
        self.paths: dict[tuple[Path, str], Path | None] = {}
        self.trail: list[str] = []
        self.steps_left = MAX_STEPS
        self.weight_left = MAX_WEIGHT

    def link(self, graph: Graph) -> LinkedGraph:
        self.check_inputs(graph)
        room = self.room(Scope(graph), "", None, (graph.source.path.resolve(),))
        steps = {step.name: step for step in self.steps(room)}
        return LinkedGraph(graph, room.scope, self.in_order(steps))

    def check_inputs(self, graph: Graph) -> None:
        check_inputs(graph, self.problems)
        for declared in graph.inputs.values():
            if not declared.holds_value and declared.type not in self.data_types:
                known = [*CONVERTERS, *self.data_types]
                what = f"no installed node gives or takes a {declared.type}"
                self.problems.add(graph.source, declared.position, what, nearest(declared.type, known))

    def room(self, scope: Scope, prefix: str, outer: Room | None, files: tuple[Path, ...]) -> Room:
        room = Room(scope, prefix, self.problems, self.data_types, outer=outer, trail=self.trail)
        self.weight_left -= scope.graph.weight
        for name, call in scope.graph.calls.items():
            self.steps_left -= 1
            if self.steps_left < 0:
                self.stop(room, call, f"a graph has {MAX_STEPS} steps at most, subgraphs included")
            if call.node is not None:
                self.enter_node(room, name, call.node, call)
            elif call.use is not None:
                self.enter_use(room, name, call.use, call, files)
        return room

    def enter_node(self, room: Room, name: str, node: str, call: Call) -> None:
        try:
            room.entries[name] = self.registry.node(node)
        except PluginError as error:
            room.wrong(call.target, error.what, error.remedy)

    def enter_use(self, room: Room, name: str, use: str, call: Call, files: tuple[Path, ...]) -> None:
        path = self.find(room.scope.source.path.absolute().parent, use)
        if path is None:
            return room.wrong(call.target, f"there is no graph {use!r}", "paths start from this graph's folder")
        if path in files:
            return room.wrong(call.target, f"{use!r} uses itself", "a graph cannot be a part of itself")
        if len(files) > MAX_USES:
            return room.wrong(call.target, f"graphs use graphs {MAX_USES} levels deep at most")
        graph = self.load(path)
        if graph is None:
            return
        if self.weight_left < graph.weight:
            self.stop(room, call, f"a graph holds {MAX_WEIGHT} values at most, subgraphs written out")
        bindings, ports = self.use_arguments(room, call, graph)
        inner = Scope(graph, bindings, room.scope)
        room.uses[name] = self.room(inner, f"{room.prefix}{name}/", room, (*files, path))
        room.uses[name].ports.update(ports)

    def stop(self, room: Room, call: Call, what: str) -> None:
        room.wrong(call.target, what)
        self.problems.raise_if_any()

    def find(self, folder: Path, use: str) -> Path | None:
        """The file of a subgraph; None where there is none."""
        if (folder, use) not in self.paths:
            self.paths[folder, use] = _real_file(folder / use)
        return self.paths[folder, use]

    def load(self, path: Path) -> Graph | None:
        """The graph in a file; None, with the problems noted, where it is too broken."""
        if path not in self.files:
            graph = load_graph(path, self.problems)
            if graph is not None:
                self.check_inputs(graph)
            self.files[path] = graph
        return self.files[path]

    def use_arguments(self, room: Room, call: Call, graph: Graph) -> tuple[dict[str, Argument], dict[str, Value]]:
        bindings, ports = {}, {}
        for key, value in call.arguments.items():
            declared = graph.inputs.get(key)
            if declared is None:
                room.wrong(value.key, f"{call.use} has no input {key!r}", nearest_input(key, graph))
            elif declared.holds_value:
                if check_templates(value, room.scope.source, room.scope.types, room.wrong):
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
        for name in room.scope.graph.outputs:
            room.output(name)

    def step(self, room: Room, name: str, call: Call) -> Step:
        entry = room.entries[name]
        spec = entry.spec
        ports, arguments = {}, {}
        for key, value in call.arguments.items():
            if key in spec.port_names:
                ports[key] = self.links(room, spec, spec.port_names[key], value)
            elif key in spec.parameter_names:
                if check_templates(value, room.scope.source, room.scope.types, room.wrong):
                    arguments[key] = Argument(value, room.scope)
            else:
                known = [*spec.port_names, *spec.parameter_names]
                remedy = nearest(key, known) or f"`motionloom nodes {spec.name}` lists what it takes"
                room.wrong(value.key, f"{spec.name} takes no {key!r}", remedy)
        self.require(room, call, spec)
        return Step(room.prefix + name, entry, ports, arguments, room.scope, call.position)

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
        if isinstance(value.content, list) and not port.many:
            room.wrong(value.position, f"{spec.name} takes a {_port_type(port)} as {port.name!r}", "name one node")
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
        if port.many and fits(produced, list_of(port.type)):
            return replace(link, several=True)
        what = f"{spec.name} takes a {type_name(port.type)} as {port.name!r}, but {reference.content} gives a"
        remedy = field_that_fits(reference, produced, port.type)
        room.wrong(reference.position, f"{what} {type_name(produced)}", remedy)
        return None

    def in_order(self, steps: Mapping[str, Step]) -> dict[str, Step]:
        edges: networkx.DiGraph[str] = networkx.DiGraph()
        edges.add_nodes_from(steps)
        edges.add_edges_from((source, name) for name, step in steps.items() for source in step.upstream)
        loops = [group for group in networkx.strongly_connected_components(edges) if _is_loop(edges, group)]
        for group in loops:
            self.report_loop(steps, [edge for edge in edges.edges if group.issuperset(edge)])
        if loops:
            return dict(steps)
        return {name: steps[name] for name in networkx.topological_sort(edges) if name in steps}

    def report_loop(self, steps: Mapping[str, Step], edges: list[tuple[str, str]]) -> None:
        loop = [source for source, _ in networkx.find_cycle(networkx.DiGraph(edges))]
        first = min((steps[name] for name in loop), key=lambda step: step.position)
        start = loop.index(first.name)
        walk = " -> ".join([*loop[start:], *loop[:start], first.name])
        self.problems.add(first.scope.source, first.position, f"these nodes wait for each other: {walk}")


def _is_loop(edges: "networkx.DiGraph[str]", group: set[str]) -> bool:
    return len(group) > 1 or edges.has_edge(*group, *group)


def _real_file(path: Path) -> Path | None:
    try:
        real = path.resolve()
        return real if real.is_file() else None
    # With a NUL in it, a name that is too long, through a loop of links or a folder that is locked.
    except (OSError, ValueError, RuntimeError):
        return None


def _port_type(port: Port) -> str:
    return f"list of {type_name(port.type)}" if port.many else type_name(port.type)


def _data_types(registry: Registry) -> Iterator[tuple[str, Any]]:
    for entry in registry.nodes.values():
        for annotation in [*(port.type for port in entry.spec.ports), *(out.type for out in entry.spec.outputs)]:
            if isinstance(annotation, type):
                yield annotation.__name__, annotation

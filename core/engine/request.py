"""What a caller asks the engine to do, checked once, whoever asks: shell, notebook or worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from motionloom.core.engine.bound import Keys
from motionloom.core.engine.cache import Cache
from motionloom.core.engine.collisions import refuse_collisions
from motionloom.core.engine.devices import choose_device
from motionloom.core.engine.items import Item, items_of
from motionloom.core.engine.outputs import OutputRoot
from motionloom.core.engine.plan import Choices, ItemBinder, Plan, Planner
from motionloom.core.errors import GraphError
from motionloom.core.graph import read_graph
from motionloom.core.graph.bind import open_inputs
from motionloom.core.graph.inputs import CONVERTERS
from motionloom.core.graph.linked import LinkedGraph
from motionloom.core.graph.problems import Problems, nearest
from motionloom.core.node import default_cache_folder
from motionloom.core.registry import Registry


@dataclass(frozen=True)
class Request:
    """A graph and how to run it; relative paths start from `base`.

    Args:
        graph: a file, or the name of a pipeline that a plugin ships.
        values: of inputs, as text or Python values.
        each: `K=GLOB` or a CSV, for a batch.
        out: the output root.
        device: auto, cpu, cuda or cuda:N.
        jobs: worker processes.
        cache: a folder, `off`, or None for the user's own.
        until: steps to stop at.
        force: steps to run whatever the cache says.
        keep_going: whether the other branches of a failed item go on.
        report: where the manifest goes; `run.json` in the output root where None.
        seed: of the run.
        base: the folder that relative paths start from.
    """

    graph: str | Path
    values: Mapping[str, Any] = field(default_factory=dict)
    each: Sequence[str] = ()
    out: Path = Path("out")
    device: str = "auto"
    jobs: int = 1
    cache: str | Path | None = None
    until: Sequence[str] = ()
    force: Sequence[str] = ()
    keep_going: bool = False
    report: Path | None = None
    seed: int = 0
    base: Path = field(default_factory=Path.cwd)


@dataclass(frozen=True)
class Prepared:
    """A request with everything looked up and decided."""

    request: Request
    registry: Registry
    plan: Plan
    cache: Cache | None
    outputs: OutputRoot
    device: torch.device

    @property
    def linked(self) -> LinkedGraph:
        """The graph."""
        return self.plan.linked

    @property
    def report(self) -> Path:
        """Where the manifest goes."""
        return report_of(self.request, self.outputs)


def find_graph(name: str | Path, registry: Registry, base: Path) -> Path:
    """The file of a graph, given by its path or by a pipeline's name.

    Raises:
        GraphError: there is neither such a file nor such a pipeline.
    """
    path = base / name
    if _is_file(path):
        return path
    pipeline = registry.pipelines.get(str(name))
    if pipeline is not None:
        return pipeline
    remedy = nearest(str(name), registry.pipelines) or "give a YAML file or the name of a pipeline"
    raise GraphError(f"there is no graph {str(name)!r}, neither a file nor a pipeline", remedy=remedy)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        # Too long for a file system, or with a NUL in it: not the path of a file.
        return False


def open_graph(request: Request, registry: Registry) -> tuple[LinkedGraph, dict[str, Any]]:
    """The linked graph of a request and the values that it gives.

    Raises:
        GraphError: with everything that is wrong.
    """
    path = find_graph(request.graph, registry, request.base)
    return read_graph(path, registry, request.values, request.base.absolute())


def prepare(request: Request, registry: Registry) -> Prepared:
    """Read, check and plan; nothing has run or been written when this returns or raises.

    Raises:
        GraphError: the graph or the call is wrong, with everything that is wrong.
    """
    device = choose_device(request.device)
    if request.jobs < 1:
        raise GraphError(f"--jobs {request.jobs} makes no sense", remedy="give 1 or more")
    linked, values = open_graph(request, registry)
    choices = Choices(
        [_step_name(linked, name, "--until") for name in request.until],
        [_step_name(linked, name, "--force") for name in request.force],
    )
    items = items_of(linked, request.each, request.base)
    _refuse_given_twice(values, items)
    _refuse_open_inputs(linked, values, items)
    outputs, cache = OutputRoot(request.base / request.out), open_cache(request)
    problems = Problems()
    binder = ItemBinder(linked, values, varying_inputs(items), Keys(device.type, request.seed), problems)
    bound = [binder.bind(item) for item in items]
    refuse_collisions(items, bound, outputs, report_of(request, outputs), problems)
    problems.raise_if_any()
    planner = Planner(linked, cache, outputs, choices)
    plan = Plan(linked, tuple(planner.decide(item, steps) for item, steps in zip(items, bound, strict=True)))
    return Prepared(request, registry, plan, cache, outputs, device)


def report_of(request: Request, outputs: OutputRoot) -> Path:
    """Where the manifest of a request goes."""
    return request.base.absolute() / (request.report or outputs.folder / "run.json")


def varying_inputs(items: Sequence[Item]) -> set[str] | None:
    """The inputs that differ between the items of a batch; None where there is only one item."""
    return {name for item in items for name in item.values} if len(items) > 1 else None


def _step_name(linked: LinkedGraph, name: str, option: str) -> str:
    if name in linked.steps:
        return name
    remedy = nearest(name, linked.steps) or f"choose from {', '.join(list(linked.steps)[:20])}"
    raise GraphError(f"{option} {name}: {linked.graph.source.path} has no such node", remedy=remedy)


def _refuse_given_twice(values: Mapping[str, Any], items: Sequence[Item]) -> None:
    twice = sorted({name for item in items for name in item.values} & set(values))
    if twice:
        what = f"input {twice[0]!r} is given a value and is what the batch runs over"
        raise GraphError(what, remedy="give it by --set or by --each")


def _refuse_open_inputs(linked: LinkedGraph, values: Mapping[str, Any], items: Sequence[Item]) -> None:
    problems = Problems()
    reported: set[str] = set()
    for item in items:
        for name in open_inputs(linked, {**values, **item.values}):
            if name not in reported:
                reported.add(name)
                _refuse_open_input(linked, name, f" in item {item.name}" if len(items) > 1 else "", problems)
    problems.raise_if_any()


def _refuse_open_input(linked: LinkedGraph, name: str, where: str, problems: Problems) -> None:
    declared = linked.inputs[name]
    about = f" ({declared.help})" if declared.help else ""
    if declared.type in CONVERTERS:
        what, remedy = f"input {name!r}{about} has no value{where}", f"give it: --set {name}=..."
    else:
        what, remedy = f"input {name!r} takes a {declared.type}", "this graph can only be used by another (use:)"
    problems.add(linked.graph.source, declared.position, what, remedy)


def open_cache(request: Request) -> Cache | None:
    """The cache that a request asks for; None where it is off."""
    if request.cache == "off":
        return None
    return Cache(request.base / request.cache if request.cache else default_cache_folder())

"""Check, plan and run from Python, as notebooks and build systems do."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from motionloom.core.engine.events import Emit, ignore
from motionloom.core.engine.manifest import RunResult
from motionloom.core.engine.plan import Plan
from motionloom.core.engine.request import Prepared, Request, open_graph, prepare
from motionloom.core.engine.run import execute
from motionloom.core.graph.linked import LinkedGraph
from motionloom.core.registry import Registry, installed_registry


def check(
    graph: str | Path, inputs: Mapping[str, Any] | None = None, *, registry: Registry | None = None
) -> LinkedGraph:
    """Check a graph without planning or running it.

    Args:
        graph: a YAML file or the name of a pipeline.
        inputs: values of its inputs, where known.
        registry: the nodes that it may use; the installed ones where None.

    Raises:
        GraphError: with everything that is wrong.
    """
    linked, _ = open_graph(Request(graph, inputs or {}), registry or installed_registry())
    return linked


def plan(graph: str | Path, inputs: Mapping[str, Any] | None = None, **options: Any) -> Plan:
    """What `run` with the same arguments would do, and why.

    Args:
        graph: a YAML file or the name of a pipeline.
        inputs: values of its inputs.
        options: as for `run`.

    Raises:
        GraphError: the graph or the call is wrong.
    """
    return _prepared(graph, inputs, options).plan


def run(
    graph: str | Path,
    inputs: Mapping[str, Any] | None = None,
    *,
    each: Sequence[str] = (),
    out: str | Path = "out",
    device: str = "auto",
    jobs: int = 1,
    cache: str | Path | None = None,
    until: Sequence[str] = (),
    force: Sequence[str] = (),
    keep_going: bool = False,
    report: str | Path | None = None,
    seed: int = 0,
    on_event: Emit = ignore,
    registry: Registry | None = None,
) -> RunResult:
    """Run a graph; a node that fails ends its item and shows in the result, it is not raised.

    Args:
        graph: a YAML file or the name of a pipeline.
        inputs: values of its inputs, as text or Python values.
        each: `K=GLOB` or the path of a CSV, to run once an item.
        out: the output root; no file is written elsewhere.
        device: auto, cpu, cuda or cuda:N.
        jobs: worker processes for the items of a batch.
        cache: a folder, `off`, or None for the user's own.
        until: stop at these nodes.
        force: run these nodes, and what follows them, whatever the cache says.
        keep_going: go on with the other branches of an item that failed.
        report: where the manifest goes; `run.json` in the output root where None.
        seed: of everything random.
        on_event: called with every event of the run.
        registry: the nodes that it may use; the installed ones where None, and in worker processes.

    Returns:
        How it ended; `result.exit_code` is what the command line would exit with.

    Raises:
        GraphError: the graph or the call is wrong; nothing has run.

    Example:
        >>> result = motionloom.core.run("bvh_to_glb", {"clip": "walk.bvh"}, out="build")
        >>> result.outputs
        [PosixPath('build/walk.glb')]
    """
    options = {
        "each": each, "out": out, "device": device, "jobs": jobs, "cache": cache, "until": until, "force": force,
        "keep_going": keep_going, "report": report, "seed": seed, "registry": registry,
    }  # fmt: skip
    return execute(_prepared(graph, inputs, options), on_event)


def _prepared(graph: str | Path, inputs: Mapping[str, Any] | None, options: dict[str, Any]) -> Prepared:
    options = dict(options)
    registry = options.pop("registry", None) or installed_registry()
    for name in ("out", "report"):
        if options.get(name) is not None:
            options[name] = Path(options[name])
    return prepare(Request(graph, inputs or {}, **options), registry)

"""Graphs: YAML with positions, inputs, references, type checking, pictures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from motionloom.core.graph.bind import Binder
from motionloom.core.graph.inputs import given_values
from motionloom.core.graph.link import link_graph
from motionloom.core.graph.linked import Link, LinkedGraph, Step
from motionloom.core.graph.loader import load_graph
from motionloom.core.graph.problems import InvalidGraph, Problem, Problems
from motionloom.core.registry import Registry

__all__ = ["InvalidGraph", "Link", "LinkedGraph", "Problem", "Problems", "Step", "read_graph"]


def read_graph(
    path: Path, registry: Registry, given: Mapping[str, Any] | None = None, base: Path | None = None
) -> tuple[LinkedGraph, dict[str, Any]]:
    """Read a graph, look up everything that it names and validate every value that is known.

    Args:
        path: of the file.
        registry: the nodes that it may use.
        given: values of inputs; strings are read like `--set` reads them.
        base: the folder that relative paths among them start from; the working directory where None.

    Returns:
        The linked graph, and the given values as its inputs want them.

    Raises:
        InvalidGraph: with everything that is wrong with it.
    """
    problems = Problems()
    graph = load_graph(path, problems)
    if graph is None:
        problems.raise_if_any()
        raise AssertionError("a graph that could not be read has no problems")
    values = given_values(graph, given or {}, base or Path.cwd(), problems)
    linked = link_graph(graph, registry, problems)
    binder = Binder(linked, values, problems, path.stem)
    for step in linked.steps.values():
        binder.parameters(step)
    problems.raise_if_any()
    return linked, values

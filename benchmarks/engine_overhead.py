"""What the engine costs a node that does nothing, beside Hamilton and Dask in the same process.

    python benchmarks/engine_overhead.py [--nodes 1000] [--cached-nodes 200] [--repeats 5]

Nodes add integers, so all that is timed is the engine. Two graphs: a chain, and a fan of nodes that
one node sums up. Times are microseconds a node, of the fastest of several runs:

    build    motionloom: read the YAML, check it, make the keys and the plan; Hamilton: import the
             functions and build the driver; Dask: build the graph
    memory   run everything, without a cache
    cold     run everything, and store every result on disk
    warm     run the last node anew, with its inputs from the disk: all the others in the fan; in the
             chain motionloom needs the last one only, Hamilton goes through all of them
    again    run with everything up to date: find that out (motionloom: plan and run)

Ratios are to motionloom. Dask has no cache on disk. Hamilton recurses along chains, so Python's limit
is raised for it. One that is not installed is skipped.
"""

import argparse
import contextlib
import importlib.util
import io
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

os.environ["HAMILTON_TELEMETRY_ENABLED"] = "false"

from motionloom.core.engine.events import ignore
from motionloom.core.engine.request import Prepared, Request, prepare
from motionloom.core.engine.run import execute
from motionloom.core.node import node
from motionloom.core.testing import registry_of

SHAPES = ("chain", "fan")
COLUMNS = ("build", "memory", "cold", "warm", "again")
Times = dict[str, float]
"""Microseconds a node, by column."""


class Side(Protocol):
    """An engine that is measured."""

    name: str

    def measure(self, shape: str, nodes: int, cached: int, repeats: int, folder: Path) -> Times:
        """Times of one graph."""


def fastest(run: Callable[[], Any], repeats: int, before: Callable[[], Any] = lambda: None) -> float:
    """Seconds of the run that took the least time; other work on the machine only ever adds some."""
    times = []
    for _ in range(repeats):
        before()
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


@node("bench.start")
def start(*, value: int) -> int:
    """A number."""
    return value


@node("bench.add")
def add(a: int, *, by: int) -> int:
    """One more."""
    return a + by


@node("bench.total")
def total(numbers: Sequence[int]) -> int:
    """All of them."""
    return sum(numbers)


REGISTRY = registry_of(start, add, total)


def expected(shape: str, nodes: int) -> int:
    """What a graph comes to."""
    steps = range(1, nodes - 1) if shape == "fan" else range(1, nodes)
    return sum(steps)


class Motionloom:
    """This engine."""

    name = "motionloom"

    def graph(self, shape: str, nodes: int, folder: Path) -> Path:
        lines = ["motionloom: 1", "nodes:", "  n0: {node: bench.start, value: 0}"]
        middle = range(1, nodes - 1) if shape == "fan" else range(1, nodes)
        source = "n0" if shape == "fan" else None
        lines += [f"  n{i}: {{node: bench.add, a: {source or f'n{i - 1}'}, by: {i}}}" for i in middle]
        if shape == "fan":
            lines.append(f"  n{nodes - 1}: {{node: bench.total, numbers: [{', '.join(f'n{i}' for i in middle)}]}}")
        path = folder / f"{shape}{nodes}.yaml"
        path.write_text("\n".join(lines) + "\n")
        return path

    def measure(self, shape: str, nodes: int, cached: int, repeats: int, folder: Path) -> Times:
        graph, small = self.graph(shape, nodes, folder), self.graph(shape, cached, folder)
        last, cache = f"n{cached - 1}", folder / "cache"

        def plan(path: Path, **options: Any) -> Prepared:
            return prepare(Request(path, out=folder / "out", device="cpu", **options), REGISTRY)

        def run(prepared: Prepared) -> None:
            assert execute(prepared, ignore).status == "done"

        def runs_of(repeats: int, path: Path, **options: Any) -> float:
            plans = iter([plan(path, **options) for _ in range(repeats)])
            return fastest(lambda: run(next(plans)), repeats)

        times = {
            "build": fastest(lambda: plan(graph, cache="off"), repeats) / nodes,
            "memory": runs_of(repeats, graph, cache="off") / nodes,
            "cold": min(runs_of(1, small, cache=folder / f"cold{one}") for one in range(2)) / cached,
        }
        run(plan(small, cache=cache))
        times["warm"] = runs_of(repeats, small, cache=cache, force=[last]) / cached
        times["again"] = fastest(lambda: run(plan(small, cache=cache)), repeats) / cached
        return times


class Hamilton:
    """Functions of a module are nodes, their parameters' names the edges."""

    name = "Hamilton"

    def __init__(self) -> None:
        from hamilton import driver

        sys.setrecursionlimit(100_000)
        logging.getLogger("hamilton").setLevel(logging.ERROR)
        self.driver = driver

    def module(self, shape: str, nodes: int, folder: Path, by: int = 0) -> ModuleType:
        lines = ["def n0() -> int:\n    return 0"]
        middle = range(1, nodes - 1) if shape == "fan" else range(1, nodes)
        for i in middle:
            source = "n0" if shape == "fan" else f"n{i - 1}"
            lines.append(f"def n{i}({source}: int) -> int:\n    return {source} + {i}")
        if shape == "fan":
            takes = ", ".join(f"n{i}: int" for i in middle)
            lines.append(
                f"def n{nodes - 1}({takes}) -> int:\n    return {by} + sum(({', '.join(f'n{i}' for i in middle)}))"
            )
        path = folder / f"hamilton_{shape}{nodes}_{by}.py"
        path.write_text("\n\n".join(lines) + "\n")
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[path.stem] = module
        spec.loader.exec_module(module)
        return module

    def built(self, module: ModuleType, cache: Path | None = None, **options: Any) -> Any:
        builder = self.driver.Builder().with_modules(module)
        return (builder.with_cache(path=str(cache), **options) if cache else builder).build()

    def measure(self, shape: str, nodes: int, cached: int, repeats: int, folder: Path) -> Times:
        module, small = self.module(shape, nodes, folder), self.module(shape, cached, folder)
        last, small_last = f"n{nodes - 1}", f"n{cached - 1}"
        plain = self.built(module)
        assert plain.execute([last])[last] == expected(shape, nodes)
        times = {
            "build": fastest(lambda: self.built(self.module(shape, nodes, folder)), 2) / nodes,
            "memory": fastest(lambda: plain.execute([last]), repeats) / nodes,
        }
        cache = folder / f"hamilton_{shape}"
        times["cold"] = fastest(lambda: self.built(small, cache).execute([small_last]), 1) / cached
        anew = self.built(small, cache, recompute=[small_last])
        times["warm"] = fastest(lambda: anew.execute([small_last]), repeats) / cached
        again = self.built(small, cache)
        times["again"] = fastest(lambda: again.execute([small_last]), repeats) / cached
        return times


class Dask:
    """Delayed calls, run by a pool of threads."""

    name = "Dask threads"

    def __init__(self) -> None:
        import dask

        self.dask = dask

    def graph(self, shape: str, nodes: int) -> Any:
        delayed = self.dask.delayed
        one_more, all_of_them = delayed(lambda a, by: a + by), delayed(sum)
        first = delayed(int)(0)
        if shape == "fan":
            return all_of_them([one_more(first, i) for i in range(1, nodes - 1)])
        for i in range(1, nodes):
            first = one_more(first, i)
        return first

    def measure(self, shape: str, nodes: int, cached: int, repeats: int, folder: Path) -> Times:
        graph = self.graph(shape, nodes)
        assert graph.compute(scheduler="threads") == expected(shape, nodes)
        return {
            "build": fastest(lambda: self.graph(shape, nodes), repeats) / nodes,
            "memory": fastest(lambda: graph.compute(scheduler="threads"), repeats) / nodes,
        }


def sides() -> list[Side]:
    """Those that are installed."""
    found: list[Side] = [Motionloom()]
    for kind, package in ((Hamilton, "sf-hamilton"), (Dask, "dask")):
        try:
            found.append(kind())
        except ImportError as error:
            print(f"skipped {kind.name}: {error}; pip install {package}")
    return found


def report(shape: str, measured: dict[str, Times]) -> None:
    """A table of one graph."""
    own = measured[Motionloom.name]
    print(f"{shape:<14}" + "".join(f"{column:>18}" for column in COLUMNS))
    for name, times in measured.items():
        cells = [
            f"{1e6 * times[one]:9.1f} us {times[one] / own[one]:5.1f}x" if one in times else "-" for one in COLUMNS
        ]
        print(f"  {name:<12}" + "".join(f"{cell:>18}" for cell in cells), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--cached-nodes", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    present = sides()
    for shape in SHAPES:
        measured = {}
        for side in present:
            with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
                place = Path(folder)
                measured[side.name] = side.measure(
                    shape, arguments.nodes, arguments.cached_nodes, arguments.repeats, place
                )
        report(shape, measured)


if __name__ == "__main__":
    main()

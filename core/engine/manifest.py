"""What a run leaves behind for people and build systems: a result in Python, a manifest on disk."""

import json
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from motionloom.core.engine.cache import write_atomically
from motionloom.core.engine.digest import file_digest
from motionloom.core.engine.report import ItemReport, written_out
from motionloom.core.engine.request import Prepared
from motionloom.core.errors import ExportError, GraphError
from motionloom.core.graph.linked import LinkedGraph

PACKAGES = ("motionloom", "torch", "numpy", "roma", "pydantic", "pluggy", "networkx", "safetensors")

DONE, FAILED, WRONG, SOME_FAILED, INTERRUPTED = 0, 1, 2, 3, 130
"""The exit codes."""


@dataclass(frozen=True)
class RunResult:
    """How a run ended.

    Args:
        status: done, failed, some failed, or interrupted.
        exit_code: 0, 1, 3 or 130, as the command line gives it.
        seconds: that it took.
        items: what became of each item, in order.
        output_root: where files were written.
        report: the manifest on disk.
    """

    status: str
    exit_code: int
    seconds: float
    items: tuple[ItemReport, ...]
    output_root: Path
    report: Path

    @property
    def outputs(self) -> list[Path]:
        """Every file of every item that is done or was up to date."""
        paths = dict.fromkeys(record.path for item in self.items for record in item.outputs)
        return [self.output_root / path for path in paths]

    @property
    def failures(self) -> list[ItemReport]:
        """The items that failed."""
        return [item for item in self.items if item.status == "failed"]

    @property
    def sentence(self) -> str:
        """How it ended, in one sentence that names the cause."""
        failures, count = self.failures, len(self.items)
        if self.exit_code == INTERRUPTED:
            finished = sum(item.status == "done" for item in self.items)
            return f"interrupted with {finished} of {count} items done; run the same command again to go on"
        if failures:
            others = f" ({len(failures)} of {count} items failed)" if count > 1 else ""
            return f"item {failures[0].name}: {failures[0].error}{others}"
        return f"{count} items done" if count != 1 else "done"


def outcome(items: Sequence[ItemReport], interrupted: bool) -> tuple[str, int]:
    """Status and exit code of a run."""
    if interrupted:
        return "interrupted", INTERRUPTED
    failed = sum(item.status == "failed" for item in items)
    if all(item.status == "done" for item in items):
        return "done", DONE
    return ("failed", FAILED) if failed == len(items) else ("some failed", SOME_FAILED)


def describe(prepared: Prepared) -> dict[str, Any]:
    """What a manifest says about a run before it begins: what runs, with which versions, from what.

    Args:
        prepared: the request.
    """
    request, linked = prepared.request, prepared.linked
    sources = {str(one.path): one.sha256 for item in prepared.plan.items for step in item.steps for one in step.sources}
    return {
        "graph": {"path": str(linked.graph.source.path), "sha256": file_digest(linked.graph.source.path)},
        "subgraphs": _subgraphs(linked),
        "inputs": _inputs(prepared),
        "each": list(request.each),
        "device": str(prepared.device),
        "seed": request.seed,
        "files": sources,
        "nodes": {step.entry.spec.name: step.entry.spec.version for step in linked.steps.values()},
        "plugins": _plugins(linked),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: found for name in PACKAGES if (found := _installed(name))},
    }


def _inputs(prepared: Prepared) -> dict[str, Any]:
    """The value of every input that is the same for all items: given, or by default."""
    defaults = {
        name: declared.default.plain
        for name, declared in prepared.linked.inputs.items()
        if declared.default is not None
    }
    varying = {name for item in prepared.plan.items for name in item.item.values}
    fixed = {**defaults, **prepared.request.values}
    return written_out({name: value for name, value in fixed.items() if name not in varying})


def remove_manifest(path: Path) -> None:
    """Make sure that a manifest can be written, and that none of an earlier run outlives a crash of this one.

    Raises:
        GraphError: it cannot.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
    except OSError as error:
        what = f"the manifest {path} cannot be written: {error.strerror or error}"
        raise GraphError(what, remedy="choose another place with --report") from error


def write_manifest(prepared: Prepared, result: RunResult, description: Mapping[str, Any]) -> None:
    """Write the manifest: how a run ended, what ran, from what, to which files.

    Args:
        prepared: the request.
        result: of the run.
        description: from `describe`.

    Raises:
        ExportError: the disk does not take it.
    """
    manifest = {
        "manifest": 1,
        "status": result.status,
        "exit_code": result.exit_code,
        "seconds": round(result.seconds, 6),
        **description,
        "output_root": str(result.output_root),
        "steps": Counter(node.status for item in result.items for node in item.nodes),
        "items": [plain_report(item) for item in result.items],
    }
    # A kill leaves the unfinished file in the scratch folder, not among the outputs.
    scratch = prepared.outputs.scratch if result.report.is_relative_to(result.output_root) else None
    try:
        write_atomically(result.report, f"{readable(manifest)}\n".encode(), scratch)
    except OSError as error:
        raise ExportError(f"the manifest cannot be written: {error}", remedy="make room and run again") from error


def plain_report(report: ItemReport) -> dict[str, Any]:
    """A report as JSON."""
    return {**vars(report), "nodes": list(map(vars, report.nodes)), "outputs": list(map(vars, report.outputs))}


def readable(value: Any, indent: str = "") -> str:
    """JSON with a line for whatever holds nothing but scalars."""
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if not any(child and isinstance(child, (dict, list)) for child in children):
        return json.dumps(value)
    inner = f"{indent}  "
    if isinstance(value, dict):
        lines = [f"{inner}{json.dumps(key)}: {readable(child, inner)}" for key, child in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    return "[\n" + ",\n".join(inner + readable(child, inner) for child in value) + f"\n{indent}]"


def _subgraphs(linked: LinkedGraph) -> dict[str, str]:
    own = linked.graph.source.path
    paths = {step.scope.source.path for step in linked.steps.values()} - {own}
    return {str(path): file_digest(path) for path in sorted(paths)}


def _plugins(linked: LinkedGraph) -> dict[str, str]:
    providers = [step.entry.provider for step in linked.steps.values()]
    return {provider.distribution: provider.version for provider in providers}


@cache
def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None

"""What a run leaves behind for people and build systems: a result in Python, a manifest on disk."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from motionloom.core.engine.cache import write_atomically
from motionloom.core.engine.digest import file_digest
from motionloom.core.engine.evaluate import ItemReport
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
    if not failed:
        return "done", DONE
    return ("failed", FAILED) if failed == len(items) else ("some failed", SOME_FAILED)


def write_manifest(path: Path, result: RunResult, linked: LinkedGraph, details: Mapping[str, Any]) -> None:
    """Write the manifest: what ran, with which versions, from what, to which files.

    Args:
        path: of the JSON file; replaced at once.
        result: of the run.
        linked: the graph.
        details: what only the run knows: inputs, device, seed, started.
    """
    manifest = {
        "manifest": 1,
        "status": result.status,
        "exit_code": result.exit_code,
        "seconds": round(result.seconds, 6),
        **details,
        "graph": {"path": str(linked.graph.source.path), "sha256": file_digest(linked.graph.source.path)},
        "subgraphs": _subgraphs(linked),
        "nodes": {step.entry.spec.name: step.entry.spec.version for step in linked.steps.values()},
        "plugins": _plugins(linked),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: found for name in PACKAGES if (found := _installed(name))},
        "output_root": str(result.output_root),
        "items": [asdict(item) for item in result.items],
    }
    write_atomically(path, json.dumps(manifest, indent=2).encode() + b"\n")


def _subgraphs(linked: LinkedGraph) -> dict[str, str]:
    own = linked.graph.source.path
    paths = {step.scope.source.path for step in linked.steps.values()} - {own}
    return {str(path): file_digest(path) for path in sorted(paths)}


def _plugins(linked: LinkedGraph) -> dict[str, str]:
    providers = [step.entry.provider for step in linked.steps.values()]
    return {provider.distribution: provider.version for provider in providers}


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None

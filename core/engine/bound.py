"""Steps with their parameters validated and their cache keys computed: for one item."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from motionloom.core.engine.digest import file_digest, folder_digest, value_digest, weights_digest
from motionloom.core.engine.outputs import relative_output
from motionloom.core.errors import ExportError, MotionloomError
from motionloom.core.graph.linked import Link, Step
from motionloom.core.graph.problems import Problems

KEY_FORMAT = 1
"""Raised when keys are made of other things than before."""


@dataclass(frozen=True)
class Feed:
    """What a port gets: the key of the step that gives it, and what to pick from its output."""

    key: str
    link: Link


@dataclass(frozen=True)
class BoundStep:
    """A step of one item, ready to run.

    Args:
        step: as linked.
        parameters: validated; those left out keep the function's default.
        feeds: by port.
        key: of its result.
        components: what the key is made of, for saying what changed.
        output: the path that it writes below the output root; None for most nodes.
        shared: whether it is the same for every item of the batch.
    """

    step: Step
    parameters: Mapping[str, Any]
    feeds: Mapping[str, tuple[Feed, ...]]
    key: str
    components: Mapping[str, Any]
    output: str | None
    shared: bool

    @property
    def name(self) -> str:
        """Of the step."""
        return self.step.name

    @cached_property
    def upstream(self) -> list[str]:
        """The keys that it needs, each once, in order."""
        return list(dict.fromkeys(feed.key for feeds in self.feeds.values() for feed in feeds))


class Keys:
    """Makes cache keys, reading every input file once.

    Args:
        device: the kind of device that nodes run on; the same inputs give other bits elsewhere.
        seed: of the run; part of the key of nodes that take a context.
    """

    def __init__(self, device: str, seed: int) -> None:
        self.device = device
        self.seed = seed
        self.files: dict[Path, str] = {}

    def bind(
        self,
        step: Step,
        parameters: Mapping[str, Any],
        before: Mapping[str, BoundStep],
        shared: bool,
        problems: Problems,
    ) -> BoundStep:
        """A step with its key.

        Args:
            step: as linked.
            parameters: validated.
            before: the bound steps that come before it, by name.
            shared: whether its own parameters are the same for every item.
            problems: receives an output path that is not legal and files that cannot be read.
        """
        feeds = {port: tuple(Feed(before[link.step].key, link) for link in links) for port, links in step.ports.items()}
        output = self._output(step, parameters, problems)
        try:
            components = self._components(step, parameters, feeds, output)
        except (OSError, MotionloomError) as error:
            problems.add(step.scope.source, step.position, f"a file of node {step.name!r} cannot be read: {error}")
            components = {}
        shared = shared and all(before[name].shared for name in step.upstream)
        return BoundStep(step, parameters, feeds, value_digest(components)[:40], components, output, shared)

    def _output(self, step: Step, parameters: Mapping[str, Any], problems: Problems) -> str | None:
        name = step.entry.spec.output_parameter
        path = parameters.get(name) if name else None
        if path is None:
            return None
        try:
            return str(relative_output(path))
        except ExportError as error:
            argument = step.arguments.get(name) if name else None
            position = argument.value.position if argument else step.position
            problems.add(step.scope.source, position, error.what, error.remedy)
            return None

    def _components(
        self, step: Step, parameters: Mapping[str, Any], feeds: Mapping[str, tuple[Feed, ...]], output: str | None
    ) -> dict[str, Any]:
        spec, provider = step.entry.spec, step.entry.provider
        plain: dict[str, Any] = {}
        files: dict[str, list[str]] = {}
        for parameter in spec.parameters:
            value = parameters.get(parameter.name, parameter.default)
            if parameter.role in ("input", "folder") and isinstance(value, Path):
                files[parameter.name] = [value.name, self._digest(value)]
            elif parameter.role == "output":
                plain[parameter.name] = output
            elif parameter.name in parameters:
                plain[parameter.name] = parameter.adapter.dump_python(value, mode="json")
            else:
                plain[parameter.name] = parameter.plain_default
        if spec.reads is not None:
            for path in spec.reads(**parameters):
                files[f"beside: {path.name}"] = [path.name, self._digest(path)]
        components: dict[str, Any] = {
            "format": KEY_FORMAT,
            "node": spec.name,
            "version": spec.version,
            "plugin": f"{provider.distribution} {provider.version}",
            "device": self.device,
            "parameters": plain,
            "files": files,
            "inputs": {port: [[feed.key, *feed.link.path] for feed in found] for port, found in feeds.items()},
        }
        if spec.context is not None:
            components["seed"] = self.seed
        if spec.weights is not None:
            stat = spec.weights.stat()
            components["weights"] = weights_digest(spec.weights, stat.st_size, stat.st_mtime_ns)
        return components

    def _digest(self, path: Path) -> str:
        if path not in self.files:
            self.files[path] = folder_digest(path) if path.is_dir() else file_digest(path)
        return self.files[path]

"""Steps with their parameters validated and their cache keys computed: for one item."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from motionloom.core.engine.digest import Stamp, file_digest, folder_digest, stamp, value_digest, weights_digest
from motionloom.core.engine.outputs import relative_output
from motionloom.core.errors import ExportError, MotionloomError, NodeError
from motionloom.core.graph.linked import Link, Step
from motionloom.core.graph.problems import Position, Problems
from motionloom.core.node import NodeSpec

KEY_FORMAT = 1
"""Raised when keys are made of other things than before."""


@dataclass(frozen=True)
class Feed:
    """What a port gets: the key of the step that gives it, and what to pick from its output."""

    key: str
    link: Link


@dataclass(frozen=True)
class SourceFile:
    """A file or folder that a step reads, as it was when the key was made."""

    path: Path
    sha256: str
    stamp: Stamp


@dataclass(frozen=True)
class BoundStep:
    """A step of one item, ready to run.

    Args:
        name: of the step.
        step: as linked.
        parameters: validated; those left out keep the function's default.
        feeds: by port.
        key: of its result.
        components: what the key is made of, for saying what changed.
        output: the path that it writes below the output root; None for most nodes.
        shared: whether it is the same for every item of the batch.
        sources: the files that it reads.
    """

    name: str
    step: Step
    parameters: Mapping[str, Any]
    feeds: Mapping[str, tuple[Feed, ...]]
    key: str
    components: Mapping[str, Any]
    output: str | None
    shared: bool
    sources: tuple[SourceFile, ...] = ()

    @cached_property
    def upstream(self) -> list[str]:
        """The keys that it needs, each once, in order."""
        return list(dict.fromkeys(feed.key for feeds in self.feeds.values() for feed in feeds))


@dataclass
class Sources:
    """The files that one step reads, by what its parameters call them."""

    named: dict[str, list[str]] = field(default_factory=dict)
    files: list[SourceFile] = field(default_factory=list)

    def add(self, name: str, file: SourceFile) -> None:
        """Remember one more."""
        self.named[name] = [file.path.name, file.sha256]
        self.files.append(file)


class Keys:
    """Makes cache keys, reading every input file once.

    Args:
        device: the kind of device that nodes run on; the same inputs give other bits elsewhere.
        seed: of the run; part of the key of nodes that take a context.
    """

    def __init__(self, device: str, seed: int) -> None:
        self.device = device
        self.seed = seed
        self.files: dict[Path, SourceFile] = {}

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
        sources = self._sources(step, parameters, problems)
        components = self._components(step, parameters, feeds, output, sources)
        shared = shared and all(before[name].shared for name in step.upstream)
        key = value_digest(components)[:40]
        return BoundStep(step.name, step, parameters, feeds, key, components, output, shared, tuple(sources.files))

    def _output(self, step: Step, parameters: Mapping[str, Any], problems: Problems) -> str | None:
        name = step.entry.spec.output_parameter
        if name is None:
            return None
        path = parameters.get(name, step.entry.spec.parameter_names[name].default)
        if not isinstance(path, Path):
            return None
        try:
            return str(relative_output(path))
        except ExportError as error:
            problems.add(step.scope.source, output_position(step), error.what, error.remedy)
            return None

    def _components(
        self,
        step: Step,
        parameters: Mapping[str, Any],
        feeds: Mapping[str, tuple[Feed, ...]],
        output: str | None,
        sources: Sources,
    ) -> dict[str, Any]:
        spec, provider = step.entry.spec, step.entry.provider
        components: dict[str, Any] = {
            "format": KEY_FORMAT,
            "node": spec.name,
            "version": spec.version,
            "plugin": f"{provider.distribution} {provider.version} {provider.source}".rstrip(),
            "device": self.device,
            "parameters": _plain_parameters(spec, parameters, output),
            "files": sources.named,
            "inputs": {port: [[feed.key, *feed.link.path] for feed in found] for port, found in feeds.items()},
        }
        if spec.context is not None:
            # What a node draws depends on the run's seed and on its place in the graph.
            components["seed"], components["name"] = self.seed, step.name
        return components

    def _sources(self, step: Step, parameters: Mapping[str, Any], problems: Problems) -> Sources:
        sources = Sources()
        # A call that is wrong already is refused without reading its files.
        if problems.found:
            return sources
        try:
            for name, path in _files_of(step.entry.spec, parameters):
                sources.add(name, self._read(path))
            if step.entry.spec.weights is not None:
                sources.add("weights", _weights(step.entry.spec.weights))
        except (OSError, MotionloomError) as error:
            problems.add(step.scope.source, step.position, f"a file of node {step.name!r} cannot be read: {error}")
        return sources

    def _read(self, path: Path) -> SourceFile:
        if path not in self.files:
            # The stamp first: a file that changes meanwhile then has another one later.
            now = stamp(path)
            self.files[path] = SourceFile(path, folder_digest(path) if path.is_dir() else file_digest(path), now)
        return self.files[path]


def output_position(step: Step) -> Position:
    """Where the graph says what a step writes."""
    argument = step.arguments.get(step.entry.spec.output_parameter or "")
    return argument.value.position if argument else step.position


def _weights(path: Path) -> SourceFile:
    now = stamp(path)
    return SourceFile(path, weights_digest(path, now), now)


def _files_of(spec: NodeSpec, parameters: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    for parameter in spec.parameters:
        if parameter.role in ("input", "folder"):
            paths = _paths_in(parameters.get(parameter.name, parameter.default))
            for index, path in enumerate(paths):
                yield f"{parameter.name} {index}" if index else parameter.name, path
    for index, path in enumerate(_files_beside(spec, parameters)):
        yield f"beside {index}", path


def _files_beside(spec: NodeSpec, parameters: Mapping[str, Any]) -> list[Path]:
    try:
        return list(spec.reads(**parameters)) if spec.reads is not None else []
    except (OSError, MotionloomError):
        raise
    # A plugin's function may raise anything; what it says belongs to the node, not in a traceback.
    except Exception as error:
        raise NodeError(f"{spec.name} cannot say what it reads: {type(error).__name__}: {error}") from error


def _paths_in(value: Any) -> Sequence[Path]:
    if isinstance(value, Path):
        return [value]
    return [one for one in value if isinstance(one, Path)] if isinstance(value, (list, tuple)) else []


def _plain_parameters(spec: NodeSpec, parameters: Mapping[str, Any], output: str | None) -> dict[str, Any]:
    plain = {}
    for parameter in spec.parameters:
        if parameter.role == "output":
            plain[parameter.name] = output
        elif parameter.role and _paths_in(parameters.get(parameter.name, parameter.default)):
            continue
        elif parameter.name in parameters:
            plain[parameter.name] = parameter.adapter.dump_python(parameters[parameter.name], mode="json")
        else:
            plain[parameter.name] = parameter.plain_default
    return plain

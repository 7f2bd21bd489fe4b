"""A folder to write graphs into, and what reading them gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from few_nodes import REGISTRY

from motionloom.core.graph import InvalidGraph, LinkedGraph, Problem, Problems, read_graph
from motionloom.core.graph.bind import Binder


@dataclass(frozen=True)
class GraphFolder:
    """Writes graphs and says what reading them gives."""

    path: Path

    def write(self, name: str, text: str | bytes) -> Path:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def read(self, text: str | bytes, given: Mapping[str, Any] | None = None, base: Path | None = None) -> LinkedGraph:
        linked, _ = read_graph(self.write("graph.yaml", text), REGISTRY, given, base)
        return linked

    def values(self, text: str, given: Mapping[str, Any] | None = None, base: Path | None = None) -> dict[str, Any]:
        """What `given` comes to."""
        return read_graph(self.write("graph.yaml", text), REGISTRY, given, base)[1]

    def parameters(self, text: str, step: str = "it", given: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The validated parameters of a step."""
        linked, values = read_graph(self.write("graph.yaml", text), REGISTRY, given)
        return Binder(linked, values, Problems(), "walk").parameters(linked.steps[step])

    def wrong(self, text: str | bytes, given: Mapping[str, Any] | None = None) -> list[Problem]:
        """Everything that is wrong with a graph."""
        with pytest.raises(InvalidGraph) as caught:
            self.read(text, given)
        return caught.value.problems

    def complaints(self, text: str | bytes, given: Mapping[str, Any] | None = None) -> list[str]:
        """Everything that is wrong with a graph, as `file:line:column: what; remedy` without the folder."""
        return [problem.sentence.replace(f"{self.path}/", "") for problem in self.wrong(text, given)]

    def complaint(self, text: str | bytes, given: Mapping[str, Any] | None = None) -> str:
        """The one thing that is wrong with a graph."""
        complaints = self.complaints(text, given)
        assert len(complaints) == 1, complaints
        return complaints[0]

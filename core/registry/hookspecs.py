"""The hooks that a plugin may implement."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pluggy

from motionloom.core.node.hooks import PROJECT

hookspec = pluggy.HookspecMarker(PROJECT)


@hookspec
def motionloom_nodes() -> Iterable[Callable[..., Any]]:  # type: ignore[empty-body]
    """Give the functions decorated with `@node` that this plugin adds."""


@hookspec
def motionloom_pipelines() -> Iterable[Path]:  # type: ignore[empty-body]
    """Give the YAML graphs that this plugin ships, runnable by their stem."""


@hookspec
def motionloom_event(event: Mapping[str, Any]) -> None:
    """Observe a run: called with every event of the JSON log, in order, in the parent process."""

"""Nodes."""

from collections.abc import Callable
from typing import Any

from motionloom.core.node import hookimpl


@hookimpl
def motionloom_nodes() -> list[Callable[..., Any]]:
    """The nodes of this plugin."""
    return []

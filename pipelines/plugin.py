"""Registers the graphs of this package as pipelines."""

from importlib.resources import files
from pathlib import Path

from motionloom.core.node import hookimpl


@hookimpl
def motionloom_pipelines() -> list[Path]:
    """Give the graphs that lie in this package."""
    folder = Path(str(files("motionloom.pipelines")))
    return sorted(folder.glob("*.yaml"))

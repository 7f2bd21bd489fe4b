"""`motionloom pipelines`."""

import json
from typing import TYPE_CHECKING, Any

import typer

from motionloom.core.cli import options

if TYPE_CHECKING:
    from motionloom.core.graph.model import Graph, Input


def pipelines(json_: options.Json = False) -> None:
    """List the graphs that the installed plugins ship, with their inputs; broken ones with the reason.

    Example: motionloom pipelines
    """
    from motionloom.core.registry import installed_registry

    found = {name: _open(name) for name in sorted(installed_registry().pipelines)}
    if json_:
        typer.echo(json.dumps({name: _as_json(one) for name, one in found.items()}, indent=2))
    else:
        for name, one in found.items():
            _show(name, one)


def _open(name: str) -> "Graph | str":
    """The graph of a pipeline, or what is wrong with it."""
    from motionloom.core.engine.api import check
    from motionloom.core.errors import MotionloomError

    try:
        return check(name).graph
    except MotionloomError as error:
        return str(getattr(error, "sentence", error))


def _as_json(graph: "Graph | str") -> dict[str, Any]:
    if isinstance(graph, str):
        return {"help": "", "inputs": [], "error": graph}
    return {"help": graph.help, "inputs": list(graph.inputs), "error": None}


def _show(name: str, graph: "Graph | str") -> None:
    if isinstance(graph, str):
        typer.echo(f"{name}: BROKEN: {graph}")
        return
    typer.echo(f"{name}: {graph.help}")
    for declared in graph.inputs.values():
        about = f": {declared.help}" if declared.help else ""
        typer.echo(f"    {declared.name} ({declared.type}, {_default(declared)}){about}")


def _default(declared: "Input") -> str:
    if declared.default is None:
        return "required"
    return "optional" if declared.optional else f"default {declared.default.plain!r}"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(pipelines)

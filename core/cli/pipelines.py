"""`motionloom pipelines`."""

import json

import typer

from motionloom.core.cli import options


def pipelines(json_: options.Json = False) -> None:
    """List the graphs that the installed plugins ship, with their inputs.

    Example: motionloom pipelines
    """
    from motionloom.core.engine.api import check
    from motionloom.core.registry import installed_registry

    graphs = {name: check(path).graph for name, path in sorted(installed_registry().pipelines.items())}
    if json_:
        described = {name: {"help": one.help, "inputs": list(one.inputs)} for name, one in graphs.items()}
        typer.echo(json.dumps(described, indent=2))
        return
    for name, one in graphs.items():
        typer.echo(f"{name}: {one.help}")
        for declared in one.inputs.values():
            default = "required" if declared.default is None else f"default {declared.default.plain!r}"
            typer.echo(f"    {declared.name} ({declared.type}, {default}): {declared.help}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(pipelines)

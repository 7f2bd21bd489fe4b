"""`motionloom plugins`."""

import json
from dataclasses import asdict

import typer

from motionloom.core.cli import options


def plugins(json_: options.Json = False) -> None:
    """List the installed plugins, the broken ones with the reason.

    Set MOTIONLOOM_PLUGINS to a comma-separated list of distributions to load only theirs.

    Example: motionloom plugins
    """
    from motionloom.core.registry import installed_registry

    registry = installed_registry()
    if json_:
        typer.echo(json.dumps([asdict(provider) for provider in registry.providers], indent=2))
        return
    for provider in registry.providers:
        state = f"BROKEN: {provider.error}" if provider.error else "ok"
        typer.echo(f"{provider.name:16} {provider.distribution} {provider.version:10} {state}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(plugins)

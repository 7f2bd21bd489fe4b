"""`motionloom schema`."""

import typer


def schema() -> None:
    """Print the JSON Schema of graphs with the installed nodes, for an editor's completion and checks.

    Example: motionloom schema > motionloom.schema.json
    """
    import json

    from motionloom.core.graph.schema import json_schema
    from motionloom.core.registry import installed_registry

    typer.echo(json.dumps(json_schema(installed_registry()), indent=2))


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(schema)

"""`motionloom check`."""

import typer

from motionloom.core.cli import options


def check(graph: options.Graph, set_: options.Set = None) -> None:
    """Report everything that is wrong with a graph, each thing at its line, without running it.

    Example: motionloom check walk.yaml
    """
    from motionloom.core.engine.api import check as check_graph

    linked = check_graph(graph, options.parse_sets(set_))
    typer.echo(f"{linked.graph.source.path}: {len(linked.steps)} nodes, nothing wrong")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(check)

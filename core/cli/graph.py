"""`motionloom graph`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from motionloom.core.cli import options

Format = Annotated[Literal["mermaid", "dot"], typer.Option("--format", help="The language of the picture.")]
Planned = Annotated[bool, typer.Option("--plan", help="Colour what would run (amber) and what is up to date (green).")]


def graph(
    graph: options.Graph,
    format_: Format = "mermaid",
    planned: Planned = False,
    set_: options.Set = None,
    out: options.Out = Path("out"),
    cache: options.Cache = None,
) -> None:
    """Print a picture of a graph, for Markdown (Mermaid) or Graphviz (DOT).

    Example: motionloom graph walk.yaml --format dot | dot -Tsvg > walk.svg
    """
    from motionloom.core.engine.api import check, plan
    from motionloom.core.graph.draw import dot, mermaid

    values = options.parse_sets(set_)
    statuses = None
    linked = check(graph, values)
    if planned:
        item = plan(graph, values, out=out, cache=cache).items[0]
        statuses = {name: decision.status for name, decision in item.decisions.items()}
    draw = mermaid if format_ == "mermaid" else dot
    typer.echo(draw(linked, statuses), nl=False)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(graph)

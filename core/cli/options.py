"""Options that several commands share, and what they say."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motionloom.core.errors import GraphError

if TYPE_CHECKING:
    from motionloom.core.engine.request import Request

Graph = Annotated[str, typer.Argument(help="A YAML graph, or the name of a pipeline (see `motionloom pipelines`).")]
Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="K=V", help="Give an input a value: --set clip=walk.bvh")
]
Each = Annotated[
    list[str] | None,
    typer.Option("--each", metavar="K=GLOB|FILE.csv", help="Run once an item: --each 'clip=mocap/**/*.bvh'"),
]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="The output root; nothing is written outside it.")]
Device = Annotated[str, typer.Option("--device", metavar="auto|cpu|cuda[:N]", help="Where nodes run.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", metavar="N", help="Worker processes for the items of a batch.")]
Cache = Annotated[
    str | None,
    typer.Option("--cache", metavar="DIR|off", help="Where results are kept; your own cache folder by default."),
]
Until = Annotated[
    list[str] | None, typer.Option("--until", metavar="NODE", help="Run this node and what it needs only.")
]
Force = Annotated[
    list[str] | None, typer.Option("--force", metavar="NODE", help="Run this node and what follows it in any case.")
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Of everything random.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def parse_sets(pairs: Sequence[str] | None) -> dict[str, str]:
    """`K=V` pairs as a dictionary.

    Raises:
        GraphError: a pair has no `=`, or a key comes twice.
    """
    values: dict[str, str] = {}
    for pair in pairs or ():
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise GraphError(f"--set {pair} is not of the form K=V", remedy="write --set clip=walk.bvh")
        if name in values:
            raise GraphError(f"--set gives {name!r} twice", remedy="give it once, or a batch with --each")
        values[name] = value
    return values


def request(
    graph: str,
    sets: Sequence[str] | None,
    each: Sequence[str] | None,
    out: Path,
    device: str,
    cache: str | None,
    until: Sequence[str] | None,
    force: Sequence[str] | None,
    seed: int,
) -> "Request":
    """The request that these options make."""
    from motionloom.core.engine.request import Request

    return Request(
        graph,
        parse_sets(sets),
        each=tuple(each or ()),
        out=out,
        device=device,
        cache=cache,
        until=tuple(until or ()),
        force=tuple(force or ()),
        seed=seed,
    )

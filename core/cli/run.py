"""`motionloom run`."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from motionloom.core.cli import options

Log = Annotated[
    str | None,
    typer.Option("--log", metavar="json|rich|quiet", help="Progress bars on a terminal, JSON lines otherwise."),
]
Report = Annotated[Path | None, typer.Option("--report", metavar="FILE", help="The manifest; OUT/run.json by default.")]
KeepGoing = Annotated[bool, typer.Option("--keep-going", help="Go on with the other branches of an item that failed.")]


def run(
    graph: options.Graph,
    set_: options.Set = None,
    each: options.Each = None,
    out: options.Out = Path("out"),
    device: options.Device = "auto",
    jobs: options.Jobs = 1,
    cache: options.Cache = None,
    until: options.Until = None,
    force: options.Force = None,
    keep_going: KeepGoing = False,
    report: Report = None,
    log: Log = None,
    seed: options.Seed = 0,
) -> None:
    """Run a graph, once or for every item of a batch; run again to go on after a failure.

    Exits with 0 done, 1 a node failed, 2 the graph or the call is wrong, 3 some items failed,
    130 interrupted.

    Example: motionloom run bvh_to_glb --each 'clip=mocap/*.bvh' --out build --jobs 4
    """
    from motionloom.core.cli.log import choose_log
    from motionloom.core.engine.request import prepare
    from motionloom.core.engine.run import execute
    from motionloom.core.registry import installed_registry

    listener = choose_log(log)
    asked = options.request(graph, set_, each, out, device, cache, until, force, seed)
    asked = replace(asked, jobs=jobs, keep_going=keep_going, report=report)
    prepared = prepare(asked, installed_registry())
    with listener:
        result = execute(prepared, listener)
    if not result.exit_code and listener.wants_summary:
        sys.stderr.write(
            f"{result.sentence}: {len(result.outputs)} files in {result.output_root}, report in {result.report}\n"
        )
    if result.exit_code:
        sys.stderr.write(f"motionloom: {result.sentence}\n")
    raise typer.Exit(result.exit_code)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)

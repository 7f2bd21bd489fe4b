"""`motionloom plan`."""

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from motionloom.core.cli import options

if TYPE_CHECKING:
    from motionloom.core.engine.plan import ItemPlan, Plan

SHOWN_ITEMS = 20


def plan(
    graph: options.Graph,
    set_: options.Set = None,
    each: options.Each = None,
    out: options.Out = Path("out"),
    device: options.Device = "auto",
    cache: options.Cache = None,
    until: options.Until = None,
    force: options.Force = None,
    seed: options.Seed = 0,
    json_: options.Json = False,
) -> None:
    """Show what `run` with the same options would do, and why; nothing is run or written.

    Example: motionloom plan bvh_to_glb --set clip=walk.bvh
    """
    from motionloom.core.engine.request import prepare
    from motionloom.core.registry import installed_registry

    asked = options.request(graph, set_, each, out, device, cache, until, force, seed)
    made = prepare(asked, installed_registry()).plan
    if json_:
        typer.echo(json.dumps([_as_json(item) for item in made.items], indent=2))
    else:
        _show(made)


def _as_json(item: "ItemPlan") -> dict[str, Any]:
    steps = [
        {
            "node": step.name,
            "calls": step.step.entry.spec.name,
            "status": item.decisions[step.name].status,
            "reason": item.decisions[step.name].reason,
            "key": step.key,
            "output": step.output,
        }
        for step in item.steps
    ]
    return {"item": item.item.name, "steps": steps}


def _show(made: "Plan") -> None:
    shown = [item for item in made.items if item.runs][:SHOWN_ITEMS] or list(made.items[:1])
    for item in shown:
        typer.echo(f"{item.item.name}")
        for step in item.steps:
            decision = item.decisions[step.name]
            typer.echo(f"  {decision.status:8} {step.name:16} {step.step.entry.spec.name:20} {decision.reason}")
    if len(made.items) > len(shown):
        typer.echo(f"... and {len(made.items) - len(shown)} items more")
    typer.echo(_total(made))


def _total(made: "Plan") -> str:
    runs = Counter(item.runs for item in made.items)
    steps = f"{made.count('run')} steps to run, {made.count('cached')} up to date"
    return f"{len(made.items)} items, {runs[False]} of them up to date: {steps}"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(plan)

"""A prepared request, run to its end."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime

from motionloom.core.engine.evaluate import ItemRun
from motionloom.core.engine.events import Emit, Event
from motionloom.core.engine.manifest import RunResult, describe, outcome, remove_manifest, write_manifest
from motionloom.core.engine.report import ItemReport, written_out
from motionloom.core.engine.request import Prepared
from motionloom.core.engine.session import Session
from motionloom.core.engine.signals import Interrupts
from motionloom.core.engine.workers import run_in_workers


def execute(prepared: Prepared, emit: Emit) -> RunResult:
    """Run a plan, write the manifest, say how it ended.

    An interrupt (SIGINT, SIGTERM) ends the run where it is: what is finished stays, the manifest
    says so, and running again goes on from there.

    Args:
        prepared: from `prepare`.
        emit: receives events.

    Raises:
        GraphError: the output root, the cache or the manifest cannot be written; nothing has run.
    """
    with Interrupts() as interrupts:
        try:
            return _execute(prepared, _with_observers(prepared, emit), interrupts)
        finally:
            prepared.outputs.clear()


def _execute(prepared: Prepared, say: Emit, interrupts: Interrupts) -> RunResult:
    started, clock = datetime.now(UTC), time.perf_counter()
    prepared.outputs.prepare()
    if prepared.cache is not None:
        prepared.cache.prepare()
    remove_manifest(prepared.report)
    description = {"started": started.isoformat(), **describe(prepared)}
    say(_started(prepared))
    reports, interrupted = _run_items(prepared, say, interrupts)
    result = _result(prepared, reports, interrupted, time.perf_counter() - clock)
    write_manifest(prepared, result, description)
    say({"event": "run.finished", "status": result.status, "exit_code": result.exit_code, "seconds": result.seconds})
    return result


def _started(prepared: Prepared) -> Event:
    return {
        "event": "run.started",
        "graph": str(prepared.linked.graph.source.path),
        "items": len(prepared.plan.items),
        "to_run": prepared.plan.count("run"),
        "cached": prepared.plan.count("cached"),
        "device": str(prepared.device),
    }


def _run_items(prepared: Prepared, say: Emit, interrupts: Interrupts) -> tuple[list[ItemReport], bool]:
    """The reports of the items that came to an end, and whether an interrupt kept others from it."""
    reports: list[ItemReport] = []
    try:
        for report in _reports(prepared, say):
            reports.append(report)
            interrupts.raise_if_heard()
    except KeyboardInterrupt:
        return reports, True
    finally:
        interrupts.winding_up = True
    return reports, False


def _with_observers(prepared: Prepared, emit: Emit) -> Emit:
    registry = prepared.registry
    if not registry.observed:
        return emit

    def tell(event: Event) -> None:
        emit(event)
        registry.notify(event)

    return tell


def _reports(prepared: Prepared, emit: Emit) -> Iterable[ItemReport]:
    if prepared.request.jobs > 1 and len(prepared.plan.items) > 1:
        return run_in_workers(prepared, emit)
    return _run_here(prepared, emit)


def _run_here(prepared: Prepared, emit: Emit) -> Iterable[ItemReport]:
    request = prepared.request
    session = Session(
        prepared.linked,
        prepared.cache,
        prepared.outputs,
        prepared.device,
        request.seed,
        request.keep_going,
        emit,
    )
    for item in prepared.plan.items:
        yield ItemRun(session, item).run()


def _result(prepared: Prepared, reports: list[ItemReport], interrupted: bool, seconds: float) -> RunResult:
    found = {report.name: report for report in reports}
    items = tuple(
        found.get(plan.item.name) or ItemReport(plan.item.name, written_out(plan.item.values), status="interrupted")
        for plan in prepared.plan.items
    )
    status, exit_code = outcome(items, interrupted)
    return RunResult(status, exit_code, seconds, items, prepared.outputs.folder, prepared.report)

"""A prepared request, run to its end."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime

from motionloom.core.engine.evaluate import ItemReport, ItemRun, Session
from motionloom.core.engine.events import Emit, Event
from motionloom.core.engine.manifest import RunResult, outcome, write_manifest
from motionloom.core.engine.request import Prepared
from motionloom.core.engine.signals import interruptible
from motionloom.core.engine.workers import run_in_workers


def execute(prepared: Prepared, emit: Emit) -> RunResult:
    """Run a plan, write the manifest, say how it ended.

    An interrupt (SIGINT, SIGTERM) ends the run where it is: what is finished stays, the manifest
    says so, and running again goes on from there.

    Args:
        prepared: from `prepare`.
        emit: receives events.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    plan = prepared.plan
    say = _with_observers(prepared, emit)
    say(
        {
            "event": "run.started",
            "graph": str(plan.linked.graph.source.path),
            "items": len(plan.items),
            "to_run": plan.count("run"),
            "cached": plan.count("cached"),
            "device": str(prepared.device),
        }
    )
    reports: list[ItemReport] = []
    interrupted = False
    try:
        with interruptible():
            prepared.outputs.prepare()
            for report in _reports(prepared, say):
                reports.append(report)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        prepared.outputs.clear()
    result = _result(prepared, reports, interrupted, time.perf_counter() - clock)
    details = {
        "started": started.isoformat(),
        "inputs": {name: str(value) for name, value in prepared.request.values.items()},
        "each": list(prepared.request.each),
        "device": str(prepared.device),
        "seed": prepared.request.seed,
    }
    write_manifest(result.report, result, plan.linked, details)
    say({"event": "run.finished", "status": result.status, "exit_code": result.exit_code, "seconds": result.seconds})
    return result


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
    session = session_of(prepared, emit)
    for item in prepared.plan.items:
        yield ItemRun(session, item).run()


def session_of(prepared: Prepared, emit: Emit) -> Session:
    """What the items of this process share."""
    request = prepared.request
    return Session(
        prepared.linked,
        prepared.cache,
        prepared.outputs,
        prepared.device,
        request.seed,
        request.keep_going,
        emit,
    )


def _result(prepared: Prepared, reports: list[ItemReport], interrupted: bool, seconds: float) -> RunResult:
    seen = {report.name for report in reports}
    order = {plan.item.name: place for place, plan in enumerate(prepared.plan.items)}
    missing = [ItemReport(name, {}, status="interrupted") for name in order if name not in seen]
    items = sorted([*reports, *missing], key=lambda report: order[report.name])
    status, exit_code = outcome(items, interrupted)
    return RunResult(status, exit_code, seconds, tuple(items), prepared.outputs.folder, prepared.report)

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
    started, clock = datetime.now(UTC), time.perf_counter()
    say = _with_observers(prepared, emit)
    reports: list[ItemReport] = []
    with Interrupts() as interrupts:
        try:
            description = _open(prepared)
            say(_started(prepared))
            for report in _reports(prepared, say, interrupts):
                reports.append(report)
            interrupted = False
        except KeyboardInterrupt:
            interrupted = True
        finally:
            interrupts.winding_up = True
            prepared.outputs.clear()
        ...


def _with_observers(prepared: Prepared, emit: Emit) -> Emit:
    registry = prepared.registry
    if not registry.observed:
        return emit

    def tell(event: Event) -> None:
        emit(event)
        registry.notify(event)

    return tell

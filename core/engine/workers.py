"""Items of a batch in worker processes, over the same frozen plan."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from motionloom.core.engine.cache import Cache
from motionloom.core.engine.crew import Crew
from motionloom.core.engine.evaluate import ONCE, ItemRun
from motionloom.core.engine.events import Emit
from motionloom.core.engine.plan import Decision, ItemPlan
from motionloom.core.engine.report import ItemReport, NodeReport
from motionloom.core.engine.request import Prepared
from motionloom.core.engine.session import Session


def run_in_workers(prepared: Prepared, emit: Emit) -> Iterator[ItemReport]:
    """Run the items in `jobs` processes; reports come as items finish, in any order.

    What the items share runs here first, once, and reaches the workers through the cache; without
    one, through a temporary cache. The first item reports it, as it does in a run without workers.

    Args:
        prepared: from `prepare`.
        emit: receives the workers' events.
    """
    cache = prepared.cache or Cache(prepared.outputs.scratch / "cache")
    shared = _share(prepared, cache, emit)
    plans = [_with_decisions(plan, shared) for plan in prepared.plan.items]
    session = _session(prepared, cache, emit)
    for plan in plans:
        # No process is worth starting for what is up to date.
        if not plan.runs:
            yield _with_reports(ItemRun(session, plan).run(), shared)
    crew = Crew(prepared, cache, [plan for plan in plans if plan.runs])
    try:
        for message in crew.messages():
            if isinstance(message, ItemReport):
                yield _with_reports(message, shared)
            else:
                emit(message)
    finally:
        crew.dismiss()


@dataclass(frozen=True)
class SharedReport:
    """What became of a step that items share, and the first item that needs it."""

    item: str
    report: NodeReport


def _session(prepared: Prepared, cache: Cache, emit: Emit) -> Session:
    return Session(
        prepared.linked,
        cache,
        prepared.outputs,
        prepared.device,
        prepared.request.seed,
        True,
        emit,
        remembers=prepared.cache is not None,
    )


def _share(prepared: Prepared, cache: Cache, emit: Emit) -> dict[str, SharedReport]:
    """Run what the items share; the reports of these steps by name."""
    session = _session(prepared, cache, emit)
    shared: dict[str, SharedReport] = {}
    tried: set[str] = set()
    for plan in prepared.plan.items:
        due = {one.name for one in plan.steps if one.shared and plan.decisions[one.name].status == "run"} - tried
        if due:
            tried |= due
            reports = ItemRun(session, plan).prepare_shared(cache)
            shared |= {name: SharedReport(plan.item.name, reports[name]) for name in due & reports.keys()}
    return shared


def _with_decisions(plan: ItemPlan, shared: Mapping[str, SharedReport]) -> ItemPlan:
    once = Decision("cached", ONCE)
    changed = {
        name: once if name in shared and decision.status == "run" else decision
        for name, decision in plan.decisions.items()
    }
    return replace(plan, decisions=changed)


def _with_reports(report: ItemReport, shared: Mapping[str, SharedReport]) -> ItemReport:
    """The report of an item as it would be without workers: the first item has run what all share."""
    nodes = [
        shared[node.step].report if node.step in shared and shared[node.step].item == report.name else node
        for node in report.nodes
    ]
    return replace(report, nodes=nodes)

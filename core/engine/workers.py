"""Items of a batch in worker processes, over the same frozen plan."""

import json
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from motionloom.core.engine.cache import Cache
from motionloom.core.engine.devices import device_slots
from motionloom.core.engine.evaluate import ItemReport, ItemRun, NodeReport, Session
from motionloom.core.engine.events import Emit, Event, ignore
from motionloom.core.engine.outputs import OutputRecord
from motionloom.core.engine.plan import Decision, ItemPlan
from motionloom.core.engine.request import Prepared


def run_in_workers(prepared: Prepared, emit: Emit) -> Iterator[ItemReport]:
    """Run the items in `jobs` processes; reports come as items finish, in any order.

    What the items share runs here first, once, and reaches the workers through the cache; without
    one, through a temporary cache.

    Args:
        prepared: from `prepare`.
        emit: receives the workers' events.
    """
    cache = prepared.cache or Cache(prepared.outputs.scratch / "cache")
    plans = _share(prepared, cache, emit)
    crew = Crew(prepared, cache, plans)
    try:
        for message in crew.messages():
            if isinstance(message, ItemReport):
                yield message
            else:
                emit(message)
    finally:
        crew.dismiss()


def _share(prepared: Prepared, cache: Cache, emit: Emit) -> list[ItemPlan]:
    session = Session(
        prepared.linked,
        cache,
        prepared.outputs,
        prepared.device,
        prepared.request.seed,
        True,
        emit,
        remembers=prepared.cache is not None,
    )
    decided: dict[str, Decision] = {}
    tried: set[str] = set()
    for plan in prepared.plan.items:
        open_steps = {
            step.name for step in plan.steps if step.shared and plan.decisions[step.name].status == "run"
        } - tried
        if open_steps:
            tried |= open_steps
            decided |= ItemRun(replace(session, emit=ignore), plan).prepare_shared(cache)
    return [_with_decisions(plan, decided) for plan in prepared.plan.items]


def _with_decisions(plan: ItemPlan, decided: dict[str, Decision]) -> ItemPlan:
    changed = {
        name: decided[name] if decision.status == "run" and name in decided else decision
        for name, decision in plan.decisions.items()
    }
    return replace(plan, decisions=changed)


@dataclass
class Worker:
    """A worker process and what it is at."""

    process: "subprocess.Popen[str]"
    node: str = ""

    def send(self, message: Any) -> None:
        """Write one line to the worker."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message, default=_plain) + "\n")
        self.process.stdin.flush()

    def end(self) -> str:
        """How the process ended, in words."""
        code = self.process.wait()
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


class Crew:
    """The workers of a run, one thread here to each of them.

    Args:
        prepared: the request.
        cache: where the workers find shared results.
        plans: of the items, frozen.
    """

    def __init__(self, prepared: Prepared, cache: Cache, plans: list[ItemPlan]) -> None:
        self.prepared = prepared
        self.cache = cache
        self.todo: queue.SimpleQueue[ItemPlan] = queue.SimpleQueue()
        self.inbox: queue.SimpleQueue[ItemReport | Event | None] = queue.SimpleQueue()
        self.workers: list[Worker] = []
        self.stopping = False
        for plan in plans:
            self.todo.put(plan)
        devices = device_slots(prepared.device, min(prepared.request.jobs, len(plans)))
        self.threads = [threading.Thread(target=self._serve, args=(device,), daemon=True) for device in devices]

    def messages(self) -> Iterator[ItemReport | Event]:
        """Start the workers; their reports and events until all items are through."""
        for thread in self.threads:
            thread.start()
        open_threads = len(self.threads)
        while open_threads:
            # A bare get() would not let Python notice a signal.
            try:
                message = self.inbox.get(timeout=0.2)
            except queue.Empty:
                continue
            if message is None:
                open_threads -= 1
            else:
                yield message

    def dismiss(self) -> None:
        """End all workers now."""
        self.stopping = True
        for worker in self.workers:
            worker.process.terminate()
        for worker in self.workers:
            worker.process.wait()

    def _serve(self, device: str) -> None:
        worker: Worker | None = None
        try:
            while not self.stopping:
                plan = self.todo.get_nowait()
                worker = worker or self._hire(device)
                report = self._run(worker, plan)
                if report is None:
                    report, worker = self._lost(worker, plan), None
                self.inbox.put(report)
        except queue.Empty:
            pass
        finally:
            if worker is not None and worker.process.stdin is not None:
                worker.process.stdin.close()
                worker.process.wait()
            self.inbox.put(None)

    def _hire(self, device: str) -> Worker:
        command = [sys.executable, "-m", "motionloom.core.engine.worker"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
        worker = Worker(process)
        self.workers.append(worker)
        worker.send(self._briefing(device))
        return worker

    def _briefing(self, device: str) -> dict[str, Any]:
        request = self.prepared.request
        varying = {name for plan in self.prepared.plan.items for name in plan.item.values}
        return {
            "graph": self.prepared.linked.graph.source.path.absolute(),
            "values": request.values,
            "base": request.base.absolute(),
            "varying": sorted(varying),
            "out": self.prepared.outputs.folder,
            "scratch": self.prepared.outputs.scratch,
            "cache": self.cache.folder.absolute(),
            "remembers": self.prepared.cache is not None,
            "device": device,
            "jobs": request.jobs,
            "seed": request.seed,
            "keep_going": request.keep_going,
        }

    def _run(self, worker: Worker, plan: ItemPlan) -> ItemReport | None:
        decisions = {name: [one.status, one.reason] for name, one in plan.decisions.items()}
        item = {"name": plan.item.name, "values": plan.item.values, "digest": plan.digest, "decisions": decisions}
        try:
            worker.send(item)
            assert worker.process.stdout is not None
            for line in worker.process.stdout:
                message = json.loads(line)
                if "report" in message:
                    return _report(message["report"])
                worker.node = message.get("node", worker.node)
                self.inbox.put(message)
        except (BrokenPipeError, ValueError):
            pass
        return None

    def _lost(self, worker: Worker, plan: ItemPlan) -> ItemReport:
        at = f" in node {worker.node}" if worker.node else ""
        error = f"the worker process ended with {worker.end()}{at}"
        return ItemReport(plan.item.name, {}, status="interrupted" if self.stopping else "failed", error=error)


def _plain(value: Any) -> str:
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"{value!r} cannot be sent to a worker")


def _report(plain: dict[str, Any]) -> ItemReport:
    nodes = [NodeReport(**node) for node in plain.pop("nodes")]
    outputs = [OutputRecord(**output) for output in plain.pop("outputs")]
    return ItemReport(**plain, nodes=nodes, outputs=outputs)

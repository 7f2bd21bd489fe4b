"""Worker processes: hired, fed with items, listened to, and buried where they die."""

import json
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from motionloom.core.engine.cache import Cache
from motionloom.core.engine.devices import device_slots
from motionloom.core.engine.events import Event
from motionloom.core.engine.outputs import OutputRecord
from motionloom.core.engine.plan import ItemPlan
from motionloom.core.engine.report import ItemReport, NodeReport, written_out
from motionloom.core.engine.request import Prepared


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

    def dismiss(self) -> int:
        """Let the process end, and give its exit code."""
        # It may be gone, with something still in the pipe to it.
        with suppress(BrokenPipeError), self.process:
            assert self.process.stdin is not None
            self.process.stdin.close()
        return self.process.wait()

    def end(self) -> str:
        """How the process ended, in words."""
        code = self.dismiss()
        if code >= 0:
            return f"exit code {code}"
        try:
            return f"signal {signal.Signals(-code).name}"
        except ValueError:
            return f"signal {-code}"


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
        self.inbox: queue.SimpleQueue[ItemReport | Event | Exception | None] = queue.SimpleQueue()
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
            elif isinstance(message, Exception):
                raise message
            else:
                yield message

    def dismiss(self) -> None:
        """End all workers now; whatever they are at is safe to cut short."""
        self.stopping = True
        while alive := [thread for thread in self.threads if thread.is_alive()]:
            # Again and again: a thread may have been about to hire.
            for worker in self.workers:
                worker.process.kill()
            alive[0].join(0.05)

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
        # A thread that died in silence would leave items out of a run that then counts as done.
        except Exception as error:
            self.inbox.put(error)
        finally:
            if worker is not None:
                worker.dismiss()
            self.inbox.put(None)

    def _hire(self, device: str) -> Worker:
        # -P: no module of the working directory may stand in for one of ours.
        command = [sys.executable, "-P", "-m", "motionloom.core.engine.worker"]
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
        worker.node = ""
        try:
            worker.send(item)
            assert worker.process.stdout is not None
            for line in worker.process.stdout:
                message = json.loads(line)
                if "report" in message:
                    return _report(message["report"])
                if "refused" in message:
                    return self._failed(plan, message["refused"])
                worker.node = message.get("node", worker.node)
                self.inbox.put(message)
        except (BrokenPipeError, json.JSONDecodeError):
            pass
        return None

    def _lost(self, worker: Worker, plan: ItemPlan) -> ItemReport:
        end = f"the worker process ended with {worker.end()}"
        step = self.prepared.linked.steps.get(worker.node)
        return self._failed(plan, f"node {step.name} ({step.place}): {end}" if step else end)

    def _failed(self, plan: ItemPlan, error: str) -> ItemReport:
        name, status = plan.item.name, "interrupted" if self.stopping else "failed"
        self.inbox.put({"event": "item.finished", "item": name, "status": status, "seconds": 0.0, "outputs": []})
        return ItemReport(name, written_out(plan.item.values), status=status, error=error)


def _plain(value: Any) -> str:
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"{value!r} cannot be sent to a worker")


def _report(plain: dict[str, Any]) -> ItemReport:
    nodes = [NodeReport(**node) for node in plain.pop("nodes")]
    outputs = [OutputRecord(**output) for output in plain.pop("outputs")]
    return ItemReport(**plain, nodes=nodes, outputs=outputs)

"""One item, run: demand-driven, so that a damaged cache entry costs a computation and nothing else."""

import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import torch

from motionloom.core.data import Artifact, to_device
from motionloom.core.data.storage import type_name
from motionloom.core.engine.bound import BoundStep, Feed
from motionloom.core.engine.cache import Cache, Damaged
from motionloom.core.engine.digest import value_digest
from motionloom.core.engine.events import Emit
from motionloom.core.engine.outputs import ArtifactRecord, OutputRecord, OutputRoot
from motionloom.core.engine.plan import Decision, ItemPlan, place_of
from motionloom.core.errors import MotionloomError, NodeError
from motionloom.core.graph.linked import Link, LinkedGraph
from motionloom.core.graph.types import is_a
from motionloom.core.node import Context

ONCE = "ran once for all items"

PROGRESS_INTERVAL = 0.1
"""Seconds between two progress events of a node."""


class StepFailed(NodeError):
    """Raised when a node fails: carries the step and, for an unexpected error, its traceback."""

    def __init__(self, error: BaseException, step: BoundStep) -> None:
        self.step = step.name
        self.trace = None if isinstance(error, MotionloomError) else traceback.format_exc()
        expected = isinstance(error, MotionloomError)
        what = str(error) if expected else f"{type(error).__name__}: {error}"
        where = f"node {step.name} ({step.step.place})"
        super().__init__(what, where=where, remedy=None if expected else "the report holds the traceback")


@dataclass
class NodeReport:
    """What became of one step of one item."""

    step: str
    node: str
    version: int
    key: str
    status: str
    reason: str
    seconds: float = 0.0
    warnings: list[str] = field(default_factory=list)


@dataclass
class ItemReport:
    """What became of one item."""

    name: str
    inputs: dict[str, Any]
    status: str = "done"
    seconds: float = 0.0
    nodes: list[NodeReport] = field(default_factory=list)
    outputs: list[OutputRecord] = field(default_factory=list)
    error: str | None = None
    traceback: str | None = None


@dataclass
class Session:
    """What all items of a process share.

    Args:
        linked: the graph.
        cache: None where it is off.
        outputs: the output root.
        device: of the process.
        seed: of the run.
        keep_going: whether the other branches of a failed item go on.
        emit: receives events.
        remembers: whether results go to the cache.
        shared: results that do not depend on the item, by key.
    """

    linked: LinkedGraph
    cache: Cache | None
    outputs: OutputRoot
    device: torch.device
    seed: int
    keep_going: bool
    emit: Emit
    remembers: bool = True
    shared: dict[str, Any] = field(default_factory=dict)
    records: dict[str, ArtifactRecord] = field(default_factory=dict)


class ItemRun:
    """Runs the steps of one item that its plan says run.

    Args:
        session: shared by the items of this process.
        plan: of the item, frozen.
    """

    def __init__(self, session: Session, plan: ItemPlan) -> None:
        self.session = session
        self.plan = plan
        self.steps = {step.key: step for step in plan.steps}
        self.values: dict[str, Any] = {}
        self.broken: set[str] = set()
        self.readers = Counter(
            key for step in plan.steps if plan.decisions[step.name].status == "run" for key in step.upstream
        )
        self.reports = {step.key: self._report(step) for step in plan.steps}
        values = {name: str(value) for name, value in plan.item.values.items()}
        self.report = ItemReport(plan.item.name, values, nodes=list(self.reports.values()))

    def _report(self, step: BoundStep) -> NodeReport:
        spec, decision = step.step.entry.spec, self.plan.decisions[step.name]
        return NodeReport(step.name, spec.name, spec.version, step.key, decision.status, decision.reason)

    def run(self) -> ItemReport:
        """Run what the plan says; a failure is reported, not raised."""
        started = time.perf_counter()
        self._say("item.started")
        for step in self.plan.steps:
            if self.plan.decisions[step.name].status == "run" and not self._run_step(step):
                break
        self._list_outputs()
        self.report.seconds = time.perf_counter() - started
        paths = [record.path for record in self.report.outputs]
        self._say("item.finished", status=self.report.status, seconds=self.report.seconds, outputs=paths)
        return self.report

    def _run_step(self, step: BoundStep) -> bool:
        """Run one step; False where the item ends here."""
        if self.broken.intersection(step.upstream):
            self._block(step)
            return True
        try:
            self._require(step)
        except StepFailed as error:
            self._fail(step, error)
            return self.session.keep_going
        self._release(step)
        return True

    def _block(self, step: BoundStep) -> None:
        self.broken.add(step.key)
        self._mark(step, "blocked", "what it needs failed")

    def _fail(self, step: BoundStep, error: StepFailed) -> None:
        self.broken.add(step.key)
        self.reports[step.key].status = "failed"
        if self.report.error is None:
            self.report.status, self.report.error, self.report.traceback = "failed", str(error), error.trace
        self._say("node.failed", node=step.name, error=str(error))

    def prepare_shared(self, cache: Cache) -> dict[str, Decision]:
        """Run the steps that every item shares, and store them for other processes.

        Args:
            cache: where those processes look.

        Returns:
            What the plans of the items say about these steps from now on. A step that fails is not
            among them: each item reports it as its own failure.
        """
        done = {}
        for step in self.plan.steps:
            storable = step.shared and step.output is None and step.step.entry.spec.cache
            if not storable or self.plan.decisions[step.name].status != "run" or not self._run_step(step):
                continue
            if step.key in self.session.shared:
                cache.store(step.key, self.session.shared[step.key])
                done[step.name] = Decision("cached", ONCE)
        return done

    def _require(self, wanted: BoundStep) -> None:
        """Make the value of a step available: from memory, from the cache, or by running what it takes."""
        stack = [wanted]
        while stack:
            step = stack[-1]
            if step.key in self.values or self._recall(step):
                stack.pop()
                continue
            missing = [
                self.steps[key] for key in step.upstream if key not in self.values and not self._recall(self.steps[key])
            ]
            if missing:
                stack.extend(missing)
                continue
            self._compute(stack.pop())

    def _recall(self, step: BoundStep) -> bool:
        """Take a value that is there already."""
        if step.key in self.session.shared:
            self.values[step.key] = self.session.shared[step.key]
            self._mark(step, "shared", ONCE)
            return True
        if self.session.cache is None or self.reports[step.key].status != "cached":
            return False
        return self._load(step, self.session.cache)

    def _load(self, step: BoundStep, cache: Cache) -> bool:
        try:
            if step.output is not None:
                record = cache.load(step.key, ArtifactRecord)
                self._keep(step, self.session.outputs.artifact(record))
                self.session.records[step.key] = record
            else:
                value = cache.load(step.key, step.step.entry.spec.returns)
                self._keep(step, to_device(value, self.session.device))
        except Damaged as damage:
            self._mark(step, "run", f"its cache entry is damaged: {damage}")
            return False
        return True

    def _mark(self, step: BoundStep, status: str, reason: str) -> None:
        self.reports[step.key].status = status
        self.reports[step.key].reason = reason

    def _keep(self, step: BoundStep, value: Any) -> None:
        self.values[step.key] = value
        if step.shared:
            self.session.shared[step.key] = value

    def _compute(self, step: BoundStep) -> None:
        report = self.reports[step.key]
        self._say("node.started", node=step.name)
        started = time.perf_counter()
        try:
            value = self._call(step)
            self._keep(step, value)
            self._remember(step, value)
        # Anything a node raises ends this item only; KeyboardInterrupt ends the run.
        except (Exception, SystemExit) as error:
            report.seconds = time.perf_counter() - started
            raise StepFailed(error, step) from error
        report.seconds, report.status = time.perf_counter() - started, "done"
        self._say("node.finished", node=step.name, status="done", seconds=report.seconds)

    def _call(self, step: BoundStep) -> Any:
        spec = step.step.entry.spec
        arguments = {port.name: self._port_value(step, port.name, port.many) for port in spec.ports}
        arguments.update(step.parameters)
        if spec.context is not None:
            arguments[spec.context] = self._context(step)
        if step.output is None:
            return self._checked(step, spec.function(**arguments))
        staged = self.session.outputs.stage(step.output)
        arguments[str(spec.output_parameter)] = staged
        result: Artifact = self._checked(step, spec.function(**arguments))
        artifact, record = self.session.outputs.publish(result, staged, step.output)
        self.session.records[step.key] = record
        return artifact

    def _checked(self, step: BoundStep, result: Any) -> Any:
        spec = step.step.entry.spec
        if is_a(result, spec.returns):
            return result
        declared, given = type_name(spec.returns), type(result).__name__
        raise NodeError(
            f"{spec.name} declares that it returns {declared} but returned {given}", remedy="mend the plugin"
        )

    def _port_value(self, step: BoundStep, port: str, many: bool) -> Any:
        feeds = step.feeds.get(port, ())
        values = [self._pick(feed, port) for feed in feeds]
        if many:
            return tuple(values)
        return values[0] if values else None

    def _pick(self, feed: Feed, port: str) -> Any:
        value = pick(self.values[feed.key], feed.link)
        if value is None and feed.link.path:
            raise NodeError(f"{feed.link} is empty, and {port!r} needs it", remedy="connect something else")
        return value

    def _context(self, step: BoundStep) -> Context:
        return Context(
            device=self.session.device,
            seed=int(value_digest([self.session.seed, step.name])[:15], 16),
            report_progress=self._progress_of(step),
            report_warning=lambda message: self._warn(step, message),
            weights_file=step.step.entry.spec.weights,
        )

    def _progress_of(self, step: BoundStep) -> Any:
        last = 0.0

        def report(fraction: float, text: str) -> None:
            nonlocal last
            now = time.perf_counter()
            if now - last >= PROGRESS_INTERVAL or fraction >= 1.0:
                last = now
                self._say("node.progress", node=step.name, fraction=fraction, text=text)

        return report

    def _warn(self, step: BoundStep, message: str) -> None:
        self.reports[step.key].warnings.append(message)
        self._say("node.warning", node=step.name, message=message)

    def _remember(self, step: BoundStep, value: Any) -> None:
        cache = self.session.cache
        if cache is None or not self.session.remembers or not step.step.entry.spec.cache:
            return
        cache.store(step.key, self.session.records[step.key] if step.output is not None else value)
        place = place_of(self.session.linked, self.session.outputs, self.plan.item, step.name)
        cache.remember(place, step.components)

    def _release(self, step: BoundStep) -> None:
        """Forget values that nothing else in this item reads: a long take is large."""
        for key in step.upstream:
            self.readers[key] -= 1
            if self.readers[key] <= 0:
                self.values.pop(key, None)
        if self.readers[step.key] <= 0:
            self.values.pop(step.key, None)

    def _list_outputs(self) -> None:
        for step in self.plan.steps:
            if step.output is None or self.reports[step.key].status not in ("done", "cached", "shared"):
                continue
            record = self.session.records.get(step.key) or self._recorded(step)
            self.report.outputs.extend(record.files if record else ())

    def _recorded(self, step: BoundStep) -> ArtifactRecord | None:
        if self.session.cache is None:
            return None
        try:
            record: ArtifactRecord = self.session.cache.load(step.key, ArtifactRecord)
            return record
        except Damaged:
            return None

    def _say(self, event: str, **details: Any) -> None:
        self.session.emit({"event": event, "item": self.plan.item.name, **details})


def pick(value: Any, link: Link) -> Any:
    """The output and fields of a result that a link means."""
    for name in link.path:
        value = None if value is None else getattr(value, name)
    return value

"""One item, run: demand-driven, so that a damaged cache entry costs a computation and nothing else."""

import time
from collections import Counter
from typing import Any

from motionloom.core.data import to_device
from motionloom.core.engine.bound import BoundStep
from motionloom.core.engine.cache import Cache, Damaged
from motionloom.core.engine.call import NodeCall
from motionloom.core.engine.outputs import ArtifactRecord
from motionloom.core.engine.plan import ItemPlan, place_of
from motionloom.core.engine.report import ItemReport, NodeReport, StepFailed, written_out
from motionloom.core.engine.session import Session
from motionloom.core.graph.feeding import in_terms_of_inputs

ONCE = "ran once for all items"


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
        self.reports = {step.name: self._report(step) for step in plan.steps}
        inputs = written_out(plan.item.values)
        self.report = ItemReport(plan.item.name, inputs, nodes=list(self.reports.values()))

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
        self._close_reports()
        self.report.seconds = time.perf_counter() - started
        paths = [record.path for record in self.report.outputs]
        self._say("item.finished", status=self.report.status, seconds=self.report.seconds, outputs=paths)
        return self.report

    def prepare_shared(self, cache: Cache) -> dict[str, NodeReport]:
        """Run the steps that every item shares, and store them for other processes.

        Args:
            cache: where those processes look.

        Returns:
            Reports of the steps that are there now. A step that fails is not among them: each item
            reports it as its own failure.
        """
        done = {}
        for step in self.plan.steps:
            wanted = step.shared and step.step.entry.spec.cache and self.plan.decisions[step.name].status == "run"
            if wanted and self._run_step(step) and step.key in self.session.shared:
                if not self._remembers(step):
                    self._store(cache, step, self.session.shared[step.key])
                self._name_inputs(step)
                done[step.name] = self.reports[step.name]
        return done

    def _run_step(self, step: BoundStep) -> bool:
        """Run one step; False where the item ends here."""
        if self.broken.intersection(step.upstream):
            self._block(step)
            return True
        try:
            self._require(step)
        except StepFailed as error:
            self._fail(error)
            if error.step.key != step.key:
                self._block(step)
            return self.session.keep_going
        self._release(step)
        return True

    def _block(self, step: BoundStep) -> None:
        self.broken.add(step.key)
        self._mark(step, "blocked", "what it needs failed")

    def _fail(self, error: StepFailed) -> None:
        self.broken.add(error.step.key)
        report = self.reports[error.step.name]
        report.status, report.error = "failed", str(error)
        if self.report.error is None:
            self.report.status, self.report.error, self.report.traceback = "failed", str(error), error.trace
        self._say("node.failed", node=error.step.name, error=str(error))

    def _require(self, wanted: BoundStep) -> None:
        """Make the value of a step available: from memory, from the cache, or by running what it takes."""
        stack = [wanted]
        while stack:
            step = stack[-1]
            if self._recall(step):
                stack.pop()
                continue
            missing = [self.steps[key] for key in step.upstream if not self._recall(self.steps[key])]
            if missing:
                stack.extend(missing)
                continue
            self._compute(stack.pop())

    def _recall(self, step: BoundStep) -> bool:
        """Take a value that is there already."""
        if step.key in self.values:
            if self.reports[step.name].status == "run":
                self._mark(step, "shared", "another node calls the same")
            return True
        if step.key in self.session.shared:
            self.values[step.key] = self.session.shared[step.key]
            if self.reports[step.name].status == "run":
                self._mark(step, "shared", ONCE)
            return True
        if self.session.cache is None or self.reports[step.name].status != "cached":
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
        self.reports[step.name].status = status
        self.reports[step.name].reason = reason

    def _keep(self, step: BoundStep, value: Any) -> None:
        self.values[step.key] = value
        if step.shared:
            self.session.shared[step.key] = value

    def _compute(self, step: BoundStep) -> None:
        if step.key in self.session.failures:
            raise self.session.failures[step.key]
        report = self.reports[step.name]
        self._say("node.started", node=step.name)
        started = time.perf_counter()
        try:
            value = NodeCall(self.session, step, self.values, report, self._say).run()
            if self._remembers(step):
                self._remember(step, value)
        # Anything a node raises ends this item only; KeyboardInterrupt ends the run.
        except (Exception, SystemExit) as error:
            report.seconds = time.perf_counter() - started
            failure = StepFailed(error, step)
            if step.shared:
                self.session.failures[step.key] = failure
            raise failure from error
        self._keep(step, value)
        report.seconds, report.status = time.perf_counter() - started, "done"
        self._say("node.finished", node=step.name, status="done", seconds=report.seconds)

    def _remembers(self, step: BoundStep) -> bool:
        return self.session.cache is not None and self.session.remembers and step.step.entry.spec.cache

    def _remember(self, step: BoundStep, value: Any) -> None:
        assert self.session.cache is not None
        self._store(self.session.cache, step, value)
        place = place_of(self.session.linked, self.session.outputs, self.plan.item, step)
        self.session.cache.remember(place, step.components)

    def _store(self, cache: Cache, step: BoundStep, value: Any) -> None:
        if step.output is None:
            cache.store(step.key, value, step.step.entry.spec.returns)
        else:
            cache.store(step.key, self.session.records[step.key], ArtifactRecord)
        if self.reports[step.name].warnings:
            cache.keep_warnings(step.key, self.reports[step.name].warnings)

    def _release(self, step: BoundStep) -> None:
        """Forget values that nothing else in this item reads: a long take is large."""
        for key in step.upstream:
            self.readers[key] -= 1
            if self.readers[key] <= 0:
                self.values.pop(key, None)
        if self.readers[step.key] <= 0:
            self.values.pop(step.key, None)

    def _close_reports(self) -> None:
        for step in self.plan.steps:
            report, status = self.reports[step.name], self.reports[step.name].status
            # What ran once for all items has warned once.
            if status in ("cached", "skipped") and report.reason != ONCE and self.session.cache is not None:
                report.warnings = self.session.cache.warnings(step.key)
            self._name_inputs(step)
            if status == "run":
                self._mark(step, "blocked", "the item had failed before")
            elif step.output is not None and status in ("done", "cached", "shared"):
                record = self.session.records.get(step.key) or self._recorded(step)
                self.report.outputs.extend(record.files if record else ())

    def _name_inputs(self, step: BoundStep) -> None:
        """Let a step's warnings name this graph's inputs; the cache, which other graphs share, keeps them plain."""
        report = self.reports[step.name]
        report.warnings = [in_terms_of_inputs(warning, step.step) for warning in report.warnings]

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

"""One call of one node: its arguments gathered, what it returns checked, what it writes published."""

import time
from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

from motionloom.core.data import Artifact
from motionloom.core.data.storage import type_name
from motionloom.core.engine.bound import BoundStep, Feed
from motionloom.core.engine.digest import stamp, value_digest
from motionloom.core.engine.report import NodeReport
from motionloom.core.engine.session import Session
from motionloom.core.errors import NodeError
from motionloom.core.graph.feeding import in_terms_of_inputs
from motionloom.core.graph.linked import Link
from motionloom.core.graph.types import is_a
from motionloom.core.node import Context, Port

PROGRESS_INTERVAL = 0.1
"""Seconds between two progress events of a node."""

Say = Callable[..., None]
"""Called with an event's name and details."""


class NodeCall:
    """Calls the node of a step.

    Args:
        session: of the process.
        step: to call.
        values: of the steps before it, by key.
        report: receives warnings.
        say: sends events.
    """

    def __init__(
        self, session: Session, step: BoundStep, values: Mapping[str, Any], report: NodeReport, say: Say
    ) -> None:
        self.session = session
        self.step = step
        self.spec = step.step.entry.spec
        self.values = values
        self.report = report
        self.say = say

    def run(self) -> Any:
        """What the node gives; files that it wrote are in their place when this returns.

        Raises:
            Exception: whatever the node raises.
        """
        arguments = {port.name: self._port_value(port) for port in self.spec.ports}
        arguments.update(self.step.parameters)
        if self.spec.context is not None:
            arguments[self.spec.context] = self._context()
        if self.step.output is None:
            return self._checked(self.spec.function(**arguments))
        return self._write(self.step.output, arguments)

    def _write(self, output: str, arguments: dict[str, Any]) -> Artifact:
        outputs = self.session.outputs
        staged = outputs.stage(output)
        arguments[str(self.spec.output_parameter)] = staged
        try:
            result: Artifact = self._checked(self.spec.function(**arguments))
            artifact, self.session.records[self.step.key] = outputs.publish(result, staged, output, self.step.key)
        finally:
            outputs.unstage(staged)
        return artifact

    def _checked(self, result: Any) -> Any:
        for source in self.step.sources:
            if stamp(source.path) != source.stamp:
                what = f"{source.path} changed after the plan was made, so nobody knows what the node has read"
                raise NodeError(what, remedy="run again")
        if is_a(result, self.spec.returns):
            return result
        declared, given = type_name(self.spec.returns), type(result).__name__
        raise NodeError(
            f"{self.spec.name} declares that it returns {declared} but returned {given}", remedy="mend the plugin"
        )

    def _port_value(self, port: Port) -> Any:
        feeds = self.step.feeds.get(port.name, ())
        values = [self._pick(feed, port) for feed in feeds]
        if port.many:
            lists = [value if feed.link.several else (value,) for feed, value in zip(feeds, values, strict=True)]
            return tuple(chain.from_iterable(lists))
        return values[0] if values else None

    def _pick(self, feed: Feed, port: Port) -> Any:
        value = pick(self.values[feed.key], feed.link)
        if value is None and not port.optional and not is_a(None, port.type):
            raise NodeError(f"{feed.link} is empty, and {port.name!r} needs it", remedy="connect something else")
        return value

    def _context(self) -> Context:
        return Context(
            device=self.session.device,
            seed=int(value_digest([self.session.seed, self.step.name])[:15], 16),
            report_progress=self._progress(),
            report_warning=self._warn,
            weights_file=self.spec.weights,
        )

    def _progress(self) -> Callable[[float, str], None]:
        last = 0.0

        def report(fraction: float, text: str) -> None:
            nonlocal last
            now = time.perf_counter()
            if now - last >= PROGRESS_INTERVAL or fraction >= 1.0:
                last = now
                self.say("node.progress", node=self.step.name, fraction=fraction, text=text)

        return report

    def _warn(self, message: str) -> None:
        self.report.warnings.append(message)
        self.say("node.warning", node=self.step.name, message=in_terms_of_inputs(message, self.step.step))


def pick(value: Any, link: Link) -> Any:
    """The output and fields of a result that a link means."""
    for name in link.path:
        value = None if value is None else getattr(value, name)
    return value

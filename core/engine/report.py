"""What became of items and steps, as events and the manifest tell it."""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from motionloom.core.engine.bound import BoundStep
from motionloom.core.engine.outputs import OutputRecord
from motionloom.core.errors import MotionloomError, NodeError
from motionloom.core.graph.feeding import in_terms_of_inputs

LONGEST = 600
"""Characters of an error's message; libraries put whole arrays into theirs."""


class StepFailed(NodeError):
    """Raised when a node fails: carries the step and, for an unexpected error, its traceback."""

    def __init__(self, error: BaseException, step: BoundStep) -> None:
        self.step = step
        expected = isinstance(error, MotionloomError)
        self.trace = None if expected else "".join(traceback.format_exception(error))
        remedy = None if expected else "the report holds the traceback"
        what = in_terms_of_inputs(in_one_line(error), step.step)
        super().__init__(what, where=f"node {step.name} ({step.step.place})", remedy=remedy)


def in_one_line(error: BaseException) -> str:
    """An error as one sentence: motionloom's own as they are, others with their class."""
    text = " ".join(str(getattr(error, "sentence", error)).split())
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}..."
    if isinstance(error, MotionloomError):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


@dataclass
class NodeReport:
    """What became of one step of one item: done, cached, shared, failed, blocked or skipped."""

    step: str
    node: str
    version: int
    key: str
    status: str
    reason: str
    seconds: float = 0.0
    warnings: list[str] = field(default_factory=list)
    error: str | None = None


@dataclass
class ItemReport:
    """What became of one item: done, failed or interrupted."""

    name: str
    inputs: dict[str, Any]
    status: str = "done"
    seconds: float = 0.0
    nodes: list[NodeReport] = field(default_factory=list)
    outputs: list[OutputRecord] = field(default_factory=list)
    error: str | None = None
    traceback: str | None = None


def written_out(values: Mapping[str, Any]) -> dict[str, str]:
    """Input values as reports show them."""
    return {name: str(value) for name, value in values.items()}

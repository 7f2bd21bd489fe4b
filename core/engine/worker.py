"""A worker process: a briefing and items as JSON lines on stdin, events and reports on stdout."""

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

import torch

from motionloom.core.engine.bound import Keys
from motionloom.core.engine.cache import Cache
from motionloom.core.engine.devices import choose_device
from motionloom.core.engine.evaluate import ItemReport, ItemRun, Session
from motionloom.core.engine.items import Item
from motionloom.core.engine.outputs import OutputRoot
from motionloom.core.engine.plan import Decision, ItemBinder, ItemPlan
from motionloom.core.errors import MotionloomError
from motionloom.core.graph import read_graph
from motionloom.core.graph.inputs import given_values
from motionloom.core.graph.problems import Problems
from motionloom.core.registry import installed_registry

CHANGED = "the graph, or a file that it reads, changed after the plan was made; run again"


def main() -> None:
    """Serve one run, until stdin ends."""
    # Ctrl-C reaches the whole process group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = _private_stdout()

    def send(message: dict[str, Any]) -> None:
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    desk = Desk(json.loads(sys.stdin.readline()), send)
    for line in sys.stdin:
        send({"report": asdict(desk.serve(json.loads(line)))})


def _private_stdout() -> TextIO:
    """The channel to the parent; whatever nodes print goes to stderr instead."""
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return channel


class Desk:
    """Binds and runs the items that the parent sends.

    Args:
        briefing: from the parent.
        send: takes a message to the parent.
    """

    def __init__(self, briefing: dict[str, Any], send: Callable[[dict[str, Any]], None]) -> None:
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // briefing["jobs"]))
        self.base = Path(briefing["base"])
        self.problems = Problems()
        device = choose_device(briefing["device"])
        self.linked, values = read_graph(Path(briefing["graph"]), installed_registry(), briefing["values"], self.base)
        keys = Keys(device.type, briefing["seed"])
        self.binder = ItemBinder(self.linked, values, set(briefing["varying"]), keys, self.problems)
        outputs = OutputRoot(Path(briefing["out"]))
        outputs.scratch = Path(briefing["scratch"])
        self.session = Session(
            self.linked,
            Cache(Path(briefing["cache"])),
            outputs,
            device,
            briefing["seed"],
            briefing["keep_going"],
            send,
            briefing["remembers"],
        )

    def serve(self, message: dict[str, Any]) -> ItemReport:
        """Run one item as its plan says."""
        name = message["name"]
        try:
            values = given_values(self.linked.graph, message["values"], self.base, self.problems)
            steps = self.binder.bind(Item(name, values))
            self.problems.raise_if_any()
        except MotionloomError as error:
            return ItemReport(name, message["values"], status="failed", error=f"{CHANGED}: {error}")
        decisions = {step: Decision(*decision) for step, decision in message["decisions"].items()}
        plan = ItemPlan(Item(name, values), steps, decisions)
        if plan.digest != message["digest"]:
            return ItemReport(name, message["values"], status="failed", error=CHANGED)
        return ItemRun(self.session, plan).run()


if __name__ == "__main__":
    main()

"""What a worker process does: binds the items that the parent sends, and runs them as planned."""

import os
from pathlib import Path
from typing import Any

import torch

from motionloom.core.engine.bound import Keys
from motionloom.core.engine.cache import Cache
from motionloom.core.engine.devices import choose_device
from motionloom.core.engine.evaluate import ItemRun
from motionloom.core.engine.events import Emit
from motionloom.core.engine.items import Item
from motionloom.core.engine.outputs import OutputRoot
from motionloom.core.engine.plan import Decision, ItemBinder, ItemPlan
from motionloom.core.engine.report import ItemReport
from motionloom.core.engine.session import Session
from motionloom.core.errors import GraphError
from motionloom.core.graph import read_graph
from motionloom.core.graph.inputs import given_values
from motionloom.core.graph.problems import Problems
from motionloom.core.registry import installed_registry


class Desk:
    """Binds and runs the items that the parent sends.

    Args:
        briefing: from the parent.
        send: takes a message to the parent.

    Raises:
        MotionloomError: the graph is not what the plan was made from.
    """

    def __init__(self, briefing: dict[str, Any], send: Emit) -> None:
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // briefing["jobs"]))
        self.base = Path(briefing["base"])
        self.problems = Problems()
        device = choose_device(briefing["device"])
        self.linked, values = read_graph(Path(briefing["graph"]), installed_registry(), briefing["values"], self.base)
        keys = Keys(device.type, briefing["seed"])
        self.binder = ItemBinder(self.linked, values, set(briefing["varying"]), keys, self.problems)
        self.session = Session(
            self.linked,
            Cache(Path(briefing["cache"])),
            OutputRoot(Path(briefing["out"]), Path(briefing["scratch"])),
            device,
            briefing["seed"],
            briefing["keep_going"],
            send,
            briefing["remembers"],
        )

    def serve(self, message: dict[str, Any]) -> ItemReport:
        """Run one item as its plan says.

        Raises:
            MotionloomError: the item is not what the plan was made from.
        """
        values = given_values(self.linked.graph, message["values"], self.base, self.problems)
        item = Item(message["name"], values)
        steps = self.binder.bind(item)
        self.problems.raise_if_any()
        plan = ItemPlan(item, steps, {step: Decision(*decision) for step, decision in message["decisions"].items()})
        if plan.digest != message["digest"]:
            what = "the graph, or a file that it reads, changed after the plan was made"
            raise GraphError(what, remedy="run again")
        return ItemRun(self.session, plan).run()

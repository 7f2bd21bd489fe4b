"""What will run, what will not, and why: decided before anything runs, then frozen."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from motionloom.core.data.storage import Plain
from motionloom.core.engine.bound import BoundStep, Keys
from motionloom.core.engine.cache import Cache, Damaged
from motionloom.core.engine.digest import value_digest
from motionloom.core.engine.items import Item
from motionloom.core.engine.outputs import ArtifactRecord, OutputRoot
from motionloom.core.graph.bind import Binder, depends_on
from motionloom.core.graph.linked import LinkedGraph, Step
from motionloom.core.graph.problems import Problems

Status = Literal["run", "cached", "skipped"]


@dataclass(frozen=True)
class Decision:
    """What happens to a step, and why."""

    status: Status
    reason: str


@dataclass(frozen=True)
class ItemPlan:
    """The steps of one item in the order in which they run, and what happens to each."""

    item: Item
    steps: tuple[BoundStep, ...]
    decisions: Mapping[str, Decision]

    @property
    def runs(self) -> bool:
        """Whether anything of it runs."""
        return any(decision.status == "run" for decision in self.decisions.values())

    @property
    def digest(self) -> str:
        """Stands for the steps and their keys: a worker must arrive at the same."""
        return value_digest([[step.name, step.key] for step in self.steps])


@dataclass(frozen=True)
class Plan:
    """A frozen plan of a whole run."""

    linked: LinkedGraph
    items: tuple[ItemPlan, ...]

    def count(self, status: Status) -> int:
        """How many steps, shared ones once, have a status."""
        keys = {step.key for item in self.items for step in item.steps if item.decisions[step.name].status == status}
        return len(keys)


class ItemBinder:
    """Binds the steps of one item after the other; what does not depend on the item is bound once.

    Args:
        linked: the graph.
        values: of inputs, the same for every item.
        varying: the inputs that differ between items; None where there is no batch.
        keys: makes the cache keys.
        problems: receives values that do not fit.
    """

    def __init__(
        self,
        linked: LinkedGraph,
        values: Mapping[str, Any],
        varying: set[str] | None,
        keys: Keys,
        problems: Problems,
    ) -> None:
        self.linked = linked
        self.values = values
        self.keys = keys
        self.problems = problems
        self.common: dict[str, BoundStep] = {}
        self.constant = {
            name: varying is not None and not depends_on(step, varying) for name, step in linked.steps.items()
        }

    def bind(self, item: Item) -> tuple[BoundStep, ...]:
        """The bound steps of an item, each after what it needs."""
        binder = Binder(self.linked, {**self.values, **item.values}, self.problems, item.name, item.origin)
        bound: dict[str, BoundStep] = {}
        for name, step in self.linked.steps.items():
            bound[name] = self.common.get(name) or self._bind(step, binder, bound)
        return tuple(bound.values())

    def _bind(self, step: Step, binder: Binder, before: Mapping[str, BoundStep]) -> BoundStep:
        found = self.keys.bind(step, binder.parameters(step), before, self.constant[step.name], self.problems)
        if found.shared:
            self.common[step.name] = found
        return found


@dataclass(frozen=True)
class Choices:
    """What the caller asked for besides values.

    Args:
        until: run only these steps and what they need; all where empty.
        force: run these steps, and what follows them, whatever the cache says.
    """

    until: Collection[str] = ()
    force: Collection[str] = ()


class Planner:
    """Decides about the steps of an item, from the cache and the output root alone.

    Args:
        linked: the graph.
        cache: None where it is off.
        outputs: the output root.
        choices: of the caller.
    """

    def __init__(self, linked: LinkedGraph, cache: Cache | None, outputs: OutputRoot, choices: Choices) -> None:
        self.linked = linked
        self.cache = cache
        self.outputs = outputs
        self.targets = set(choices.until or linked.targets)
        self.forced = self._with_followers(set(choices.force))
        self.asked = set(choices.force)

    def _with_followers(self, forced: set[str]) -> set[str]:
        found = set(forced)
        for name, step in self.linked.steps.items():
            if found & set(step.upstream):
                found.add(name)
        return found

    def decide(self, item: Item, steps: Sequence[BoundStep]) -> ItemPlan:
        """The plan of one item, from its targets back to what they need."""
        decisions: dict[str, Decision] = {}
        needed_by: dict[str, str] = {}
        for step in reversed(steps):
            decision = self._decide(step, item, needed_by.get(step.name))
            decisions[step.name] = decision
            if decision.status == "run":
                for name in step.step.upstream:
                    needed_by.setdefault(name, step.name)
        return ItemPlan(item, tuple(steps), {step.name: decisions[step.name] for step in steps})

    def _decide(self, step: BoundStep, item: Item, needed_by: str | None) -> Decision:
        if step.name not in self.targets and needed_by is None:
            return Decision("skipped", "nothing that runs needs it")
        if step.name in self.forced:
            return Decision("run", "forced" if step.name in self.asked else "follows a forced node")
        if self.cache is None:
            return Decision("run", "the cache is off")
        if not step.step.entry.spec.cache:
            return Decision("run", f"{needed_by} needs it" if needed_by else "its result is never cached")
        if not self.cache.has(step.key):
            return Decision("run", self._what_changed(step, item))
        missing = self._missing_output(step) if step.output is not None else None
        return Decision("run", missing) if missing else Decision("cached", "up to date")

    def _missing_output(self, step: BoundStep) -> str | None:
        assert self.cache is not None
        try:
            return self.outputs.difference(self.cache.load(step.key, ArtifactRecord))
        except Damaged as damage:
            return f"its cache entry is damaged: {damage}"

    def _what_changed(self, step: BoundStep, item: Item) -> str:
        assert self.cache is not None
        before = self.cache.remembered(place_of(self.linked, self.outputs, item, step))
        if before is None:
            return "has not run yet"
        return describe_change(before, step.components, self._source_of(step))

    def _source_of(self, step: BoundStep) -> Callable[[str], str]:
        return lambda port: ", ".join(str(feed.link) for feed in step.feeds.get(port, ()))


def place_of(linked: LinkedGraph, outputs: OutputRoot, item: Item, step: BoundStep) -> str:
    """Where the cache notes what a step's key was made of: one place for each graph, output root and item."""
    graph = linked.graph.source.path.absolute()
    return value_digest([str(graph), str(outputs.folder), None if step.shared else item.name, step.name])[:40]


def describe_change(before: Mapping[str, Plain], now: Mapping[str, Plain], source_of: Callable[[str], str]) -> str:
    """What differs between the components of two keys, in words.

    Args:
        before: of the last run.
        now: of this plan.
        source_of: what feeds a port, by its name.
    """
    changes = [
        f"{what} changed from {before.get(what)} to {now.get(what)}" for what in _SIMPLE if _differs(before, now, what)
    ]
    changes += [f"parameter {name!r} changed" for name in _changed(before, now, "parameters")]
    changes += [_file_change(before, now, name) for name in _changed(before, now, "files")]
    changes += [f"its input {port!r} ({source_of(port)}) changed" for port in _changed(before, now, "inputs")]
    return "; ".join(changes) or "its result is no longer in the cache"


_SIMPLE = ("format", "node", "version", "plugin", "device", "seed")


def _differs(before: Mapping[str, Plain], now: Mapping[str, Plain], what: str) -> bool:
    return bool(before.get(what) != now.get(what))


def _changed(before: Mapping[str, Plain], now: Mapping[str, Plain], group: str) -> list[str]:
    old, new = before.get(group) or {}, now.get(group) or {}
    return sorted(name for name in {*old, *new} if old.get(name) != new.get(name))


def _file_change(before: Mapping[str, Plain], now: Mapping[str, Plain], name: str) -> str:
    file = now["files"].get(name) or before["files"][name]
    return "its weights changed" if name == "weights" else f"file {file[0]} changed"

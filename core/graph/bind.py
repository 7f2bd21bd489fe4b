"""Parameters with their values filled in and validated: for one set of input values."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path, PurePath
from typing import Any

import pydantic

from motionloom.core.graph.feeding import feeding_input
from motionloom.core.graph.inputs import WrongValue, coerce, default_value, located
from motionloom.core.graph.linked import Argument, LinkedGraph, Scope, Step
from motionloom.core.graph.model import Input
from motionloom.core.graph.problems import Problems
from motionloom.core.graph.template import ITEM, Empty, TooLarge, Unknown, fill, variables
from motionloom.core.node import Parameter
from motionloom.core.node.files import WRONG_SUFFIX


def _plain_path(value: Any) -> str:
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"{value!r} is not plain")


ENCODER = json.JSONEncoder(default=_plain_path)


def set_by_caller(name: str) -> str:
    """How messages name a value that the call gives."""
    return f"--set {name}"


class Binder:
    """Fills in and validates the parameters of a graph's steps.

    Args:
        linked: the graph.
        values: of the outermost inputs, by name; one that has none and no default stays open.
        problems: receives values that do not fit.
        item: what `${item}` gives.
        origin: says where the value of an input was given.
    """

    def __init__(
        self,
        linked: LinkedGraph,
        values: Mapping[str, Any],
        problems: Problems,
        item: str,
        origin: Callable[[str], str] = set_by_caller,
    ) -> None:
        self.linked = linked
        self.values = values
        self.problems = problems
        self.item = item
        self.origin = origin
        self.resolved: dict[tuple[int, str], Any] = {}

    def parameters(self, step: Step) -> dict[str, Any]:
        """The validated parameters of a step that the graph gives; open ones are left out."""
        bound = {}
        for name, argument in step.arguments.items():
            parameter = step.entry.spec.parameter_names[name]
            try:
                filled = self._filled(name, argument)
            except Unknown:
                continue
            valid, value = self._validated(parameter, argument, filled)
            if valid:
                bound[name] = self._placed(parameter, argument, value)
        return bound

    def _filled(self, name: str, argument: Argument) -> Any:
        try:
            return fill(argument.value, partial(self.lookup, argument.scope))
        except TooLarge as error:
            what = f"the value of {name!r} is too large once its variables are filled in"
            self.problems.add(argument.scope.source, argument.value.position, what)
            raise Unknown(name) from error
        except Empty as error:
            what = f"the input {error} is empty, which cannot be part of the value of {name!r}"
            self.problems.add(argument.scope.source, argument.value.position, what, "give it a value")
            raise Unknown(name) from error

    def lookup(self, scope: Scope, name: str) -> Any:
        """The value of an input in a scope.

        Raises:
            Unknown: it has none.
        """
        if name == ITEM and name not in scope.graph.inputs:
            return self.item
        key = (id(scope), name)
        if key not in self.resolved:
            self.resolved[key] = self._resolve(scope, name)
        return self.resolved[key]

    def _resolve(self, scope: Scope, name: str) -> Any:
        declared = scope.graph.inputs[name]
        if scope.parent is None and name in self.values:
            return self.values[name]
        if name in scope.bindings:
            return self._bound_input(declared, scope.bindings[name])
        if declared.default is None:
            raise Unknown(name)
        return default_value(scope.graph, declared, self.problems)

    def _bound_input(self, declared: Input, argument: Argument) -> Any:
        """What the caller of a subgraph gives to an input."""
        source = argument.scope.source
        value = self._filled(declared.name, argument)
        try:
            return coerce(declared, value, source.path.absolute().parent)
        except WrongValue as error:
            what = f"the value of input {declared.name!r} does not fit: {error}"
            self.problems.add(source, argument.value.position, what, f"it is declared as {declared.type}")
            raise Unknown(declared.name) from error

    def _validated(self, parameter: Parameter, argument: Argument, filled: Any) -> tuple[bool, Any]:
        try:
            # JSON mode reads YAML's plain types strictly, yet lists as tuples and text as paths.
            return True, parameter.adapter.validate_json(ENCODER.encode(filled), strict=True)
        except pydantic.ValidationError as error:
            for detail in error.errors(include_url=False)[:5]:
                self._misfit(parameter, argument, detail)
        return False, None

    def _misfit(self, parameter: Parameter, argument: Argument, detail: Any) -> None:
        inside = tuple(part for part in detail["loc"] if isinstance(part, (int, str)))
        what = f"{parameter.name!r} does not accept {_shown(detail['input'])}: {_lower_first(detail['msg'])}"
        # What a path must end in is said in full; the parameter's help would only blur it.
        remedy = None if detail["type"] == WRONG_SUFFIX else parameter.help or None
        self._report(argument, what, remedy, inside)

    def _report(
        self, argument: Argument, what: str, remedy: str | None = None, inside: tuple[int | str, ...] = ()
    ) -> None:
        """Note a problem where the value stands: in the graph, or in the call that gave it."""
        given = feeding_input(argument)
        if given is not None and given in self.values:
            self.problems.add(None, None, f"{self.origin(given)}: {what}", remedy)
        else:
            self.problems.add(argument.scope.source, argument.value.at(inside), what, remedy)

    def _placed(self, parameter: Parameter, argument: Argument, value: Any) -> Any:
        if parameter.role not in ("input", "folder") or not isinstance(value, Path):
            return value
        try:
            path = located(value, argument.scope.source.path.absolute().parent)
        except WrongValue as error:
            self._report(argument, f"{parameter.name!r} does not accept {_shown(str(value))}: {error}")
            return value
        self._require_file(parameter, argument, path)
        return path

    def _require_file(self, parameter: Parameter, argument: Argument, path: Path) -> None:
        folder = parameter.role == "folder"
        try:
            there = path.is_dir() if folder else path.is_file()
        except (OSError, ValueError):
            there = False
        if not there:
            kind = "folder" if folder else "file"
            what = f"{parameter.name!r} needs a {kind}, but {path} is {_found(path)}"
            self._report(argument, what, "check the path")


def _found(path: Path) -> str:
    try:
        return "a folder" if path.is_dir() else "a file" if path.is_file() else "none"
    except (OSError, ValueError):
        return "none"


def open_inputs(linked: LinkedGraph, values: Mapping[str, Any]) -> list[str]:
    """The inputs that have neither a value nor a default."""
    return [name for name, one in linked.inputs.items() if one.default is None and name not in values]


def depends_on(step: Step, names: set[str]) -> bool:
    """Whether a parameter of a step depends on one of the outermost inputs `names`, or on the item."""
    seen: set[tuple[int, str]] = set()
    waiting = list(step.arguments.values())
    while waiting:
        argument = waiting.pop()
        scope = argument.scope
        for name in variables(argument.value):
            if name == ITEM and ITEM not in scope.graph.inputs:
                return True
            if scope.parent is None and name in names:
                return True
            if name in scope.bindings and (id(scope), name) not in seen:
                seen.add((id(scope), name))
                waiting.append(scope.bindings[name])
    return False


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]

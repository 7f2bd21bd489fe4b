"""Parameters with their values filled in and validated: for one set of input values."""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path, PurePath
from typing import Any

import pydantic

from motionloom.core.graph.document import Value
from motionloom.core.graph.inputs import WrongValue, coerce
from motionloom.core.graph.linked import Argument, LinkedGraph, Scope, Step
from motionloom.core.graph.problems import Problems
from motionloom.core.graph.template import ITEM, Unknown, fill, variables
from motionloom.core.node import Parameter


class Binder:
    """Fills in and validates the parameters of a graph's steps.

    Args:
        linked: the graph.
        values: of the outermost inputs, by name; one that has none and no default stays open.
        problems: receives values that do not fit.
        item: what `${item}` gives.
    """

    def __init__(self, linked: LinkedGraph, values: Mapping[str, Any], problems: Problems, item: str) -> None:
        self.linked = linked
        self.values = values
        self.problems = problems
        self.item = item
        self.resolved: dict[tuple[int, str], Any] = {}

    def parameters(self, step: Step) -> dict[str, Any]:
        """The validated parameters of a step that the graph gives; open ones are left out."""
        bound = {}
        for name, argument in step.arguments.items():
            parameter = step.entry.spec.parameter_names[name]
            try:
                filled = fill(argument.value, partial(self.lookup, argument.scope))
            except Unknown:
                continue
            valid, value = self._validated(parameter, argument, filled)
            if valid:
                bound[name] = self._placed(parameter, argument, value)
        return bound

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
        folder = scope.source.path.absolute().parent
        if scope.parent is None and name in self.values:
            return self.values[name]
        if name in scope.bindings:
            argument = scope.bindings[name]
            value = fill(argument.value, partial(self.lookup, argument.scope))
            source, folder = argument.scope.source, argument.scope.source.path.absolute().parent
            where = argument.value
        elif declared.default is not None:
            value, source, where = declared.default.plain, scope.source, declared.default
        else:
            raise Unknown(name)
        try:
            return coerce(declared, value, folder)
        except WrongValue as error:
            what = f"the value of input {name!r} does not fit: {error}"
            self.problems.add(source, where.position, what, f"it is declared as {declared.type}")
            raise Unknown(name) from error

    def _validated(self, parameter: Parameter, argument: Argument, filled: Any) -> tuple[bool, Any]:
        try:
            # JSON mode reads YAML's plain types strictly, yet lists as tuples and text as paths.
            return True, parameter.adapter.validate_json(json.dumps(filled, default=_plain_path), strict=True)
        except pydantic.ValidationError as error:
            for detail in error.errors(include_url=False)[:5]:
                self._misfit(parameter, argument.value, detail, argument.scope)
        return False, None

    def _misfit(self, parameter: Parameter, value: Value, detail: Any, scope: Scope) -> None:
        inside = tuple(part for part in detail["loc"] if isinstance(part, (int, str)))
        what = f"{parameter.name!r} does not accept {_shown(detail['input'])}: {_lower_first(detail['msg'])}"
        self.problems.add(scope.source, value.at(inside), what, parameter.help or None)

    def _placed(self, parameter: Parameter, argument: Argument, value: Any) -> Any:
        if parameter.role in ("input", "folder") and isinstance(value, Path):
            path = argument.scope.source.path.absolute().parent / value
            self._require_file(parameter, argument, path)
            return path
        return value

    def _require_file(self, parameter: Parameter, argument: Argument, path: Path) -> None:
        folder = parameter.role == "folder"
        try:
            there = path.is_dir() if folder else path.is_file()
        except (OSError, ValueError):
            there = False
        if not there:
            kind = "folder" if folder else "file"
            what = f"{parameter.name!r} needs a {kind}, but {path} is none"
            self.problems.add(argument.scope.source, argument.value.position, what, "check the path")


def open_inputs(linked: LinkedGraph, values: Mapping[str, Any]) -> list[str]:
    """The inputs that have neither a value nor a default."""
    return [name for name, one in linked.inputs.items() if one.default is None and name not in values]


def depends_on(step: Step, names: set[str]) -> bool:
    """Whether a parameter of a step depends on one of the outermost inputs `names`, or on the item."""
    return any(_argument_depends(argument, names) for argument in step.arguments.values())


def _argument_depends(argument: Argument, names: set[str]) -> bool:
    wanted = variables(argument.value)
    scope = argument.scope
    if ITEM in wanted and ITEM not in scope.graph.inputs:
        return True
    if scope.parent is None:
        return bool(wanted & names)
    bound = [scope.bindings[name] for name in wanted if name in scope.bindings]
    return any(_argument_depends(outer, names) for outer in bound)


def _plain_path(value: Any) -> str:
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"{value!r} is not plain")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]

"""Values of a graph's inputs: given as text, by a program, or by default."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Any

from motionloom.core.graph.document import Value, read_document
from motionloom.core.graph.model import Graph, Input
from motionloom.core.graph.problems import InvalidGraph, Problems, Source, nearest
from motionloom.core.graph.scalars import resolve_plain
from motionloom.core.graph.template import Unknown, fill, variables


class WrongValue(ValueError):
    """Raised when a value is not of its input's type; the message says why."""


def coerce(declared: Input, value: Any, base: Path) -> Any:
    """A value as its input's type wants it; None where the input is optional and gets none.

    Args:
        declared: the input.
        value: what was given, of a plain type.
        base: the folder that a relative path starts from.

    Raises:
        WrongValue: it is of another type, or not one of the choices.
    """
    if value is None and declared.optional:
        return None
    converted = CONVERTERS[declared.type](value, base)
    legal = [choice.plain for choice in declared.choices]
    if legal and converted not in legal:
        raise WrongValue(f"{converted!r} is not one of {', '.join(map(repr, legal))}")
    return converted


def from_text(declared: Input, text: str, base: Path) -> Any:
    """A value typed on a command line or in a CSV cell; nothing typed leaves an optional input empty.

    Raises:
        WrongValue: the text is not a value of the input's type.
    """
    if not text and declared.optional and declared.type != "string":
        return None
    if declared.type in ("path", "string"):
        return coerce(declared, text, base)
    if declared.type == "list":
        return coerce(declared, _list_from_text(text), base)
    value = resolve_plain(text.strip())
    return coerce(declared, text if value is None else value, base)


def _list_from_text(text: str) -> Any:
    problems = Problems()
    with suppress(InvalidGraph):
        document = read_document(Source(Path("--set"), text), problems)
        if document is not None and not problems.found and isinstance(document.content, list):
            return document.plain
    raise WrongValue(f"{text!r} is not a list like [1, 2]")


def _path(value: Any, base: Path) -> Path:
    if not isinstance(value, (str, Path)) or not str(value):
        raise WrongValue(f"{value!r} is not a path")
    return located(Path(value), base)


def located(path: Path, base: Path) -> Path:
    """A path that starts from where it was written, or from a home folder.

    It is not resolved, so that links keep the names that people gave them.

    Raises:
        WrongValue: it cannot be a path on any system, or names a user that there is not.
    """
    if "\0" in str(path):
        raise WrongValue("a path cannot hold a NUL character")
    try:
        return base / path.expanduser()
    except RuntimeError as error:
        raise WrongValue(f"{str(path)!r} is in the home folder of an unknown user") from error


def _list(value: Any, base: Path) -> Any:
    if isinstance(value, (list, tuple)) and _is_plain(value):
        return value
    raise WrongValue(f"{value!r} is not a list")


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) for key in value) and all(map(_is_plain, value.values()))
    return value is None or isinstance(value, (bool, int, float, str, PurePath))


def _instance(types: tuple[type, ...], name: str) -> Callable[[Any, Path], Any]:
    def convert(value: Any, base: Path) -> Any:
        if isinstance(value, types) and (not isinstance(value, bool) or bool in types):
            return value
        raise WrongValue(f"{value!r} is not {name}")

    return convert


CONVERTERS: Mapping[str, Callable[[Any, Path], Any]] = {
    "path": _path,
    "string": _instance((str,), "text"),
    "number": _instance((int, float), "a number"),
    "integer": _instance((int,), "a whole number"),
    "boolean": _instance((bool,), "true or false"),
    "list": _list,
}
"""How each value type checks and converts what it is given."""


def check_inputs(graph: Graph, problems: Problems) -> None:
    """Report the defaults and choices of a graph that do not fit the types of their inputs."""
    for declared in graph.inputs.values():
        if declared.holds_value:
            fitting = [_choice_fits(graph, declared, choice, problems) for choice in declared.choices]
            if declared.default is not None and all(fitting):
                with suppress(Unknown):
                    default_value(graph, declared, problems)


def _choice_fits(graph: Graph, declared: Input, choice: Value, problems: Problems) -> bool:
    try:
        CONVERTERS[declared.type](choice.plain, Path())
    except WrongValue as error:
        what = f"a choice of input {declared.name!r} does not fit: {error}"
        problems.add(graph.source, choice.position, what, f"it is declared as {declared.type}")
        return False
    return True


def default_value(graph: Graph, declared: Input, problems: Problems) -> Any:
    """The default of an input that has one.

    Raises:
        Unknown: it does not fit the input's type, which is noted among the problems.
    """
    default = declared.default
    assert default is not None
    if variables(default):
        what = f"the default of input {declared.name!r} cannot use ${{...}}"
        problems.add(graph.source, default.position, what, "write a plain value; $${ stands for ${")
        raise Unknown(declared.name)
    try:
        return coerce(declared, fill(default, _no_value), graph.source.path.absolute().parent)
    except WrongValue as error:
        what = f"the default of input {declared.name!r} does not fit: {error}"
        problems.add(graph.source, default.position, what, f"it is declared as {declared.type}")
        raise Unknown(declared.name) from error


def _no_value(name: str) -> Any:
    raise Unknown(name)


def given_values(graph: Graph, given: Mapping[str, Any], base: Path, problems: Problems) -> dict[str, Any]:
    """The values that a call gives, as text or as Python values, checked against the declarations.

    Args:
        graph: that declares the inputs.
        given: by name; strings are read like `--set` reads them.
        base: the folder that relative paths start from.
        problems: receives unknown names and values that do not fit.
    """
    values: dict[str, Any] = {}
    for name, value in given.items():
        declared = graph.inputs.get(name)
        if declared is None:
            problems.add(None, None, f"{graph.source.path} has no input {name!r}", nearest_input(name, graph))
        elif not declared.holds_value:
            problems.add(None, None, f"input {name!r} is a {declared.type}, which only another graph can give")
        else:
            _give(values, declared, value, base, problems)
    return values


def nearest_input(name: str, graph: Graph) -> str | None:
    """A remedy for the name of an input that a graph does not declare."""
    return nearest(name, graph.inputs) if graph.inputs else "it declares none"


def _give(values: dict[str, Any], declared: Input, value: Any, base: Path, problems: Problems) -> None:
    try:
        read = from_text if isinstance(value, str) else coerce
        values[declared.name] = read(declared, value, base)
    except WrongValue as error:
        what = f"the value of input {declared.name!r} does not fit: {error}"
        problems.add(None, None, what, f"it is declared as {declared.type}")

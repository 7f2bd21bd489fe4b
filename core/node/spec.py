"""What a node's signature says, read once."""

import inspect
import typing
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pydantic

from motionloom.core.data.artifact import Artifact
from motionloom.core.data.storage import type_name
from motionloom.core.errors import PluginError
from motionloom.core.node.context import Context
from motionloom.core.node.docstring import Documentation, read_docstring
from motionloom.core.node.files import Role, file_role

DECLARATION = "__motionloom_node__"
REQUIRED = inspect.Parameter.empty
RESERVED = frozenset({"node", "use"})


@dataclass(frozen=True)
class Declaration:
    """What `@node` was told."""

    name: str
    version: int
    cache: bool
    weights: Path | None
    reads: Callable[..., Iterable[Path]] | None


@dataclass(frozen=True)
class Port:
    """An input that another node feeds.

    Args:
        name: as in the signature.
        type: what it accepts: of each reference where `many`.
        optional: whether it may stay unconnected.
        many: whether it takes a list of references.
        help: from the docstring.
    """

    name: str
    type: Any
    optional: bool
    many: bool
    help: str = ""


@dataclass(frozen=True)
class Parameter:
    """A value that the graph gives.

    Args:
        name: as in the signature.
        annotation: its type.
        default: `REQUIRED` where there is none.
        help: from the docstring.
    """

    name: str
    annotation: Any
    default: Any
    help: str = ""

    @property
    def required(self) -> bool:
        """Whether a graph must give it."""
        return self.default is REQUIRED

    @cached_property
    def role(self) -> Role | None:
        """What the parameter does with a file, if it is a path."""
        return file_role(self.annotation)

    @cached_property
    def plain_default(self) -> Any:
        """The default as JSON, for the cache key."""
        return None if self.required else self.adapter.dump_python(self.default, mode="json")

    @cached_property
    def adapter(self) -> pydantic.TypeAdapter[Any]:
        """The validator of its annotation."""
        return pydantic.TypeAdapter(self.annotation)


@dataclass(frozen=True)
class Output:
    """Something that the node returns; `name` is None for the one unnamed output."""

    name: str | None
    type: Any


@dataclass(frozen=True)
class NodeSpec:
    """A node as the graph language sees it."""

    name: str
    version: int
    function: Callable[..., Any]
    ports: tuple[Port, ...]
    parameters: tuple[Parameter, ...]
    returns: Any
    outputs: tuple[Output, ...]
    context: str | None
    cache: bool
    weights: Path | None
    reads: Callable[..., Iterable[Path]] | None
    doc: Documentation

    @cached_property
    def output_parameter(self) -> str | None:
        """The parameter that says where the node writes, if it writes."""
        return next((parameter.name for parameter in self.parameters if parameter.role == "output"), None)

    @cached_property
    def port_names(self) -> dict[str, Port]:
        """Ports by name."""
        return {port.name: port for port in self.ports}

    @cached_property
    def parameter_names(self) -> dict[str, Parameter]:
        """Parameters by name."""
        return {parameter.name: parameter for parameter in self.parameters}

    @cached_property
    def writes_files(self) -> bool:
        """Whether the node writes below the output root."""
        return self.output_parameter is not None


@cache
def spec_of(function: Callable[..., Any]) -> NodeSpec:
    """The spec of a function decorated with `@node`.

    Raises:
        PluginError: it is not decorated, or its signature breaks the contract.
    """
    declaration = getattr(function, DECLARATION, None)
    if declaration is None:
        name = getattr(function, "__qualname__", repr(function))
        raise PluginError(f"{name} is not a node", remedy="decorate it with @node(...)")
    return _read_signature(function, declaration)


def _read_signature(function: Callable[..., Any], declaration: Declaration) -> NodeSpec:
    signature = inspect.signature(function)
    hints = _hints(function, declaration.name)
    doc = read_docstring(function)
    ports, parameters, context = [], [], None
    for name, parameter in signature.parameters.items():
        if name not in hints:
            raise _broken(declaration.name, f"its parameter {name!r} has no annotation")
        if name in RESERVED:
            raise _broken(declaration.name, f"its parameter may not be called {name!r}")
        if hints[name] is Context:
            context = name
        elif parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            parameters.append(_parameter(parameter, hints[name], doc, declaration.name))
        else:
            ports.append(_port(parameter, hints[name], doc, declaration.name))
    if "return" not in hints or hints["return"] is type(None):
        raise _broken(declaration.name, "it has no return annotation, so nothing could follow it")
    _check_outputs(declaration.name, parameters, hints["return"])
    return NodeSpec(
        name=declaration.name,
        version=declaration.version,
        function=function,
        ports=tuple(ports),
        parameters=tuple(parameters),
        returns=hints["return"],
        outputs=_outputs(hints["return"]),
        context=context,
        cache=declaration.cache,
        weights=declaration.weights,
        reads=declaration.reads,
        doc=doc,
    )


def _hints(function: Callable[..., Any], name: str) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function, include_extras=True)
    except Exception as error:
        raise _broken(name, f"its annotations cannot be read: {error}") from error


def _broken(name: str, reason: str) -> PluginError:
    return PluginError(f"node {name} breaks the node contract: {reason}")


def _port(parameter: inspect.Parameter, annotation: Any, doc: Documentation, node: str) -> Port:
    if parameter.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
        raise _broken(node, f"*{parameter.name} cannot be a port; use Sequence[...]")
    optional = parameter.default is None
    if parameter.default is not REQUIRED and not optional:
        raise _broken(node, f"port {parameter.name!r} may only default to None; make it keyword-only to be a parameter")
    accepted = _without_none(annotation) if optional else annotation
    many = typing.get_origin(accepted) is Sequence
    element = typing.get_args(accepted)[0] if many else accepted
    return Port(parameter.name, element, optional, many, doc.arguments.get(parameter.name, ""))


def _without_none(annotation: Any) -> Any:
    members = [member for member in typing.get_args(annotation) if member is not type(None)]
    return members[0] if len(members) == 1 and type(None) in typing.get_args(annotation) else annotation


def _parameter(parameter: inspect.Parameter, annotation: Any, doc: Documentation, node: str) -> Parameter:
    try:
        pydantic.TypeAdapter(annotation)
    except pydantic.errors.PydanticSchemaGenerationError as error:
        reason = f"parameter {parameter.name!r} is a {type_name(annotation)}, which YAML cannot give"
        raise _broken(node, reason) from error
    return Parameter(parameter.name, annotation, parameter.default, doc.arguments.get(parameter.name, ""))


def _check_outputs(name: str, parameters: list[Parameter], returns: Any) -> None:
    written = [parameter.name for parameter in parameters if parameter.role == "output"]
    if len(written) > 1:
        raise _broken(name, "it has several OutputFile parameters; write several files beside one")
    if written and returns is not Artifact:
        raise _broken(name, f"it writes {written[0]!r} but does not return an Artifact")


def _outputs(returns: Any) -> tuple[Output, ...]:
    if isinstance(returns, type) and issubclass(returns, tuple) and hasattr(returns, "_fields"):
        hints = typing.get_type_hints(returns, include_extras=True)
        return tuple(Output(name, hints[name]) for name in returns._fields)
    return (Output(None, returns),)

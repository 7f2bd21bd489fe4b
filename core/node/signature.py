"""What a node's signature says, read once, and what it may not say."""

import inspect
import typing
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import pydantic

from motionloom.core.data.artifact import Artifact
from motionloom.core.data.storage import type_name
from motionloom.core.errors import PluginError
from motionloom.core.node.context import Context
from motionloom.core.node.docstring import Documentation, read_docstring
from motionloom.core.node.files import file_role
from motionloom.core.node.spec import DECLARATION, REQUIRED, Declaration, NodeSpec, Output, Parameter, Port

RESERVED = frozenset({"node", "use"})


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
    return _Reader(function, declaration).read()


class _Reader:
    def __init__(self, function: Callable[..., Any], declaration: Declaration) -> None:
        self.function = function
        self.declaration = declaration

    def read(self) -> NodeSpec:
        self.refuse_what_is_no_plain_function()
        hints, doc = self.hints(), read_docstring(self.function)
        ports, parameters, contexts = [], [], []
        for name, parameter in inspect.signature(self.function).parameters.items():
            annotation = self.annotation(parameter, hints)
            if annotation is Context:
                contexts.append(name)
            elif parameter.kind is inspect.Parameter.KEYWORD_ONLY:
                parameters.append(self.parameter(parameter, annotation, doc))
            else:
                ports.append(self.port(parameter, annotation, doc))
        if len(contexts) > 1:
            raise self.broken(f"{contexts[0]!r} and {contexts[1]!r} are both its context")
        outputs = self.outputs(hints)
        self.check_what_it_writes(parameters, hints["return"])
        self.check_what_it_reads(parameters)
        return NodeSpec(
            name=self.declaration.name,
            version=self.declaration.version,
            function=self.function,
            ports=tuple(ports),
            parameters=tuple(parameters),
            returns=hints["return"],
            outputs=outputs,
            context=contexts[0] if contexts else None,
            cache=self.declaration.cache,
            weights=self.declaration.weights,
            reads=self.declaration.reads,
            doc=doc,
        )

    def broken(self, reason: str) -> PluginError:
        return PluginError(f"node {self.declaration.name} breaks the node contract: {reason}")

    def refuse_what_is_no_plain_function(self) -> None:
        if not inspect.isroutine(self.function):
            raise self.broken(f"it is a {type(self.function).__name__}, not a function")
        if inspect.iscoroutinefunction(self.function) or inspect.isgeneratorfunction(self.function):
            raise self.broken("it is asynchronous or a generator; return the result")

    def hints(self) -> dict[str, Any]:
        try:
            return typing.get_type_hints(self.function, include_extras=True)
        except Exception as error:
            raise self.broken(f"its annotations cannot be read: {error}") from error

    def annotation(self, parameter: inspect.Parameter, hints: dict[str, Any]) -> Any:
        name = parameter.name
        if name not in hints:
            raise self.broken(f"its parameter {name!r} has no annotation")
        if name in RESERVED:
            raise self.broken(f"its parameter may not be called {name!r}")
        if Context in typing.get_args(hints[name]):
            raise self.broken(f"{name!r} is a {type_name(hints[name])}; annotate it as Context, it is always given")
        if parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
            raise self.broken(f"{name!r} is positional-only, but graphs give it by name; remove the /")
        return hints[name]

    def port(self, parameter: inspect.Parameter, annotation: Any, doc: Documentation) -> Port:
        name = parameter.name
        if parameter.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
            raise self.broken(f"*{name} cannot be a port; use Sequence[...]")
        optional = parameter.default is None
        if parameter.default is not REQUIRED and not optional:
            raise self.broken(f"port {name!r} may only default to None; make it keyword-only to be a parameter")
        if file_role(annotation) is not None:
            raise self.broken(f"port {name!r} is a path; make it keyword-only to be a parameter")
        accepted = _without_none(annotation) if optional else annotation
        many = typing.get_origin(accepted) is Sequence
        element = typing.get_args(accepted)[0] if many else accepted
        return Port(name, element, optional, many, doc.arguments.get(name, ""))

    def parameter(self, parameter: inspect.Parameter, annotation: Any, doc: Documentation) -> Parameter:
        made = Parameter(parameter.name, annotation, parameter.default, doc.arguments.get(parameter.name, ""))
        try:
            made.adapter.json_schema()
        except pydantic.errors.PydanticUserError as error:
            reason = f"parameter {made.name!r} is a {type_name(annotation)}, which YAML cannot give"
            raise self.broken(reason) from error
        self.check_default(made)
        return made

    def check_default(self, parameter: Parameter) -> None:
        if parameter.required:
            return
        try:
            parameter.adapter.validate_python(parameter.default, strict=True)
        except pydantic.ValidationError as error:
            about = f"the default of parameter {parameter.name!r} is {parameter.default!r}"
            raise self.broken(f"{about}, which is not {type_name(parameter.annotation)}") from error

    def check_what_it_writes(self, parameters: list[Parameter], returns: Any) -> None:
        written = [parameter for parameter in parameters if parameter.role == "output"]
        if len(written) > 1:
            raise self.broken("it has several OutputFile parameters; write several files beside one")
        if written and returns is not Artifact:
            raise self.broken(f"it writes {written[0].name!r} but does not return an Artifact")
        if written and type(None) in typing.get_args(written[0].annotation):
            raise self.broken(f"{written[0].name!r} may be None, so it might write anywhere; annotate it as OutputFile")

    def check_what_it_reads(self, parameters: list[Parameter]) -> None:
        if self.declaration.reads is None:
            return
        try:
            inspect.signature(self.declaration.reads).bind(**{parameter.name: None for parameter in parameters})
        except TypeError as error:
            raise self.broken(f"reads= does not take its parameters: {error}") from error

    def outputs(self, hints: dict[str, Any]) -> tuple[Output, ...]:
        returns = hints.get("return", type(None))
        if returns is type(None):
            raise self.broken("it has no return annotation, so nothing could follow it")
        if not (isinstance(returns, type) and issubclass(returns, tuple) and hasattr(returns, "_fields")):
            return (Output(None, returns),)
        if not returns._fields:
            raise self.broken(f"it returns a {returns.__name__}, which has no fields")
        named = typing.get_type_hints(returns, include_extras=True)
        return tuple(Output(name, named[name]) for name in returns._fields)


def _without_none(annotation: Any) -> Any:
    members = [member for member in typing.get_args(annotation) if member is not type(None)]
    return members[0] if len(members) == 1 and type(None) in typing.get_args(annotation) else annotation

"""A node as the graph language sees it."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pydantic

from motionloom.core.node.docstring import Documentation
from motionloom.core.node.files import Role, file_role

DECLARATION = "__motionloom_node__"
REQUIRED = inspect.Parameter.empty


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
        many: whether it takes several references: to values of that type, or to lists of them.
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

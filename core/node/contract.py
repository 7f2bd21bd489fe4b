"""The decorator that makes a typed function a node."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from motionloom.core.errors import PluginError
from motionloom.core.node.spec import DECLARATION, Declaration

Function = TypeVar("Function", bound=Callable[..., Any])

NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


def node(
    name: str,
    *,
    version: int = 1,
    cache: bool = True,
    weights: Path | None = None,
    reads: Callable[..., Iterable[Path]] | None = None,
) -> Callable[[Function], Function]:
    """Make a typed function a node of the graph language.

    Positional parameters are input ports (a default of None makes one optional, `Sequence[T]`
    takes any number of references); keyword-only ones are parameters, validated by their annotation;
    the return annotation is the output, a NamedTuple gives several named ones. A parameter
    `ctx: Context` receives the run's context. The function itself is returned and stays callable.

    Args:
        name: `family.verb`, lower case, as graphs spell it.
        version: raise it whenever the same inputs would give another result; it is part of the
            cache key.
        cache: False for a node that is cheaper to run than to load from disk.
        weights: a safetensors file that the node reads; its contents are part of the cache key.
        reads: called with the node's parameters as keywords, gives the further files that the node
            will read (a skeleton beside a motion); their contents are part of the cache key.

    Raises:
        PluginError: the name is not of that form, the version not a positive integer, weights not a path or
            reads not a function.
    """
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise PluginError(f"{name!r} is not a node name", remedy="use family.verb in lower case, like read.bvh")
    if type(version) is not int or version < 1:
        raise PluginError(f"node {name} has version {version!r}", remedy="count versions from 1")
    if weights is not None and not isinstance(weights, Path):
        raise PluginError(f"node {name} has weights {weights!r}", remedy="give a pathlib.Path")
    if reads is not None and not callable(reads):
        raise PluginError(f"node {name} has reads {reads!r}", remedy="give a function of the node's parameters")

    def declare(function: Function) -> Function:
        setattr(function, DECLARATION, Declaration(name, version, cache, weights, reads))
        return function

    return declare

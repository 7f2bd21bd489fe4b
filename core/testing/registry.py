"""A registry of a few functions, for running graphs in tests without installing anything."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from motionloom.core.node import hookimpl
from motionloom.core.registry.loading import Loaded, Provider, load_plugins
from motionloom.core.registry.registry import Registry, build_registry


def registry_of(*functions: Callable[..., Any], builtin: bool = False) -> Registry:
    """A registry that holds these node functions.

    Args:
        functions: decorated with `@node`.
        builtin: whether the installed plugins are there as well.

    Raises:
        AssertionError: a function breaks the contract; says how.
    """
    plugin = SimpleNamespace(motionloom_nodes=hookimpl(lambda: functions))
    loaded = [Loaded(Provider("under test", "under-test", "1"), plugin)]
    registry = build_registry([*(load_plugins() if builtin else []), *loaded])
    broken = [provider.error for provider in registry.broken if provider.name == "under test"]
    assert not broken, broken[0]
    return registry

"""Guarded loading of plugins: one that cannot be imported is listed and harms nothing."""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

from motionloom.core.registry.sources import editable_digest

ENTRY_POINT_GROUP = "motionloom.plugins"
ALLOWED = "MOTIONLOOM_PLUGINS"
"""Environment variable: a comma-separated list of the distributions whose plugins may load."""

FAILURES = (Exception, SystemExit)
"""What a plugin's code may raise; none of it may stop the others. An interrupt is the user's."""


@dataclass(frozen=True)
class Provider:
    """A plugin: an entry point of an installed distribution.

    Args:
        name: of the entry point.
        distribution: that declares it.
        version: of that distribution; part of the cache key of its nodes.
        error: why it could not be loaded, None where it could.
        source: digest of its code where it is installed for editing, else empty; part of the cache
            key of its nodes as well.
    """

    name: str
    distribution: str
    version: str
    error: str | None = None
    source: str = ""


@dataclass(frozen=True)
class Loaded:
    """A provider with its imported plugin object; None where loading failed."""

    provider: Provider
    plugin: ModuleType | Any | None


def load_plugins(points: Iterable[EntryPoint] | None = None) -> list[Loaded]:
    """Import every plugin entry point that the allow-list admits, built-in ones first.

    Args:
        points: entry points to load instead of the installed ones.
    """
    chosen = list(entry_points(group=ENTRY_POINT_GROUP) if points is None else points)
    allowed = allowed_distributions()
    loaded = [_load(point, allowed) for point in chosen]
    return sorted(loaded, key=lambda one: (one.provider.distribution != "motionloom", one.provider.name))


def allowed_distributions() -> Callable[[str], bool]:
    """Whether `MOTIONLOOM_PLUGINS` admits a distribution; the built-in one always is."""
    listed = os.environ.get(ALLOWED)
    if listed is None:
        return lambda distribution: True
    names = {canonical(name) for name in ["motionloom", *listed.split(",")]}
    return lambda distribution: canonical(distribution) in names


def canonical(distribution: str) -> str:
    """A distribution's name as registries compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", distribution.strip()).lower()


def _load(point: EntryPoint, allowed: Callable[[str], bool]) -> Loaded:
    distribution, version = _origin(point)
    if not allowed(distribution):
        return Loaded(Provider(point.name, distribution, version, f"not in {ALLOWED}"), None)
    try:
        plugin = point.load()
        source = editable_digest(point.dist, plugin)
    except FAILURES as error:
        return Loaded(Provider(point.name, distribution, version, describe(error)), None)
    return Loaded(Provider(point.name, distribution, version, source=source), plugin)


def _origin(point: EntryPoint) -> tuple[str, str]:
    # Without metadata, which an interrupted installation leaves behind, both are None.
    return getattr(point.dist, "name", None) or "unknown", getattr(point.dist, "version", None) or "0"


def describe(error: BaseException) -> str:
    """An exception as one line: its class and first line."""
    text = str(error).strip()
    return f"{type(error).__name__}: {text.splitlines()[0]}" if text else type(error).__name__

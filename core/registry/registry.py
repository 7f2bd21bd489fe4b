"""All nodes and pipelines that the installed plugins bring."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

import pluggy

from motionloom.core.errors import PluginError
from motionloom.core.node import NodeSpec, spec_of
from motionloom.core.node.hooks import PROJECT
from motionloom.core.registry import hookspecs
from motionloom.core.registry.loading import FAILURES, Loaded, Provider, describe, load_plugins

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """A node and the plugin that brings it."""

    spec: NodeSpec
    provider: Provider


@dataclass
class Registry:
    """Nodes by name, pipelines by stem, and every plugin, the broken ones included."""

    nodes: dict[str, Entry] = field(default_factory=dict)
    pipelines: dict[str, Path] = field(default_factory=dict)
    providers: list[Provider] = field(default_factory=list)
    hooks: pluggy.PluginManager = field(default_factory=lambda: _plugin_manager())

    def node(self, name: str) -> Entry:
        """The node called `name`.

        Raises:
            PluginError: there is none; names the nearest ones, and the broken plugins that might
                have brought it.
        """
        if name in self.nodes:
            return self.nodes[name]
        raise PluginError(f"there is no node {name!r}", remedy=self.suggestion(name))

    def suggestion(self, name: str) -> str:
        """What to do about an unknown node name."""
        near = get_close_matches(name, self.nodes, n=1)
        listed = "; ".join(f"{one.name} ({one.distribution} {one.version}): {one.error}" for one in self.broken)
        remedies = [f"did you mean {near[0]!r}?"] if near else []
        remedies += [f"it may belong to a plugin that could not be loaded: {listed}"] if listed else []
        return " ".join(remedies) or "`motionloom nodes` lists the installed ones"

    @property
    def broken(self) -> list[Provider]:
        """Plugins that could not be loaded, with their errors."""
        return [provider for provider in self.providers if provider.error is not None]

    @property
    def observed(self) -> bool:
        """Whether a plugin observes runs."""
        return bool(self.hooks.hook.motionloom_event.get_hookimpls())

    def notify(self, event: Mapping[str, Any]) -> None:
        """Pass an event of a run to the plugins that observe it; theirs is not to break the run."""
        for implementation in self.hooks.hook.motionloom_event.get_hookimpls():
            try:
                implementation.function(*[event for _ in implementation.argnames])
            except FAILURES as error:
                self._retire(implementation.plugin, implementation.plugin_name, f"observing a run: {describe(error)}")

    def _retire(self, plugin: Any, name: str, reason: str) -> None:
        self.hooks.unregister(plugin)
        LOG.warning("motionloom: plugin %s observes no longer, since it failed %s", name, reason)
        self.providers = [
            replace(provider, error=f"failed {reason}") if _hook_name(provider) == name else provider
            for provider in self.providers
        ]

    def add(self, loaded: Loaded) -> None:
        """Register one plugin's nodes, pipelines and hooks; on any error list it as broken instead."""
        if loaded.plugin is None:
            self.providers.append(loaded.provider)
            return
        try:
            self._register(loaded)
        except FAILURES as error:
            if self.hooks.has_plugin(_hook_name(loaded.provider)):
                self.hooks.unregister(name=_hook_name(loaded.provider))
            self.providers.append(replace(loaded.provider, error=describe(error)))

    def _register(self, loaded: Loaded) -> None:
        _refuse_unmarked_hooks(loaded.plugin)
        self.hooks.register(loaded.plugin, name=_hook_name(loaded.provider))
        self.hooks.check_pending()
        nodes, pipelines = self._nodes_of(loaded), _pipelines_of(loaded.plugin)
        self._refuse_duplicates("node", nodes, self.nodes)
        self._refuse_duplicates("pipeline", pipelines, self.pipelines)
        self.nodes.update(nodes)
        self.pipelines.update(pipelines)
        self.providers.append(loaded.provider)

    def _nodes_of(self, loaded: Loaded) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        for function in _call(loaded.plugin, "motionloom_nodes"):
            spec = spec_of(function)
            self._refuse_duplicates("node", {spec.name: None}, entries)
            entries[spec.name] = Entry(spec, loaded.provider)
        return entries

    def _refuse_duplicates(self, kind: str, new: Mapping[str, Any], known: Mapping[str, Any]) -> None:
        for name in new:
            if name in known:
                owner = known[name].provider.distribution if isinstance(known[name], Entry) else "another plugin"
                raise PluginError(f"{kind} {name!r} exists already, from {owner}", remedy="give it another name")


def _plugin_manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    return manager


def _hook_name(provider: Provider) -> str:
    return f"{provider.distribution}:{provider.name}"


def _refuse_unmarked_hooks(plugin: Any) -> None:
    """Refuse a hook without its mark: pluggy would never call it, and nobody would know why."""
    for name in vars(hookspecs):
        unmarked = name.startswith(f"{PROJECT}_") and not hasattr(getattr(plugin, name, None), f"{PROJECT}_impl")
        if unmarked and hasattr(plugin, name):
            raise PluginError(f"{name} is not marked as a hook", remedy="decorate it with @hookimpl")


def _pipelines_of(plugin: Any) -> dict[str, Path]:
    pipelines: dict[str, Path] = {}
    for path in _call(plugin, "motionloom_pipelines"):
        if not isinstance(path, Path) or not path.is_file():
            raise PluginError(f"motionloom_pipelines gives {path!r}, which is no file", remedy="give absolute paths")
        if path.stem in pipelines:
            raise PluginError(f"it gives two pipelines called {path.stem!r}", remedy="rename one of them")
        pipelines[path.stem] = path
    return pipelines


def _call(plugin: Any, hook: str) -> list[Any]:
    implementation: Callable[[], Any] | None = getattr(plugin, hook, None)
    return list(implementation() or ()) if implementation is not None else []


def build_registry(plugins: list[Loaded]) -> Registry:
    """A registry of these plugins."""
    registry = Registry()
    for loaded in plugins:
        registry.add(loaded)
    return registry


@lru_cache(maxsize=1)
def installed_registry() -> Registry:
    """The registry of the plugins installed in this environment, built once a process."""
    return build_registry(load_plugins())

"""All nodes and pipelines that the installed plugins bring."""

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
from motionloom.core.registry.loading import Loaded, Provider, describe, load_plugins


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
        broken = self.broken
        if near:
            return f"did you mean {near[0]!r}?"
        if broken:
            listed = "; ".join(f"{one.name} ({one.distribution} {one.version}): {one.error}" for one in broken)
            return f"it may belong to a plugin that could not be loaded: {listed}"
        return "`motionloom nodes` lists the installed ones"

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
                implementation.function(event)
            except Exception as error:
                self._retire(implementation.plugin, error)

    def _retire(self, plugin: Any, error: Exception) -> None:
        self.hooks.unregister(plugin)
        self.providers = [
            replace(provider, error=f"observing a run: {describe(error)}")
            if provider.name == getattr(plugin, "__motionloom_provider__", None)
            else provider
            for provider in self.providers
        ]

    def add(self, loaded: Loaded) -> None:
        """Register one plugin's nodes, pipelines and hooks; on any error list it as broken instead."""
        if loaded.plugin is None:
            self.providers.append(loaded.provider)
            return
        try:
            self._register(loaded)
        except Exception as error:
            if self.hooks.is_registered(loaded.plugin):
                self.hooks.unregister(loaded.plugin)
            self.providers.append(replace(loaded.provider, error=describe(error)))

    def _register(self, loaded: Loaded) -> None:
        self.hooks.register(loaded.plugin, name=f"{loaded.provider.distribution}:{loaded.provider.name}")
        self.hooks.check_pending()
        nodes = self._nodes_of(loaded)
        pipelines = {path.stem: path for path in _call(loaded.plugin, "motionloom_pipelines")}
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

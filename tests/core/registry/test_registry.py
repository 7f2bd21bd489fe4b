"""What plugins bring, and what becomes of those that break the rules."""

import logging
from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from motionloom.core.data import Motion
from motionloom.core.errors import PluginError
from motionloom.core.node import hookimpl, node
from motionloom.core.registry import Registry, hookspecs
from motionloom.core.registry.loading import Loaded, Provider, load_plugins
from motionloom.core.registry.registry import build_registry

ROOT = Path(__file__).parents[3]
HOOKS = sorted(name for name in vars(hookspecs) if name.startswith("motionloom_"))


@node("studio.same")
def same(motion: Motion) -> Motion:
    """Give it back."""
    return motion


@node("studio.same")
def another(motion: Motion) -> Motion:
    """Give it back as well."""
    return motion


@node("studio.no_annotation")
def broken(motion) -> Motion:  # type: ignore[no-untyped-def]
    """A breach of the contract."""
    return motion


def plugin(**hooks: Any) -> SimpleNamespace:
    return SimpleNamespace(**{name: hookimpl(function) for name, function in hooks.items()})


def bringing(*functions: Callable[..., Any]) -> SimpleNamespace:
    return plugin(motionloom_nodes=lambda: list(functions))


def registry(*plugins: Any) -> Registry:
    return build_registry([Loaded(Provider(f"p{i}", f"dist-{i}", f"{i}.0"), one) for i, one in enumerate(plugins)])


def gone() -> Iterable[Any]:
    raise SystemExit(3)


def fails() -> Iterable[Any]:
    raise RuntimeError("no licence\nsecond line")


def test_nodes_are_known_by_name_with_the_plugin_that_brings_them() -> None:
    entry = registry(bringing(same)).node("studio.same")
    assert entry.spec.function is same
    assert entry.provider == Provider("p0", "dist-0", "0.0")


def test_pipelines_are_known_by_their_stem(tmp_path: Path) -> None:
    graph = tmp_path / "walk.yaml"
    graph.touch()
    assert registry(plugin(motionloom_pipelines=lambda: [graph])).pipelines == {"walk": graph}


BROKEN: dict[str, tuple[Any, str]] = {
    "a node that breaks the contract": (
        bringing(same, broken),
        "PluginError: node studio.no_annotation breaks the node contract: its parameter 'motion' has no annotation",
    ),
    "a function that is no node": (bringing(test_pipelines_are_known_by_their_stem), "is not a node; decorate it"),
    "a thing that is no function": (bringing(3), "PluginError: 3 is not a node"),  # type: ignore[arg-type]
    "the same node twice": (bringing(same, another), "node 'studio.same' exists already, from dist-1"),
    "a hook that raises": (plugin(motionloom_nodes=fails), "RuntimeError: no licence"),
    "a hook that leaves the process": (plugin(motionloom_nodes=gone), "SystemExit: 3"),
    "a hook that gives no list": (plugin(motionloom_nodes=lambda: same), "'function' object is not iterable"),
    "a hook of another name": (plugin(motionloom_knots=lambda: []), "unknown hook 'motionloom_knots'"),
    "a hook with another parameter": (
        plugin(motionloom_event=lambda message: None),
        "PluginValidationError: Plugin 'dist-1:p1' for hook 'motionloom_event'",
    ),
    "a hook without its mark": (
        SimpleNamespace(motionloom_event=print),
        "PluginError: motionloom_event is not marked as a hook; decorate it with @hookimpl",
    ),
    "a pipeline that is no path": (
        plugin(motionloom_pipelines=lambda: ["walk.yaml"]),
        "PluginError: motionloom_pipelines gives 'walk.yaml', which is no file; give absolute paths",
    ),
    "a pipeline that is not there": (plugin(motionloom_pipelines=lambda: [Path("gone.yaml")]), "which is no file"),
}  # fmt: skip


@pytest.mark.parametrize(("bad", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_a_plugin_that_breaks_the_rules_is_listed_with_its_reason_and_harms_nothing(bad: Any, reason: str) -> None:
    @node("studio.other")
    def other(motion: Motion) -> Motion:
        """Something that works."""
        return motion

    heard: list[Any] = []
    known = registry(plugin(motionloom_event=lambda event: heard.append(event)), bad, bringing(other))
    assert [(one.name, one.distribution, one.version) for one in known.broken] == [("p1", "dist-1", "1.0")]
    assert reason in str(known.broken[0].error)
    assert "\n" not in str(known.broken[0].error)
    assert set(known.nodes) == {"studio.other"}
    known.notify({"event": "run.started"})
    assert heard == [{"event": "run.started"}]


def test_a_plugin_that_repeats_a_node_of_another_brings_none_of_its_own() -> None:
    @node("studio.new")
    def new(motion: Motion) -> Motion:
        """Something new."""
        return motion

    known = registry(bringing(same), bringing(new, another))
    assert known.node("studio.same").spec.function is same
    assert set(known.nodes) == {"studio.same"}
    assert [one.error for one in known.broken] == [
        "PluginError: node 'studio.same' exists already, from dist-0; give it another name"
    ]


def test_a_plugin_that_repeats_a_pipeline_is_listed(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "walk.yaml").touch()
    first, second = (plugin(motionloom_pipelines=lambda f=f: [tmp_path / f / "walk.yaml"]) for f in ("a", "b"))
    known = registry(first, second)
    assert known.pipelines == {"walk": tmp_path / "a" / "walk.yaml"}
    assert "pipeline 'walk' exists already" in str(known.broken[0].error)
    twice = registry(plugin(motionloom_pipelines=lambda: [tmp_path / f / "walk.yaml" for f in ("a", "b")]))
    assert "two pipelines called 'walk'" in str(twice.broken[0].error)


def test_a_module_registered_twice_stays_registered_once() -> None:
    heard: list[Any] = []
    both = plugin(motionloom_event=lambda event: heard.append(event), motionloom_nodes=lambda: [same])
    known = registry(both, both)
    assert [one.name for one in known.broken] == ["p1"]
    known.notify({"event": "x"})
    assert heard == [{"event": "x"}]


@pytest.mark.parametrize("failure", [ValueError("disk full"), SystemExit(1)])
def test_a_raising_observer_is_retired_and_said_so(failure: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Any] = []

    def listen(event: Any) -> None:
        heard.append(event)
        raise failure

    quiet: list[Any] = []
    known = registry(plugin(motionloom_event=listen), plugin(motionloom_event=lambda event: quiet.append(event)))
    with caplog.at_level(logging.WARNING):
        known.notify({"event": "first"})
        known.notify({"event": "second"})
    assert len(heard) == 1
    assert len(quiet) == 2
    assert [(one.name, str(one.error)[:22]) for one in known.broken] == [("p0", "failed observing a run")]
    assert "plugin dist-0:p0 observes no longer" in caplog.text


def test_an_observer_need_not_look_at_the_event() -> None:
    calls: list[int] = []
    known = registry(plugin(motionloom_event=lambda: calls.append(1)))
    assert known.observed
    known.notify({"event": "x"})
    assert (calls, known.broken) == ([1], [])


def test_nobody_observes_where_no_plugin_asks_to() -> None:
    assert not registry(bringing(same)).observed


def test_an_unknown_node_names_the_nearest_one() -> None:
    with pytest.raises(PluginError, match=r"there is no node 'studio.sane'; did you mean 'studio.same'\?$"):
        registry(bringing(same)).node("studio.sane")


def test_an_unknown_node_names_the_plugins_that_might_have_brought_it() -> None:
    known = registry(bringing(same), plugin(motionloom_nodes=fails))
    broken_plugin = r"it may belong to a plugin that could not be loaded: p1 \(dist-1 1.0\): RuntimeError: no licence"
    with pytest.raises(PluginError, match=rf"'studio.some'; did you mean 'studio.same'\? {broken_plugin}$"):
        known.node("studio.some")
    with pytest.raises(PluginError, match=f"'walk.far'; {broken_plugin}$"):
        known.node("walk.far")


def test_an_unknown_node_with_nothing_near_says_where_to_look() -> None:
    with pytest.raises(PluginError, match="; `motionloom nodes` lists the installed ones"):
        registry(bringing(same)).node("walk.far")


def test_every_hook_is_exercised() -> None:
    exercised: set[str] = set()
    giving = {"motionloom_nodes": [same], "motionloom_pipelines": [], "motionloom_event": None}
    hooks = {name: lambda name=name: exercised.add(name) or giving[name] for name in HOOKS}
    registry(plugin(**hooks)).notify({"event": "x"})
    assert sorted(exercised) == HOOKS


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_documented(hook: str) -> None:
    page = ROOT / "docs" / "plugin-authors.md"
    assert f"`{hook}" in page.read_text()
    assert getattr(hookspecs, hook).__doc__.strip().count("\n") == 0


def test_built_in_plugins_come_first() -> None:
    points = [EntryPoint(name, "json", "motionloom.plugins") for name in ("b", "a")]
    assert [one.provider.name for one in load_plugins(points)] == ["a", "b"]

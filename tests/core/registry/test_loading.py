"""Plugins of installed distributions: real dist-info folders on the path, as pip leaves them."""

import json
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint, PathDistribution
from pathlib import Path
from typing import Any

import pytest

from motionloom.core.registry.loading import Loaded, describe, load_plugins

NODES = """
from motionloom.core.data import Motion
from motionloom.core.node import hookimpl, node

@node("{name}.same")
def same(motion: Motion) -> Motion:
    \"\"\"Give it back.\"\"\"
    return motion

@hookimpl
def motionloom_nodes():
    return [same]
"""


def install(
    folder: Path, distribution: str, source: str, *, entry: str = "", files: dict[str, str] | None = None
) -> None:
    """Lay a distribution with one module and one entry point into a folder."""
    module = distribution.replace("-", "_").lower()
    info = folder / f"{module}-1.5.dist-info"
    info.mkdir(parents=True)
    (folder / f"{module}.py").write_text(source)
    metadata = {
        "METADATA": f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.5\n",
        "entry_points.txt": f"[motionloom.plugins]\n{module} = {entry or module}\n",
    }
    for name, text in {**metadata, **(files or {})}.items():
        (info / name).write_text(text)


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Loaded]]:
    """Loads the distributions of a folder, which the test fills; modules are forgotten afterwards."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path))

    def load() -> dict[str, Loaded]:
        found = sorted(tmp_path.glob("*.dist-info"))
        points = [point for info in found for point in PathDistribution(info).entry_points]
        return {one.provider.name: one for one in load_plugins(points)}

    yield load
    for name in set(sys.modules) - before:
        del sys.modules[name]


BROKEN = {
    "an import that fails": ("import a_library_that_nobody_has", "ModuleNotFoundError: No module named 'a_library"),
    "an import that raises": ("raise OSError('no licence server\\nat all')", "OSError: no licence server"),
    "an import that leaves": ("import sys; sys.exit('bye')", "SystemExit: bye"),
    "a syntax error": ("def f(:\n", "SyntaxError: invalid syntax"),
    "an import that says nothing": ("assert False", "AssertionError"),
    "an import without end": ("def f(): f()\nf()", "RecursionError: maximum recursion depth"),
}


@pytest.mark.parametrize(("source", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_a_plugin_that_cannot_be_imported_is_listed_and_harms_nothing(
    source: str, reason: str, tmp_path: Path, studio: Callable[[], dict[str, Loaded]]
) -> None:
    install(tmp_path, "Broken-Studio", source)
    install(tmp_path, "good-studio", NODES.format(name="good"))
    loaded = studio()
    broken = loaded["broken_studio"]
    assert broken.plugin is None
    assert (broken.provider.distribution, broken.provider.version) == ("Broken-Studio", "1.5")
    assert str(broken.provider.error).startswith(reason)
    assert "\n" not in str(broken.provider.error)
    assert loaded["good_studio"].provider.error is None


def test_an_entry_point_to_nothing_is_listed(tmp_path: Path, studio: Callable[[], dict[str, Loaded]]) -> None:
    install(tmp_path, "lost", "x = 1", entry="lost:plugin")
    assert studio()["lost"].provider.error == "AttributeError: module 'lost' has no attribute 'plugin'"


def test_a_distribution_without_metadata_is_loaded_all_the_same(
    tmp_path: Path, studio: Callable[[], dict[str, Loaded]]
) -> None:
    install(tmp_path, "bare", NODES.format(name="bare"), files={"METADATA": ""})
    provider = studio()["bare"].provider
    assert (provider.distribution, provider.version, provider.error) == ("unknown", "0", None)


def test_an_entry_point_of_no_distribution_is_of_an_unknown_one() -> None:
    (loaded,) = load_plugins([EntryPoint("x", "json", "motionloom.plugins")])
    assert (loaded.provider.distribution, loaded.provider.version) == ("unknown", "0")


@pytest.mark.parametrize("allowed", ["good-studio", " Good_Studio , other", "other,GOOD.STUDIO"])
def test_only_distributions_on_the_allow_list_are_imported(
    allowed: str, tmp_path: Path, studio: Callable[[], dict[str, Loaded]], monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "good-studio", NODES.format(name="good"))
    install(tmp_path, "evil-studio", "raise SystemExit('this code has run')")
    monkeypatch.setenv("MOTIONLOOM_PLUGINS", allowed)
    loaded = studio()
    assert loaded["good_studio"].provider.error is None
    assert loaded["evil_studio"].provider.error == "not in MOTIONLOOM_PLUGINS"
    assert "evil_studio" not in sys.modules


def test_an_empty_allow_list_leaves_the_built_in_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTIONLOOM_PLUGINS", "")
    states = {one.provider.error for one in load_plugins() if one.provider.distribution == "motionloom"}
    assert states == {None}


def test_an_editable_plugin_is_told_apart_by_its_code(tmp_path: Path, studio: Callable[[], dict[str, Loaded]]) -> None:
    editable = {"direct_url.json": json.dumps({"url": "file:///x", "dir_info": {"editable": True}})}
    install(tmp_path, "mine", NODES.format(name="mine"), files=editable)
    install(tmp_path, "theirs", NODES.format(name="theirs"))
    first = studio()
    assert first["theirs"].provider.source == ""
    (tmp_path / "mine.py").write_text(NODES.format(name="mine") + "# changed\n")
    second = studio()
    assert first["mine"].provider.source != second["mine"].provider.source != ""


def test_the_command_line_lists_a_broken_plugin_and_works(tmp_path: Path, environment: Any) -> None:
    install(tmp_path, "broken-studio", "raise ImportError('compiled for another Python')")
    install(tmp_path, "good-studio", NODES.format(name="good"))

    def motionloom(*arguments: str) -> str:
        command = [sys.executable, "-m", "motionloom.core.cli", *arguments]
        return subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=True).stdout

    listed = {one["name"]: one for one in json.loads(motionloom("plugins", "--json"))}
    assert listed["broken_studio"] == {
        "name": "broken_studio",
        "distribution": "broken-studio",
        "version": "1.5",
        "error": "ImportError: compiled for another Python",
        "source": "",
    }
    nodes = motionloom("nodes")
    assert "good.same" in nodes
    assert "read.bvh" in nodes


def test_an_error_is_told_in_one_line() -> None:
    assert describe(ValueError("  two\nlines ")) == "ValueError: two"
    assert describe(ValueError()) == "ValueError"

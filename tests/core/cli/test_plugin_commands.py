"""Plugins bring commands of their own; a broken one harms no other."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Command

GREET = '''
import typer

def greet(name: str, loud: bool = typer.Option(False, "--loud", help="Shout it.")) -> None:
    """Greet somebody.

    Example: motionloom greet Ada
    """
    typer.echo(name.upper() if loud else name)

def register(app: typer.Typer) -> None:
    app.command()(greet)
'''

Install = Callable[[str, str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Installs a distribution `studio-NAME` whose command NAME is the code of a module."""
    site = tmp_path / "site"

    def install_one(name: str, code: str) -> None:
        monkeypatch.delitem(sys.modules, f"studio_{name}_command", raising=False)
        info = site / f"studio_{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: studio-{name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[motionloom.commands]\n{name} = studio_{name}_command\n")
        (site / f"studio_{name}_command.py").write_text(code)

    monkeypatch.syspath_prepend(site)
    return install_one


def test_a_plugins_command_runs_like_any_other(install: Install, motionloom: Command) -> None:
    install("greet", GREET)
    assert motionloom("greet", "Ada", "--loud").out == "ADA\n"


def test_help_lists_the_commands_of_plugins_after_the_cores(install: Install, motionloom: Command) -> None:
    install("greet", GREET)
    lines = motionloom("--help").out.splitlines()
    found = {name: row for row, line in enumerate(lines) for name in ("new-plugin", "greet") if f"  {name} " in line}
    assert found["greet"] > found["new-plugin"]
    assert "Greet somebody." in lines[found["greet"]]


@pytest.mark.parametrize("code", ["import no_such_module", "raise SystemExit(3)", "x = 1", "def register(app): pass"])
def test_a_broken_command_is_listed_and_says_why_when_it_is_called(
    code: str, install: Install, motionloom: Command
) -> None:
    install("greet", code)
    install("wave", GREET.replace("greet", "wave"))
    assert "BROKEN" in motionloom("--help").out
    ended = motionloom("greet", "Ada", "--loud")
    assert ended.code == 2
    assert "motionloom: the command 'greet' of studio-greet cannot be loaded: " in ended.err.splitlines()[-1]
    assert motionloom("wave", "Ada").out == "Ada\n"


def test_no_plugin_can_replace_a_command_of_the_core(install: Install, motionloom: Command) -> None:
    install("plugins", GREET)
    assert "Greet" not in motionloom("plugins", "--help").out


def test_the_allow_list_hides_commands_too(
    install: Install, motionloom: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("greet", GREET)
    monkeypatch.setenv("MOTIONLOOM_PLUGINS", "studio-wave")
    assert "greet" not in motionloom("--help").out
    assert motionloom("greet", "Ada").code == 2

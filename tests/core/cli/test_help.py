"""What the command line says about itself, and how little it loads to say it."""

import re
import shlex
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from command_line import Command

from motionloom.core.cli.main import COMMANDS

NAMES = [name.replace("_", "-") for name in COMMANDS]
HEAVY = {"torch", "numpy", "pydantic", "roma", "safetensors", "networkx", "yaml", "pluggy"}


def test_help_lists_every_command_with_one_line(motionloom: Command) -> None:
    ended = motionloom("--help")
    assert ended.code == 0
    assert "Example: motionloom run" in ended.out
    for name in NAMES:
        assert re.search(rf"^\s+{name}\s+[A-Z]\w+ .*", ended.out, re.MULTILINE), name


@pytest.mark.parametrize("name", NAMES)
def test_every_command_explains_itself_with_an_example(name: str, motionloom: Command) -> None:
    ended = motionloom(name, "--help")
    assert ended.code == 0
    assert f"Example: motionloom {name}" in ended.out


@pytest.mark.parametrize("name", NAMES)
def test_the_example_of_every_command_uses_options_that_exist(name: str, motionloom: Command) -> None:
    text = motionloom(name, "--help").out
    example = re.search(rf"Example: (motionloom {name}.*?)(?:\n\s*\n|$)", text, re.DOTALL)
    assert example
    words = shlex.split(example[1])
    words = words[: words.index("&&")] if "&&" in words else words
    words = words[: words.index("|")] if "|" in words else words
    assert all(re.search(rf"^\s+(-\w, )?{word}\b", text, re.MULTILINE) for word in words if word.startswith("--"))


@pytest.mark.parametrize("name", NAMES)
def test_every_option_says_what_it_does(name: str, motionloom: Command) -> None:
    options = motionloom(name, "--help").out.partition("Options:")[2]
    listed = re.split(r"\n(?=  -)", options.strip("\n"))
    assert listed
    for option in listed:
        assert re.search(r"  [A-Z][a-z]+ \w+|  The manifest", option), option


@pytest.mark.parametrize("name", ["nodes", "plugins", "pipelines", "plan"])
def test_commands_that_show_tables_have_json_for_programs(name: str, motionloom: Command) -> None:
    assert "--json" in motionloom(name, "--help").out


def test_the_version_is_the_distributions(motionloom: Command) -> None:
    ended = motionloom("--version")
    assert (ended.code, ended.out) == (0, f"motionloom {version('motionloom')}\n")


def test_no_command_shows_the_help(motionloom: Command) -> None:
    assert "Usage: motionloom" in motionloom().out + motionloom().err


@pytest.mark.parametrize("call", ["walk", "run", "run x.yaml --fast", "run x.yaml --jobs many"])
def test_a_call_that_makes_no_sense_exits_with_2(call: str, motionloom: Command) -> None:
    ended = motionloom(*call.split())
    assert ended.code == 2
    assert "Usage: motionloom" in ended.err
    assert ended.out == ""


# typer itself loads pydantic for the parameters of a command.
@pytest.mark.parametrize(
    ("call", "allowed"),
    [("--help", ()), ("--version", ()), ("run --help", ("pydantic",)), ("new-plugin studio", ("pydantic",))],
)
def test_what_needs_no_torch_does_not_load_it(call: str, allowed: tuple[str, ...], tmp_path: Path) -> None:
    code = "import sys\nfrom motionloom.core.cli.main import main\nsys.argv = ['motionloom', *sys.argv[1:]]\n"
    code += "try: main()\nexcept SystemExit: pass\nprint(*(name for name in sys.modules if '.' not in name))"
    command = [sys.executable, "-c", code, *call.split()]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "typer" in loaded
    assert loaded & HEAVY <= set(allowed)

"""The package that `motionloom new-plugin` writes works as it is written."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from command_line import Command


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_package_is_written_with_all_that_one_needs(motionloom: Command, tmp_path: Path) -> None:
    ended = motionloom("new-plugin", "Foot-Lock", "--into", "made")
    assert (ended.code, ended.err) == (0, "")
    folder = tmp_path / "made" / "motionloom-foot-lock"
    assert f"pip install -e {Path('made/motionloom-foot-lock')}" in ended.out
    assert files(folder) == [
        "README.md",
        "examples/offset.yaml",
        "pyproject.toml",
        "src/foot_lock/__init__.py",
        "src/foot_lock/nodes.py",
        "tests/test_nodes.py",
    ]
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert project["name"] == "motionloom-foot-lock"
    assert project["entry-points"]["motionloom.plugins"] == {"foot_lock": "foot_lock.nodes"}
    left = [path for path in folder.rglob("*") if path.is_file() and "$module" in path.read_text()]
    assert left == []


@pytest.mark.parametrize(
    "name", ["", "1st", "foot lock", "foot.lock", "../up", "füße", "class", "motionloom", "-x", "a/b", "_private"]
)
def test_a_bad_name_is_refused(name: str, motionloom: Command, tmp_path: Path) -> None:
    ended = motionloom("new-plugin", "--", name)
    assert ended.code == 2
    assert ended.err == f"motionloom: {name!r} cannot name a plugin; use letters, digits, _ and -, a letter first\n"
    assert files(tmp_path) == []


@pytest.mark.parametrize("name", ["torch", "json", "Typer"])
def test_a_name_that_would_hide_a_module_is_refused(name: str, motionloom: Command, tmp_path: Path) -> None:
    ended = motionloom("new-plugin", name)
    assert ended.code == 2
    assert f"there is a Python module {name.lower()!r} already, which the plugin would hide" in ended.err
    assert files(tmp_path) == []


def test_a_folder_that_is_there_is_left_alone(motionloom: Command, tmp_path: Path) -> None:
    (tmp_path / "motionloom-studio").mkdir()
    ended = motionloom("new-plugin", "studio")
    assert (ended.code, ended.err) == (
        2,
        "motionloom: motionloom-studio exists already; choose another name or folder\n",
    )
    assert files(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_named(motionloom: Command, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = motionloom("new-plugin", "studio", "--into", "file")
    assert ended.code == 2
    assert "cannot be written: Not a directory; choose another folder with --into" in ended.err


def test_the_written_package_passes_its_own_tests_and_its_graph_is_right(motionloom: Command, tmp_path: Path) -> None:
    motionloom("new-plugin", "studio")
    package, target = tmp_path / "motionloom-studio", tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, "--no-build-isolation", "--target", str(target), str(package)], check=True)
    environment = {**os.environ, "PYTHONPATH": str(target)}
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", str(package)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert tests.returncode == 0, tests.stdout
    assert "3 passed" in tests.stdout
    checked = subprocess.run(
        [sys.executable, "-m", "motionloom.core.cli", "check", str(package / "examples" / "offset.yaml")],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "3 nodes, nothing wrong" in checked.stdout, checked.stderr


def test_the_written_code_keeps_this_projects_own_rules(motionloom: Command, tmp_path: Path) -> None:
    motionloom("new-plugin", "studio")
    config = [
        "--config",
        str(Path(__file__).parents[3] / "pyproject.toml"),
        str(tmp_path / "motionloom-studio" / "src"),
    ]
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run([sys.executable, "-m", "ruff", *command, *config], capture_output=True, check=False)
        assert done.returncode == 0, done.stdout

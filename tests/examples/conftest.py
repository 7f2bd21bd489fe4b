"""Installs the example packages into folders of their own, as pip would into an environment."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
Command = Callable[..., "subprocess.CompletedProcess[str]"]


def _pip_install(package: str, target: Path) -> None:
    # From a copy: building leaves an egg-info beside the sources.
    sources = shutil.copytree(ROOT / "examples" / package, target.parent / package)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    options = ["--disable-pip-version-check", "--target", str(target)]
    subprocess.run([*command, *options, str(sources)], check=True, capture_output=True)


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment variables with which both example packages are installed."""
    target = tmp_path_factory.mktemp("packages") / "installed"
    for package in ("plugin", "broken_plugin"):
        _pip_install(package, target)
    return {**os.environ, "PYTHONPATH": str(target)}


@pytest.fixture
def motionloom(environment: dict[str, str], tmp_path: Path) -> Command:
    """Runs the command line in an empty folder, with the example packages installed."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "motionloom.core.cli", *arguments]
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)

    return run

"""A studio for each test, and one process that runs commands for all of them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import probe_plugin
from engine_studio import Shell, Stand, Studio, install_probe


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    monkeypatch.setenv(probe_plugin.TRACES, str(tmp_path / "traces"))
    return Studio(tmp_path)


@pytest.fixture(scope="session")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    if not hasattr(os, "fork"):
        pytest.skip("commands are run in forked processes, which this system does not have")
    folder = tmp_path_factory.mktemp("stand")
    site = install_probe(folder / "site")
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("engine_stand.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=site,
        env={**os.environ, "PYTHONPATH": str(site)},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        yield Stand(process, folder)


@pytest.fixture
def shell(studio: Studio, stand: Stand) -> Shell:
    return Shell(studio.path, stand=stand)

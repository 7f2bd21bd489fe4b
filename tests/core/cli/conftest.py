"""The command line, run in this process, and a small studio of nodes for it."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from command_line import Command, Ended
from small_nodes import NODES

from motionloom.core.cli.main import main
from motionloom.core.registry import Registry
from motionloom.core.testing import registry_of


@pytest.fixture
def motionloom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """Runs a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def run(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["motionloom", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        return Ended(ended.value.code or 0, shown.out, shown.err)

    yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Only the small nodes are installed."""
    registry = registry_of(*NODES)
    for module in ("motionloom.core.registry", "motionloom.core.engine.api"):
        monkeypatch.setattr(f"{module}.installed_registry", lambda: registry)
    return registry

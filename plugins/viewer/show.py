"""Files prepared, served and opened until somebody has seen enough."""

import signal
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer

from motionloom.plugins.viewer.models import prepare_file
from motionloom.plugins.viewer.server import ViewerServer
from motionloom.plugins.viewer.site import site_of


def show(files: Sequence[Path], *, port: int, browser: bool, animation: str | None) -> None:
    """Serve a page that plays files until Ctrl-C.

    Args:
        files: one, or two to be shown side by side.
        port: where to serve; 0 for any that is free.
        browser: whether to open the page.
        animation: the take of the first file to begin with; its first where None.

    Raises:
        ReadError: a file cannot be read, or has no such take.
        ExportError: what it holds cannot be shown.
    """
    with tempfile.TemporaryDirectory(prefix="motionloom-view-") as folder:
        models = [
            prepare_file(path, Path(folder) / f"model{number}.glb", animation if number == 0 else None)
            for number, path in enumerate(files)
        ]
        with ViewerServer(site_of(models), port) as server, _interrupts() as interrupted:
            typer.echo(f"{server.url}\nCtrl-C ends it")
            # Whoever reads a pipe waits for the address.
            sys.stdout.flush()
            if browser:
                webbrowser.open(server.url)
            # A wait without a limit cannot be interrupted on Windows.
            while not interrupted.wait(0.5):
                pass


@contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """Set on SIGINT or SIGTERM, which are how a viewer is meant to end and no failure."""
    interrupted = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: interrupted.set()) for number in numbers]
    try:
        yield interrupted
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)

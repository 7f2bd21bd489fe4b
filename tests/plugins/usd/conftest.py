"""Makes the modules beside this file importable, and reads many files with one child process."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from motionloom.core.data import Take
from motionloom.plugins.scene_graph.sandbox import Child, Limits
from motionloom.plugins.usd.reader import EXTRACTOR, takes_in

sys.path.insert(0, str(Path(__file__).parent))

Read = Callable[..., tuple[Take, ...]]


@pytest.fixture(scope="session")
def child() -> Iterator[Child]:
    """A process that reads one file after the other."""
    with Child(EXTRACTOR, Limits(memory=3 * 2**30, seconds=20.0)) as process:
        yield process


@pytest.fixture
def read(child: Child) -> Read:
    """What `read_usd_file` does, in that process; warnings go to the list given."""

    def takes(path: Path, warnings: list[str] | None = None) -> tuple[Take, ...]:
        told = [] if warnings is None else warnings
        return takes_in(path, child, told.append)

    return takes

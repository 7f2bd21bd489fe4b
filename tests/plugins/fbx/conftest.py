import os
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from motionloom.core.data import Take
from motionloom.plugins.fbx.reader import EXTRACTOR, LIMITS, read_fbx_file, takes_through
from motionloom.plugins.scene_graph.sandbox import Child

sys.path.insert(0, str(Path(__file__).parent))


class Reading:
    """The takes of a file and what was warned of while it was read."""

    def __init__(self, path: Path, takes: tuple[Take, ...], warnings: list[str]) -> None:
        self.path, self.takes, self.warnings = path, takes, warnings


@pytest.fixture(scope="session")
def fbx_files() -> Path:
    repository = Path(__file__).parents[3]
    folder = Path(os.environ.get("MOTIONLOOM_DATA", repository / "../shared/data")) / "fbx"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there; set MOTIONLOOM_DATA")
    return folder


@pytest.fixture(scope="session")
def child() -> Iterator[Child]:
    """One process for all files: starting one takes longer than most of them."""
    with Child(EXTRACTOR, LIMITS) as child:
        yield child


@pytest.fixture
def read(tmp_path: Path, child: Child) -> Callable[..., Reading]:
    def read(content: str | bytes) -> Reading:
        path, warnings = tmp_path / "character.fbx", []
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Reading(path, takes_through(child, path, warnings.append), warnings)

    return read


@pytest.fixture(scope="session")
def takes_in(fbx_files: Path) -> Callable[[str], tuple[Take, ...]]:
    """The takes of a real file, read once."""
    return cache(lambda name: read_fbx_file(fbx_files / name, lambda message: None))

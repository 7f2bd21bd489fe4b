"""Makes the modules beside this file importable, and finds the recordings."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

DATA = Path(__file__).parents[3] / os.environ.get("MOTIONLOOM_DATA", "../shared/data")


@pytest.fixture
def recordings() -> Path:
    if not (DATA / "bvh").is_dir():
        pytest.skip(f"no recordings: {DATA} has no bvh/ (set MOTIONLOOM_DATA)")
    return DATA


@pytest.fixture
def bvh(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def write(text: str | bytes) -> Path:
        path = tmp_path / "clip.bvh"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write

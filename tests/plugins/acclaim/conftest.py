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
    if not (DATA / "cmu").is_dir():
        pytest.skip(f"no recordings: {DATA} has no cmu/ (set MOTIONLOOM_DATA)")
    return DATA


@pytest.fixture
def acclaim(tmp_path: Path) -> Callable[[str | bytes, str | bytes], tuple[Path, Path]]:
    def write(motion: str | bytes, skeleton: str | bytes) -> tuple[Path, Path]:
        paths = tmp_path / "clip.amc", tmp_path / "body.asf"
        for path, text in zip(paths, (motion, skeleton), strict=True):
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return paths

    return write

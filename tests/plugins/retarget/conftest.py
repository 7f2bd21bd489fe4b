"""Makes the modules beside this file importable, and finds the recordings."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

DATA = Path(__file__).parents[3] / os.environ.get("MOTIONLOOM_DATA", "../shared/data")


@pytest.fixture
def recordings() -> Path:
    if not (DATA / "bvh").is_dir() or not (DATA / "cmu").is_dir():
        pytest.skip(f"no recordings: {DATA} has no bvh/ and cmu/ (set MOTIONLOOM_DATA)")
    return DATA

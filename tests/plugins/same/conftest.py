"""Makes the modules beside this file importable, and finds the recordings."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

DATA = Path(__file__).parents[3] / os.environ.get("MOTIONLOOM_DATA", "../shared/data")


@pytest.fixture
def recordings() -> Path:
    if not all((DATA / folder).is_dir() for folder in ("bvh", "cmu", "glb", "poses")):
        pytest.skip(f"no recordings: {DATA} lacks bvh/, cmu/, glb/ or poses/ (set MOTIONLOOM_DATA)")
    return DATA

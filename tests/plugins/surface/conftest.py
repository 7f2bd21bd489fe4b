"""Makes the modules beside this file importable, and finds the face data."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

DATA = Path(__file__).parents[3] / os.environ.get("MOTIONLOOM_DATA", "../shared/data")


@pytest.fixture(scope="session")
def ict_file() -> Path:
    path = DATA / "ict_facekit" / "ict_facekit.npz"
    if not path.is_file():
        pytest.skip(f"no ICT-FaceKit: {path} is not there (set MOTIONLOOM_DATA)")
    return path

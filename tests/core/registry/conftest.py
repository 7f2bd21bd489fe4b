import os
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def environment() -> Callable[[Path], dict[str, str]]:
    """Environment variables with which the distributions of a folder are installed."""
    return lambda folder: {**os.environ, "PYTHONPATH": str(folder)}

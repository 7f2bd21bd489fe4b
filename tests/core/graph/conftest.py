"""Makes the modules beside the tests importable, and gives each test a folder for its graphs."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from graph_folder import GraphFolder


@pytest.fixture
def folder(tmp_path: Path) -> GraphFolder:
    return GraphFolder(tmp_path)

"""Makes the modules beside this file importable: `gltf_documents`, `mutations`."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def glb(tmp_path: Path) -> Callable[[bytes], Path]:
    """Writes a file."""

    def write(data: bytes) -> Path:
        path = tmp_path / "clip.glb"
        path.write_bytes(data)
        return path

    return write

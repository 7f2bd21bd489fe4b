"""Makes the modules beside this file importable: `bvh_documents`, `bvh_oracle`."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def bvh(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Writes a BVH file."""

    def write(text: str | bytes) -> Path:
        path = tmp_path / "clip.bvh"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write

"""Makes the module beside this file importable: `acclaim_oracle`."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def acclaim(tmp_path: Path) -> Callable[[str | bytes, str | bytes], tuple[Path, Path]]:
    """Writes a motion file and a skeleton file."""

    def write(motion: str | bytes, skeleton: str | bytes) -> tuple[Path, Path]:
        paths = tmp_path / "clip.amc", tmp_path / "body.asf"
        for path, text in zip(paths, (motion, skeleton), strict=True):
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return paths

    return write

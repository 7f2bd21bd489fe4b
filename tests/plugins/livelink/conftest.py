import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from motionloom.core.data import FaceMotion
from motionloom.plugins.livelink.reader import read_livelink_file

sys.path.insert(0, str(Path(__file__).parent))


class Reading:
    """A face motion and what was warned of while it was read."""

    def __init__(self, face: FaceMotion, warnings: list[str]) -> None:
        self.face, self.warnings = face, warnings


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Reading]:
    def read(text: str | bytes, **options: object) -> Reading:
        path, warnings = tmp_path / "take.csv", []
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return Reading(read_livelink_file(path, **options, warn=warnings.append), warnings)

    return read

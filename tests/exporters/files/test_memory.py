"""Long takes are written in little more memory than they take."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peak memory is read from /proc")
@pytest.mark.parametrize("suffix", ["glb", "fbx", "usdc"])
def test_ten_thousand_frames_fit_into_300_mib_above_the_take(suffix: str, tmp_path: Path) -> None:
    script = Path(__file__).with_name("peak_memory.py")
    arguments = [str(tmp_path / f"long.{suffix}"), "10000", "104", "52"]
    finished = subprocess.run(
        [sys.executable, str(script), *arguments], capture_output=True, text=True, check=True, timeout=300
    )
    assert 10 < float(finished.stdout) < 300

"""Any take is written by the suffix of the file, as far as the format can hold it."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "conformance"))

import synthetic

from motionloom.core.errors import ExportError
from motionloom.core.node import Context
from motionloom.exporters.files.nodes import export_any
from motionloom.exporters.files.writer import WRITERS

HOLDS_A_HUMAN_ONLY = ".vrma"


@pytest.mark.parametrize("suffix", sorted(set(WRITERS) - {HOLDS_A_HUMAN_ONLY}))
def test_a_take_is_written_in_the_format_of_its_suffix(suffix: str, tmp_path: Path) -> None:
    written = export_any([synthetic.take(frames=4)], path=tmp_path / f"take{suffix}", ctx=Context())
    assert written.path == tmp_path / f"take{suffix}"
    assert written.path.stat().st_size > 500


@pytest.mark.parametrize("suffix", [".bvh", ".npz", ".vrma"])
def test_several_takes_in_a_format_of_one_are_refused(suffix: str, tmp_path: Path) -> None:
    takes = [synthetic.take(frames=4), replace(synthetic.take(frames=5), name="dance")]
    with pytest.raises(ExportError, match="dance"):
        export_any(takes, path=tmp_path / f"take{suffix}", ctx=Context())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".bvh", ".npz"])
def test_a_still_body_in_a_format_of_motion_is_refused(suffix: str, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no motion of the body"):
        export_any([synthetic.still()], path=tmp_path / f"take{suffix}", ctx=Context())


@pytest.mark.parametrize("name", ["take.blend", "take"])
def test_a_suffix_of_no_known_format_is_refused_with_the_known_ones(name: str, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"no exporter writes .* known are .*\.fbx"):
        export_any([synthetic.still()], path=tmp_path / name, ctx=Context())

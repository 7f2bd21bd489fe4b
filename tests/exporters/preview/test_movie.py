import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from motionloom.core.data import Take
from motionloom.core.errors import ExportError
from motionloom.core.node import Context
from motionloom.exporters.preview.movie import exact_rate
from motionloom.exporters.preview.nodes import export_preview


def at_rate(take: Take, fps: float) -> Take:
    assert take.motion is not None
    return replace(take, motion=replace(take.motion, fps=fps))


@pytest.mark.parametrize(
    ("fps", "rate"),
    [(30.0, Fraction(30)), (23.976, Fraction(24000, 1001))],
)
def test_a_movie_decodes_to_the_frames_rate_and_size_that_were_asked_for(
    walk: Take, tmp_path: Path, fps: float, rate: Fraction
) -> None:
    av = pytest.importorskip("av", reason="PyAV is not installed")
    path = tmp_path / "walk.mp4"
    export_preview([at_rate(walk, fps)], path=path, width=48, height=32, ctx=Context())
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert stream.average_rate == rate
        assert stream.duration * stream.time_base == len(walk) / rate
    assert len(pictures) == len(walk)
    assert pictures[0].shape == (32, 48, 3)
    assert (abs(pictures[0].astype(int) - pictures[8]) > 12).any(-1).mean() > 0.005


@pytest.mark.parametrize(
    ("fps", "rate"),
    [
        (24000 / 1001, Fraction(24000, 1001)),
        (59.94, Fraction(60000, 1001)),
        (119.88, Fraction(120000, 1001)),
        (24.0, Fraction(24)),
        (25.0, Fraction(25)),
        (120.0, Fraction(120)),
        (0.5, Fraction(1, 2)),
        (1000.0, Fraction(1000)),
    ],
)
def test_a_frame_rate_is_the_fraction_that_it_stands_for(fps: float, rate: Fraction) -> None:
    assert exact_rate(fps) == rate


def test_an_odd_side_is_refused(walk: Take, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="even width and height"):
        export_preview([walk], path=tmp_path / "walk.mp4", width=63, height=48, ctx=Context())


def test_without_pyav_the_error_says_what_to_install(
    walk: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(ExportError, match=r"motionloom\[video\]"):
        export_preview([walk], path=tmp_path / "walk.mp4", ctx=Context())

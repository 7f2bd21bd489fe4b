"""Rates have FBX's numbers, and frames lie where its programs look for them."""

import numpy as np
import pytest

from motionloom.core.errors import ExportError
from motionloom.exporters.fbx.frame_rate import CUSTOM, MODES, TICKS_PER_SECOND, frame_rate

FRAMES = np.arange(100)


@pytest.mark.parametrize(
    ("fps", "mode"),
    [
        (120.0, 1),
        (100.0, 2),
        (60.0, 3),
        (50.0, 4),
        (48.0, 5),
        (30.0, 6),
        (29.97, 9),
        (25.0, 10),
        (24.0, 11),
        (23.976, 13),
    ],
)
def test_common_rates_have_their_numbers(fps: float, mode: int) -> None:
    assert frame_rate(fps, 10).mode == mode


@pytest.mark.parametrize(("written", "exact"), [(23.976, 24000 / 1001), (29.97, 30000 / 1001)])
def test_rates_of_television_are_exact_however_they_are_written(written: float, exact: float) -> None:
    assert frame_rate(written, 10) == frame_rate(exact, 10)
    assert frame_rate(written, 10).fps == exact


@pytest.mark.parametrize("fps", [37.5, 29.9, 90.0, 1.0, 240.0])
def test_any_other_rate_is_a_custom_one(fps: float) -> None:
    rate = frame_rate(fps, 10)
    assert (rate.mode, rate.fps) == (CUSTOM, fps)


@pytest.mark.parametrize("fps", [*MODES, 37.5])
def test_frames_are_whole_ticks_next_to_their_times(fps: float) -> None:
    ticks = frame_rate(fps, 100).ticks(FRAMES)
    assert ticks.dtype == np.int64
    assert np.abs(ticks - FRAMES * TICKS_PER_SECOND / fps).max() <= 0.51


def test_whole_rates_divide_a_second_evenly() -> None:
    for fps in (24.0, 25.0, 30.0, 48.0, 50.0, 60.0, 100.0, 120.0):
        assert set(np.diff(frame_rate(fps, 100).ticks(FRAMES))) == {TICKS_PER_SECOND // int(fps)}


@pytest.mark.parametrize("fps", [1e12, 1e-9])
def test_rates_whose_frames_cannot_be_told_apart_are_refused(fps: float) -> None:
    with pytest.raises(ExportError, match="FBX cannot keep the times"):
        frame_rate(fps, 1000)

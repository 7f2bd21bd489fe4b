"""Frame times stand for the rates that they are a rounding of."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionloom.core.errors import ReadError
from motionloom.plugins.text_mocap.frame_rate import KNOWN_RATES, frame_time, rate_of, read_frame_rate
from motionloom.plugins.text_mocap.source_text import SourceText

NTSC = 1000 / 1001


@pytest.mark.parametrize(
    ("text", "fps"),
    [
        (".0083333", 120),
        ("0.00833333", 120),
        (".03333", 30),
        ("0.033", 30),
        ("0.0333667", 30 * NTSC),
        ("0.033367", 30 * NTSC),
        ("0.008342", 120 * NTSC),
        ("0.041667", 24),
        ("0.0417083", 24 * NTSC),
        ("0.04171", 24 * NTSC),
        ("0.04", 25),
        ("0.02", 50),
        ("0.0166667", 60),
        ("0.016666", 60),  # cut off, not rounded
        ("0.0166833", 60 * NTSC),
        ("0.017", 60),
        ("0.01", 100),
        ("0.0111111", 90),
        ("0.1", 10),
        ("3.3333333e-02", 30),
        ("1", 1),
        ("0.5", 2),
        ("0.0125", 80),
    ],
)
def test_printed_frame_times_are_known_rates(text: str, fps: float) -> None:
    assert rate_of(text) == fps


@given(st.sampled_from(KNOWN_RATES), st.integers(5, 12))
def test_a_known_rate_survives_printing_with_five_digits_or_more(rate: float, digits: int) -> None:
    printed = f"{1 / float(rate):.{digits}f}"
    assert rate_of(printed) == float(rate) or digits == 5


@given(st.floats(1e-9, 1e9, exclude_min=True, exclude_max=True))
def test_any_rate_survives_being_written_and_read(fps: float) -> None:
    assert rate_of(frame_time(fps)) == fps


@given(st.sampled_from([float(rate) for rate in KNOWN_RATES] + [29.97, 23.976, 59.94, 119.88]))
def test_usual_rates_survive_being_written_and_read(fps: float) -> None:
    assert rate_of(frame_time(fps)) == fps


def test_usual_rates_are_printed_as_everyone_prints_them() -> None:
    assert frame_time(120) == "0.00833333"
    assert frame_time(30) == "0.03333333"


@pytest.mark.parametrize(
    "token", [b"0", b"-0.1", b"nan", b"inf", b"0,0333", b"fast", b"1e-300", b"0." + b"0" * 99 + b"1"]
)
def test_frame_times_that_are_none_are_refused(token: bytes) -> None:
    source = SourceText(Path("clip.bvh"), b"Frame Time: " + token)
    with pytest.raises(ReadError, match=r"^clip\.bvh:1:13: the frame time is "):
        read_frame_rate(source, token, 12)

"""Frame times as files print them, and the frame rates that they stand for."""

from decimal import Context, Decimal
from fractions import Fraction

from motionloom.plugins.text_mocap.source_text import LONGEST_NUMBER, SourceText, shown

WHOLE_RATES = (10, 12, 15, 24, 25, 30, 48, 50, 60, 72, 75, 90, 100, 120, 144, 150, 180, 200, 240, 300, 480)
NTSC_RATES = tuple(Fraction(1000 * rate, 1001) for rate in (24, 30, 48, 60, 120, 240))
KNOWN_RATES = tuple(Fraction(rate) for rate in WHOLE_RATES) + NTSC_RATES
"""Rates that mocap systems and cameras run at."""

EXACT_DIGITS = 20
"""Significant digits after which a reciprocal names one float64 and is no rounding of a known rate."""


def read_frame_rate(source: SourceText, token: bytes, offset: int) -> float:
    """Frames a second, from the text of a frame time.

    Frame times are printed rounded or cut off: `.0083333` means 1/120. The rate is the first of
    `KNOWN_RATES` whose frame time rounds to the printed digits, else the first that is cut off to
    them (of several, the whole rate that comes closest), else the reciprocal of the printed number.

    Args:
        source: the file.
        token: the frame time in seconds, as printed.
        offset: where it stands.

    Raises:
        ReadError: it is not a number above zero.
    """
    seconds = source.number(token, offset, "the frame time")
    if not seconds > 1e-30 or len(token) > LONGEST_NUMBER:
        raise source.error(
            f"the frame time is {shown(token)}", offset, "give the seconds between two frames, such as 0.0333333"
        )
    return rate_of(token.decode())


def rate_of(text: str) -> float:
    """Frames a second, from a valid frame time as printed; see `read_frame_rate`."""
    printed = Decimal(text)
    exponent = printed.as_tuple().exponent
    assert isinstance(exponent, int)
    seconds, last_digit = Fraction(printed), Fraction(10) ** exponent
    rounded = [rate for rate in KNOWN_RATES if abs(1 / rate - seconds) <= last_digit / 2]
    cut_off = [rate for rate in KNOWN_RATES if 0 <= 1 / rate - seconds < last_digit]
    for candidates in (rounded, cut_off):
        if candidates:
            return float(min(candidates, key=lambda rate: (rate.denominator > 1, abs(1 / rate - seconds))))
    return float(1 / seconds)


def frame_time(fps: float) -> str:
    """The frame time to print, in seconds, such that reading it gives the same rate bit by bit.

    Args:
        fps: frames a second, finite and above zero.
    """
    usual = f"{1 / fps:.8f}" if 1e-3 < fps < 1e5 else ""
    if usual and rate_of(usual) == fps:
        return usual
    # A float64 does not always have a reciprocal that names it; twenty digits do.
    return str(Context(prec=EXACT_DIGITS).divide(1, Decimal(fps)))

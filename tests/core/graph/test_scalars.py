"""Plain scalars mean what YAML 1.2 says, and what people expect."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motionloom.core.graph.scalars import resolve_plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-4", 1e-4),
        ("1E+3", 1000.0),
        ("-2.5", -2.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("0.0", 0.0),
        (".inf", math.inf),
        ("-.Inf", -math.inf),
        ("+.INF", math.inf),
    ],
)
def test_decimal_and_exponent_notation_is_a_number(text: str, value: float) -> None:
    found = resolve_plain(text)
    assert found == value
    assert isinstance(found, float)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-7", -7),
        ("+7", 7),
        ("0012", 12),
        ("0o17", 15),
        ("0x1F", 31),
        ("0xdead", 0xDEAD),
        ("9" * 40, int("9" * 40)),
    ],
)
def test_whole_numbers_are_decimal_unless_they_say_octal_or_hexadecimal(text: str, value: int) -> None:
    found = resolve_plain(text)
    assert found == value
    assert type(found) is int


def test_nan_is_not_a_number() -> None:
    assert all(isinstance(found, float) and math.isnan(found) for found in map(resolve_plain, (".nan", ".NaN", ".NAN")))


@pytest.mark.parametrize("text", ["true", "True", "TRUE"])
def test_true_has_three_spellings(text: str) -> None:
    assert resolve_plain(text) is True


@pytest.mark.parametrize("text", ["false", "False", "FALSE"])
def test_false_has_three_spellings(text: str) -> None:
    assert resolve_plain(text) is False


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_nothing_has_five_spellings(text: str) -> None:
    assert resolve_plain(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("no", "No", "off", "y", "n", "yes", "on", "tRUE", "nUll"),
        *("10:00:00:00", "1:30", "2024-01-02", "2024-01-02T03:04:05Z"),
        *("0b1010", "1_000", "0o18", "0xG", "-0x1F", "+0o7", "08:00"),
        *("inf", "nan", "-nan", "1e", "e5", ".", "-", "+", "1.2.3", "1 2", "- 1", "--1", "<<", "="),
        *("v1", "30fps", "1/2", "50%", "walk", "Ⅷ", "١٢"),
    ],
)
def test_everything_else_is_text_as_it_stands(text: str) -> None:
    assert resolve_plain(text) == text


@given(st.integers(-(10**30), 10**30))
def test_every_integer_comes_back(number: int) -> None:
    assert resolve_plain(str(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_comes_back_bit_for_bit(number: float) -> None:
    found = resolve_plain(repr(number))
    assert isinstance(found, float)
    assert found.hex() == number.hex()


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    found = resolve_plain(text)
    assert found is None or isinstance(found, (bool, int, float)) or found == text


def test_a_number_of_a_million_digits_is_text_and_takes_no_time() -> None:
    digits = "9" * 1_000_000
    assert resolve_plain(digits) is digits

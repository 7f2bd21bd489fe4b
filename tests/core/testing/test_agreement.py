from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
import torch

from motionloom.core.testing import assert_same, sample_take

NAN = float("nan")


@dataclass(frozen=True)
class One:
    value: Any


@dataclass(frozen=True)
class Other:
    value: Any


class Pair(NamedTuple):
    a: Any
    b: Any


SAME: list[tuple[Any, Any]] = [
    (sample_take(), sample_take()),
    (30, 30.0),
    (NAN, NAN),
    ([1, 2], (1, 2)),
    ({"a": torch.zeros(2, 2)}, {"a": torch.zeros(2, 2)}),
    (torch.tensor([NAN, float("inf"), 1.0]), torch.tensor([NAN, float("inf"), 1.0])),
    (torch.zeros(0), torch.zeros(0)),
    (torch.tensor([True]), torch.tensor([True])),
    (Pair(1, None), Pair(1, None)),
]

DIFFERENT: list[tuple[Any, Any, str]] = [
    (1, 2, "value is 1 and 2"),
    (1, True, "value is a int and a bool"),
    (1.0, NAN, "value is 1.0 and nan"),
    ("a", None, "value is a str and a NoneType"),
    (One(1), Other(1), "value is a One and a Other"),
    (
        One([1, {"x": torch.zeros(2)}]),
        One([1, {"x": torch.ones(2)}]),
        r"value.value\[1\]\['x'\] differs by 1, more than 0",
    ),
    (Pair(1, 2), (1, 2), "value is a Pair and a tuple"),
    ([1], [1, 2], "value has 1 and 2 entries"),
    ({"a": 1}, {"b": 1}, r"value has \['a'\] and \['b'\]"),
    (torch.zeros(2), torch.zeros(2, 1), r"value has shapes \(2,\) and \(2, 1\)"),
    (torch.zeros(2), torch.zeros(2).double(), "value has types torch.float32 and torch.float64"),
    (torch.tensor([1.0]), torch.tensor([NAN]), "value differs by nan"),
    (torch.tensor([float("inf")]), torch.tensor([-float("inf")]), "value differs by inf"),
    (torch.tensor([2**53]), torch.tensor([2**53 + 1]), "value differs"),
    (torch.tensor([1.0]), torch.tensor([1.0]).nextafter(torch.tensor(2.0)), "value differs by 1.19e-07, more than 0"),
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_the_same_values_agree(first: Any, second: Any) -> None:
    assert_same(first, second)
    assert_same(second, first)


@pytest.mark.parametrize(("first", "second", "message"), DIFFERENT)
def test_the_first_difference_is_named(first: Any, second: Any, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        assert_same(first, second)
    with pytest.raises(AssertionError):
        assert_same(second, first)


def test_a_tolerance_is_for_tensors_alone() -> None:
    assert_same(torch.tensor([1.0]), torch.tensor([1.001]), tolerance=0.01)
    with pytest.raises(AssertionError, match=r"it is 1.0 and 1.001"):
        assert_same(1.0, 1.001, tolerance=0.01, where="it")

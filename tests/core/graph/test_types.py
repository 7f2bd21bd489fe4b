"""Which type fits which port, and what a type's fields are."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import pytest
from few_nodes import Character, Face, Halves, Mocap, Motion, Skeleton
from jaxtyping import Float, Int, Num, Shaped
from numpy import ndarray
from torch import Tensor, zeros

from motionloom.core.graph.types import fields_of, fits, is_a


@pytest.mark.parametrize(
    ("produced", "expected"),
    [
        (Motion, Motion),
        (Mocap, Motion),
        (int, float),
        (bool, int),
        (Motion, Any),
        (Any, Motion),
        (Motion, object),
        (Motion | None, Motion),
        (Optional[Motion], Motion),  # noqa: UP045
        (Motion, Motion | None),
        (Motion, Skeleton | Motion),
        (Skeleton | Motion, Skeleton | Motion),
        (Mocap | Skeleton, Skeleton | Motion),
        (Annotated[Motion, "measured"], Motion),
        (Motion, Annotated[Motion, "any"]),
        (list[int], Sequence[int]),
        (tuple[Mocap, ...], Sequence[Motion]),
        (list[int], list),
    ],
)
def test_a_type_fits_itself_its_parents_and_unions_that_hold_it(produced: Any, expected: Any) -> None:
    assert fits(produced, expected)


@pytest.mark.parametrize(
    ("produced", "expected"),
    [
        (Motion, Mocap),
        (float, int),
        (str, float),
        (Motion, Skeleton),
        (Skeleton | Motion, Motion),
        (Skeleton | None, Motion),
        (Motion, Skeleton | None),
        (list[str], Sequence[int]),
        (tuple[Motion, ...], Sequence[Mocap]),
        (Motion, Sequence[Motion]),
        (dict[str, int], list[int]),
    ],
)
def test_anything_else_does_not_fit(produced: Any, expected: Any) -> None:
    assert not fits(produced, expected)


@pytest.mark.parametrize(
    ("produced", "expected"),
    [
        (Float[Tensor, "frames 3"], Float[Tensor, "frames 3"]),
        (Float[Tensor, "frames 3"], Float[Tensor, "n d"]),
        (Float[Tensor, "frames joints 4"], Float[Tensor, "*batch 4"]),
        (Float[Tensor, "*batch 4"], Float[Tensor, "frames 4"]),
        (Float[Tensor, "frames 3"], Num[Tensor, "..."]),
        (Float[Tensor, "frames 3"], Shaped[Tensor, "..."]),
        (Float[Tensor, "frames 3"], Tensor),
        (Tensor, Float[Tensor, "frames 3"]),
        (Float[Tensor, "frames 3"] | None, Float[Tensor, "n 3"]),
    ],
)
def test_a_tensor_fits_where_its_kind_and_shape_could_agree(produced: Any, expected: Any) -> None:
    assert fits(produced, expected)


@pytest.mark.parametrize(
    ("produced", "expected"),
    [
        (Float[Tensor, "frames 3"], Int[Tensor, "frames 3"]),
        (Float[Tensor, "frames 3"], Float[Tensor, "frames 4"]),
        (Float[Tensor, "frames 3"], Float[Tensor, "frames joints 3"]),
        (Float[Tensor, ""], Float[Tensor, "n"]),
        (Float[Tensor, "n"], Float[ndarray, "n"]),
        (Float[Tensor, "n"], Motion),
        (Motion, Tensor),
    ],
)
def test_a_tensor_of_another_kind_or_shape_does_not_fit(produced: Any, expected: Any) -> None:
    assert not fits(produced, expected)


def test_only_fields_of_dataclasses_can_be_picked() -> None:
    assert fields_of(Character) == {"name": str, "skeleton": Skeleton, "face": Face | None}
    assert fields_of(Annotated[Mocap, "x"]) == {"skeleton": Skeleton, "fps": float, "markers": int}
    assert fields_of(Motion | None) == fields_of(Motion)
    for other in (int, str, Halves, Path, Motion | Skeleton, list[Motion], Any, Tensor):
        assert fields_of(other) == {}


@pytest.mark.parametrize(
    ("value", "annotation"),
    [
        (1, int),
        (1, float),
        (True, bool),
        (None, Motion | None),
        (Skeleton(1), Skeleton | Motion),
        (Mocap(Skeleton(1), 1.0, 2), Motion),
        ("a", Literal["a", "b"]),
        ([1], list[int]),
        (object(), Any),
        (zeros(2, 3), Float[Tensor, "2 3"]),
        (zeros(9), Tensor),
    ],
)
def test_a_value_of_its_type_is_known_as_such(value: object, annotation: Any) -> None:
    assert is_a(value, annotation)


@pytest.mark.parametrize(
    ("value", "annotation"),
    [
        (1.0, int),
        (True, float),
        ("1", float),
        (None, Motion),
        (Motion, Motion),
        ("c", Literal["a", "b"]),
        ((1,), list[int]),
        ([1.0], Float[Tensor, "1"]),
    ],
)
def test_a_value_of_another_type_is_known_as_well(value: object, annotation: Any) -> None:
    assert not is_a(value, annotation)

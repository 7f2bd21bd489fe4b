"""Whether two values are the same, field by field."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor


def assert_same(first: Any, second: Any, *, tolerance: float = 0.0, where: str = "value") -> None:
    """Assert that two values of any port type agree.

    Args:
        first: one value.
        second: the other.
        tolerance: how far tensors may differ; 0 wants every bit.
        where: how messages call the value.

    Raises:
        AssertionError: names the first field that differs.
    """
    assert type(first) is type(second), f"{where} is a {type(first).__name__} and a {type(second).__name__}"
    if isinstance(first, Tensor):
        _assert_same_tensor(first, second, tolerance, where)
    elif dataclasses.is_dataclass(first):
        for field in dataclasses.fields(first):
            mine, other = getattr(first, field.name), getattr(second, field.name)
            assert_same(mine, other, tolerance=tolerance, where=f"{where}.{field.name}")
    elif isinstance(first, (tuple, list)):
        assert len(first) == len(second), f"{where} has {len(first)} and {len(second)} entries"
        for index, (mine, other) in enumerate(zip(first, second, strict=True)):
            assert_same(mine, other, tolerance=tolerance, where=f"{where}[{index}]")
    elif isinstance(first, Mapping):
        assert first.keys() == second.keys(), f"{where} has the keys {list(first)} and {list(second)}"
        for key in first:
            assert_same(first[key], second[key], tolerance=tolerance, where=f"{where}[{key!r}]")
    else:
        assert first == second, f"{where} is {first!r} and {second!r}"


def _assert_same_tensor(first: Tensor, second: Tensor, tolerance: float, where: str) -> None:
    assert first.shape == second.shape, f"{where} has shapes {tuple(first.shape)} and {tuple(second.shape)}"
    assert first.dtype == second.dtype, f"{where} has types {first.dtype} and {second.dtype}"
    first, second = first.cpu(), second.cpu()
    if tolerance == 0.0:
        assert torch.equal(first, second), f"{where} differs"
        return
    worst = float((first.double() - second.double()).abs().max()) if first.numel() else 0.0
    assert worst <= tolerance, f"{where} differs by {worst:.3g}, more than {tolerance:.3g}"

"""Whether two values are the same, field by field."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor


def assert_same(first: Any, second: Any, *, tolerance: float = 0.0, where: str = "value") -> None:
    """Assert that two values of any port type agree.

    A list and a tuple of the same entries agree, an integer and a float of the same value too, and
    so do two numbers that are both not a number.

    Args:
        first: one value.
        second: the other.
        tolerance: how far tensors may differ; 0 wants every bit.
        where: how messages call the value.

    Raises:
        AssertionError: names the first field that differs.
    """
    kinds = _kind(first), _kind(second)
    assert kinds[0] is kinds[1], f"{where} is a {type(first).__name__} and a {type(second).__name__}"
    if isinstance(first, Tensor):
        _assert_same_tensor(first, second, tolerance, where)
    elif isinstance(first, (list, tuple)):
        assert len(first) == len(second), f"{where} has {len(first)} and {len(second)} entries"
        for index, (mine, other) in enumerate(zip(first, second, strict=True)):
            assert_same(mine, other, tolerance=tolerance, where=f"{where}[{index}]")
    elif isinstance(first, Mapping) or dataclasses.is_dataclass(first):
        _assert_same_parts(_parts(first), _parts(second), tolerance, where)
    else:
        # Only what is not a number differs from itself.
        assert first == second or (first != first and second != second), f"{where} is {first!r} and {second!r}"


def _kind(value: Any) -> type:
    if type(value) in (list, tuple):
        return list
    if isinstance(value, Mapping):
        return Mapping
    return float if type(value) is int else type(value)


def _parts(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return {f"[{key!r}]": part for key, part in value.items()}
    return {f".{field.name}": getattr(value, field.name) for field in dataclasses.fields(value)}


def _assert_same_parts(first: Mapping[str, Any], second: Mapping[str, Any], tolerance: float, where: str) -> None:
    assert list(first) == list(second), f"{where} has {', '.join(first)} and {', '.join(second)}"
    for name, mine in first.items():
        assert_same(mine, second[name], tolerance=tolerance, where=f"{where}{name}")


def _assert_same_tensor(first: Tensor, second: Tensor, tolerance: float, where: str) -> None:
    assert first.shape == second.shape, f"{where} has shapes {tuple(first.shape)} and {tuple(second.shape)}"
    assert first.dtype == second.dtype, f"{where} has types {first.dtype} and {second.dtype}"
    first, second = first.detach().cpu(), second.detach().cpu()
    if not first.is_floating_point():
        assert torch.equal(first, second), f"{where} differs"
        return
    first, second = first.double(), second.double()
    apart = (first - second).abs()
    apart[(first == second) | (first.isnan() & second.isnan())] = 0.0
    worst = float(apart.max()) if apart.numel() else 0.0
    assert worst <= tolerance, f"{where} differs by {worst:.3g}, more than {tolerance:.3g}"

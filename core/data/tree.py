"""Any frozen dataclass of tensors and plain values, walked field by field."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import torch
from torch import Tensor

T = TypeVar("T")


def map_tensors(value: T, change: Callable[[Tensor], Tensor]) -> T:
    """A copy of `value` with every tensor in it changed; plain values are kept.

    Args:
        value: a tensor, a plain value, or dataclasses, tuples, lists and dicts of them.
        change: called with each tensor.
    """
    return _mapped(value, change)


def _mapped(value: Any, change: Callable[[Tensor], Tensor]) -> Any:
    if isinstance(value, Tensor):
        return change(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _mapped_dataclass(value, change)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_mapped(item, change) for item in value))
    if isinstance(value, (tuple, list)):
        return type(value)(_mapped(item, change) for item in value)
    if isinstance(value, Mapping):
        return {key: _mapped(item, change) for key, item in value.items()}
    return value


def _mapped_dataclass(value: Any, change: Callable[[Tensor], Tensor]) -> Any:
    fields = {name: getattr(value, name) for name in field_names(value)}
    changed = {name: _mapped(item, change) for name, item in fields.items()}
    if all(changed[name] is fields[name] for name in fields):
        return value
    return dataclasses.replace(value, **changed)


def field_names(value: Any) -> list[str]:
    """The fields that make a dataclass what it is; the others it works out itself."""
    return [field.name for field in dataclasses.fields(value) if field.init]


def to_device(value: T, device: torch.device | str) -> T:
    """`value` with every tensor on `device`; the same object where they all are there already."""
    return map_tensors(value, lambda tensor: tensor.to(device))


def tensors_in(value: Any) -> list[Tensor]:
    """Every tensor in `value`, in the order of the fields."""
    found: list[Tensor] = []

    def remember(tensor: Tensor) -> Tensor:
        found.append(tensor)
        return tensor

    map_tensors(value, remember)
    return found

"""Any frozen dataclass of tensors and plain values, walked field by field."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
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
        fields = {name: getattr(value, name) for name in field_names(value)}
        changed = _mapped_items(fields, change)
        return value if changed is fields else dataclasses.replace(value, **changed)
    if isinstance(value, Mapping):
        return _mapped_items(value, change)
    if isinstance(value, (tuple, list)):
        items = dict(enumerate(value))
        changed = _mapped_items(items, change)
        return value if changed is items else _like(value, changed.values())
    return value


def _mapped_items(items: Mapping[Any, Any], change: Callable[[Tensor], Tensor]) -> Mapping[Any, Any]:
    """The items with every tensor in them changed; the same object where none was."""
    changed = {name: _mapped(item, change) for name, item in items.items()}
    return items if all(changed[name] is items[name] for name in changed) else changed


def _like(value: Any, items: Iterable[Any]) -> Any:
    """A tuple, NamedTuple or list like `value` with other items."""
    return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)


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

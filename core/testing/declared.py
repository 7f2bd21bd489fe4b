"""Whether a value is what its annotation says, down to every field and shape."""

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from jaxtyping import AnnotationError, jaxtyped
from torch import Tensor

from motionloom.core.data.storage import is_tensor_type, type_name
from motionloom.core.data.tree import field_names
from motionloom.core.graph.types import is_a


def assert_declared(value: Any, annotation: Any, where: str) -> None:
    """Assert that a value is of a type, with the shapes that jaxtyping annotations state.

    Args:
        value: to look through.
        annotation: what it should be.
        where: how messages call it.

    Raises:
        AssertionError: names the first part that is something else.
    """
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        assert_declared(value, arguments[0], where)
    elif origin in (typing.Union, types.UnionType):
        _assert_member(value, annotation, where)
    elif is_tensor_type(annotation):
        shape = f"{value.dtype} of shape {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__
        assert _is_shaped(value, annotation), f"{where} is a {shape}, not {type_name(annotation)}"
    else:
        assert is_a(value, annotation), f"{where} is a {type(value).__name__}, not {type_name(annotation)}"
        _assert_parts(value, annotation, where)


def _is_shaped(value: Any, annotation: Any) -> bool:
    try:
        return isinstance(value, annotation)
    # A dimension like "frames-1" needs a field before it that says how many "frames" there are.
    except AnnotationError:
        return isinstance(value, Tensor)


def _assert_member(value: Any, annotation: Any, where: str) -> None:
    members = [member for member in typing.get_args(annotation) if is_a(value, member)]
    assert members, f"{where} is a {type(value).__name__}, not {type_name(annotation)}"
    for member in members[:-1]:
        try:
            assert_declared(value, member, where)
        except AssertionError:
            continue
        return
    assert_declared(value, members[-1], where)


def _assert_parts(value: Any, annotation: Any, where: str) -> None:
    arguments = typing.get_args(annotation)
    if dataclasses.is_dataclass(value):
        _assert_fields(value, where)
    elif hasattr(value, "_fields"):
        hints = typing.get_type_hints(type(value), include_extras=True)
        for name in value._fields:
            assert_declared(getattr(value, name), hints[name], f"{where}.{name}")
    elif isinstance(value, Mapping) and arguments:
        for key, item in value.items():
            assert_declared(item, arguments[1], f"{where}[{key!r}]")
    elif isinstance(value, Sequence) and arguments and typing.get_origin(annotation) is not typing.Literal:
        _assert_items(value, annotation, where)


# Dimensions of one name must agree among the fields of one value: jaxtyping remembers them a call.
@jaxtyped(typechecker=None)
def _assert_fields(value: Any, where: str) -> None:
    kind = type(value)
    assert kind.__dataclass_params__.frozen, f"{where}: a {kind.__name__} can be changed; make it frozen"
    hints = typing.get_type_hints(kind, include_extras=True)
    for name in field_names(value):
        assert_declared(getattr(value, name), hints[name], f"{where}: {kind.__name__}.{name}")


def _assert_items(value: Sequence[Any], annotation: Any, where: str) -> None:
    arguments = typing.get_args(annotation)
    fixed = typing.get_origin(annotation) is tuple and Ellipsis not in arguments
    assert not fixed or len(arguments) == len(value), f"{where} has {len(value)} entries, not {len(arguments)}"
    for index, item in enumerate(value):
        assert_declared(item, arguments[index if fixed else 0], f"{where}[{index}]")

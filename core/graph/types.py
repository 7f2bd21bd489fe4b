"""Which output fits which port."""

import dataclasses
import types
import typing
from collections.abc import Sequence
from typing import Any

from motionloom.core.data.storage import is_tensor_type, type_name


def fits(produced: Any, expected: Any) -> bool:
    """Whether every value of the type `produced` is one of the type `expected`.

    A produced `X | None` fits a port that takes X: whether it is there shows when the graph runs.
    """
    if expected is Any or produced is Any or produced == expected:
        return True
    produced, expected = _bare(produced), _bare(expected)
    if _is_union(produced):
        members = [member for member in typing.get_args(produced) if member is not type(None)]
        return all(fits(member, expected) for member in members)
    if _is_union(expected):
        return any(fits(produced, member) for member in typing.get_args(expected))
    return _fits_plain(produced, expected)


def _fits_plain(produced: Any, expected: Any) -> bool:
    if is_tensor_type(produced) and is_tensor_type(expected):
        return _fits_tensor(produced, expected)
    origin, wanted = typing.get_origin(produced) or produced, typing.get_origin(expected) or expected
    if not (isinstance(origin, type) and isinstance(wanted, type)):
        return produced == expected
    if wanted is float and origin is int:
        return True
    if not issubclass(origin, wanted):
        return False
    if not typing.get_args(expected) or not issubclass(wanted, Sequence):
        return True
    return all(fits(one, typing.get_args(expected)[0]) for one in typing.get_args(produced) if one is not Ellipsis)


def _fits_tensor(produced: Any, expected: Any) -> bool:
    """Numbers of the same kind in a shape that could agree: what a node calls an axis is its own affair."""
    if not issubclass(_array_type(produced), _array_type(expected)):
        return False
    if not (hasattr(produced, "dims") and hasattr(expected, "dims")):
        return True
    kinds = produced.dtypes, expected.dtypes
    if all(isinstance(kind, tuple) for kind in kinds) and set(kinds[0]).isdisjoint(kinds[1]):
        return False
    if produced.index_variadic is not None or expected.index_variadic is not None:
        return True
    given, wanted = ([getattr(axis, "size", None) for axis in one.dims] for one in (produced, expected))
    return len(given) == len(wanted) and all(
        a is None or b is None or a == b for a, b in zip(given, wanted, strict=True)
    )


def _array_type(annotation: Any) -> type:
    return getattr(annotation, "array_type", annotation)


def _bare(annotation: Any) -> Any:
    return typing.get_args(annotation)[0] if typing.get_origin(annotation) is typing.Annotated else annotation


def _is_union(annotation: Any) -> bool:
    return typing.get_origin(annotation) in (typing.Union, types.UnionType)


def list_of(annotation: Any) -> Any:
    """The type of a list of values of this type."""
    return types.GenericAlias(Sequence, (annotation,))


def fields_of(annotation: Any) -> dict[str, Any]:
    """The fields that a reference may pick from a value of this type, with their types."""
    annotation = _bare(annotation)
    if _is_union(annotation):
        members = [member for member in typing.get_args(annotation) if member is not type(None)]
        return fields_of(members[0]) if len(members) == 1 else {}
    if not (isinstance(annotation, type) and dataclasses.is_dataclass(annotation)):
        return {}
    hints = typing.get_type_hints(annotation, include_extras=True)
    return {field.name: hints[field.name] for field in dataclasses.fields(annotation)}


def is_a(value: Any, annotation: Any) -> bool:
    """Whether a value that a node returned is of the type that it declared, as far as one can tell cheaply."""
    annotation = _bare(annotation)
    if annotation is Any:
        return True
    if _is_union(annotation):
        return any(is_a(value, member) for member in typing.get_args(annotation))
    if typing.get_origin(annotation) is typing.Literal:
        return value in typing.get_args(annotation)
    wanted = typing.get_origin(annotation) or annotation
    if wanted is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if not isinstance(wanted, type):
        return True
    # jaxtyping annotations check shapes in isinstance; the engine asks for the array type only.
    return isinstance(value, _array_type(wanted))


__all__ = ["fields_of", "fits", "is_a", "list_of", "type_name"]

"""Values to plain JSON and named tensors, and back.

What comes back is steered by the declared type alone: stored bytes never name a class, so they
cannot make this process import or build anything that the node did not declare.
"""

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import jaxtyping
from torch import Tensor

from motionloom.core.errors import DataError

Plain = Any
"""JSON: null, booleans, numbers, strings, lists and string-keyed objects."""

STORABLE = "use frozen dataclasses of tensors and plain values with their types spelled out, or @node(..., cache=False)"
"""What to do about a value that cannot be stored."""


def pack(value: Any) -> tuple[Plain, dict[str, Tensor]]:
    """Split a value into JSON and the tensors that it refers to by name.

    Raises:
        DataError: the value holds something that is neither plain, tensor nor dataclass.
    """
    tensors: dict[str, Tensor] = {}
    return _pack(value, "value", tensors), tensors


def _pack(value: Any, name: str, tensors: dict[str, Tensor]) -> Plain:
    if isinstance(value, Enum):
        return _pack(value.value, name, tensors)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Tensor):
        while name in tensors:
            name += "'"
        tensors[name] = value.detach().contiguous()
        return name
    if isinstance(value, Path):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {f.name: _pack(getattr(value, f.name), f"{name}.{f.name}", tensors) for f in fields}
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: _pack(item, f"{name}.{key}", tensors) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return [_pack(item, f"{name}.{index}", tensors) for index, item in enumerate(value)]
    keys = " with keys that are no strings" if isinstance(value, Mapping) else ""
    raise DataError(f"{name} is a {type(value).__name__}{keys}, which cannot be stored", remedy=STORABLE)


def unpack(annotation: Any, plain: Plain, tensors: Mapping[str, Tensor]) -> Any:
    """Build the value that `pack` split, as the declared type.

    Args:
        annotation: the type that the value had when it was packed.
        plain: JSON from `pack`.
        tensors: tensors from `pack`.

    Raises:
        DataError: the stored parts do not form a value of that type.
    """
    try:
        return _unpack(annotation, plain, tensors)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise DataError(f"stored parts do not form a {type_name(annotation)}: {error}") from error


def _unpack(annotation: Any, plain: Plain, tensors: Mapping[str, Tensor]) -> Any:
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _unpack(typing.get_args(annotation)[0], plain, tensors)
    if origin in (typing.Union, types.UnionType):
        return _unpack_union(annotation, plain, tensors)
    if is_tensor_type(annotation):
        return tensors[plain]
    if annotation is Path:
        return Path(plain)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return annotation(plain)
    if annotation in (None, type(None), bool, int, float, str):
        return _unpack_scalar(annotation, plain)
    if dataclasses.is_dataclass(annotation):
        return _unpack_fields(annotation, [f.name for f in dataclasses.fields(annotation)], plain, tensors)
    if hasattr(annotation, "_fields"):
        fields = dict(zip(annotation._fields, plain, strict=True))
        return _unpack_fields(annotation, list(fields), fields, tensors)
    if origin is not None:
        return _unpack_container(annotation, origin, plain, tensors)
    raise TypeError(f"{type_name(annotation)} does not say what is in it")


def _unpack_scalar(annotation: Any, plain: Plain) -> Plain:
    if annotation is float and type(plain) is int:
        return float(plain)
    if not isinstance(plain, type(None) if annotation is None else annotation) or (
        isinstance(plain, bool) and annotation is not bool
    ):
        raise TypeError(f"{plain!r} is no {type_name(annotation)}")
    return plain


def _unpack_union(annotation: Any, plain: Plain, tensors: Mapping[str, Tensor]) -> Any:
    members = [member for member in typing.get_args(annotation) if member is not type(None)]
    if plain is None or not members:
        return None
    if len(members) == 1:
        return _unpack(members[0], plain, tensors)
    plain_types = [member for member in members if member in (bool, int, float, str)]
    if type(plain) in plain_types:
        return plain
    for member in members:
        try:
            return _unpack(member, plain, tensors)
        except (KeyError, TypeError, ValueError, AttributeError, DataError):
            continue
    raise TypeError(f"no member of {type_name(annotation)} fits")


def _unpack_fields(annotation: Any, names: list[str], plain: Plain, tensors: Mapping[str, Tensor]) -> Any:
    hints = typing.get_type_hints(annotation, include_extras=True)
    return annotation(**{name: _unpack(hints[name], plain[name], tensors) for name in names})


def _unpack_container(annotation: Any, origin: Any, plain: Plain, tensors: Mapping[str, Tensor]) -> Any:
    arguments = typing.get_args(annotation)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: _unpack(arguments[1], item, tensors) for key, item in plain.items()}
    if origin is tuple and not (len(arguments) == 2 and arguments[1] is Ellipsis):
        return tuple(_unpack(member, item, tensors) for member, item in zip(arguments, plain, strict=True))
    if isinstance(origin, type) and issubclass(origin, Sequence):
        items = [_unpack(arguments[0], item, tensors) for item in plain]
        return items if origin is list else tuple(items)
    if origin is typing.Literal and plain in arguments:
        return plain
    raise TypeError(f"{plain!r} is no {type_name(annotation)}")


def is_tensor_type(annotation: Any) -> bool:
    """Whether an annotation stands for a tensor, with or without a jaxtyping shape."""
    return isinstance(annotation, type) and issubclass(annotation, (Tensor, jaxtyping.AbstractArray))


def type_name(annotation: Any) -> str:
    """How a type is called in messages and documentation: `Motion`, `Sequence[Take]`, `int | None`."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return type_name(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        return " | ".join(type_name(member) for member in typing.get_args(annotation))
    if origin is typing.Literal:
        return " | ".join(repr(choice) for choice in typing.get_args(annotation))
    if annotation is type(None):
        return "None"
    if annotation is Ellipsis:
        return "..."
    if origin is not None:
        inner = ", ".join(type_name(member) for member in typing.get_args(annotation))
        return f"{getattr(origin, '__name__', origin)}[{inner}]"
    return getattr(annotation, "__name__", str(annotation))

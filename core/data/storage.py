"""Values to plain JSON and named tensors, and back.

Numbers, text, lists and null stand for themselves; everything else is an object with one key that
says what it is: `{"Tensor": name}`, `{"Path": text}`, `{"dict": {...}}`, `{"Motion": {field: ...}}`.
What comes back is steered by the declared type alone. Stored names are compared with it, never
looked up, so they cannot make this process import or build anything that the node did not declare.
"""

import contextlib
import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import jaxtyping
from torch import Tensor

from motionloom.core.data.tree import field_names
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
        return {"Tensor": _keep(value, name, tensors)}
    if isinstance(value, Path):
        return {"Path": str(value)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            type(value).__name__: {
                field: _pack(getattr(value, field), f"{name}.{field}", tensors) for field in field_names(value)
            }
        }
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {"dict": {key: _pack(item, f"{name}.{key}", tensors) for key, item in value.items()}}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return [_pack(item, f"{name}.{index}", tensors) for index, item in enumerate(value)]
    keys = " with keys that are no strings" if isinstance(value, Mapping) else ""
    raise DataError(f"{name} is a {type(value).__name__}{keys}, which cannot be stored", remedy=STORABLE)


def _keep(tensor: Tensor, name: str, tensors: dict[str, Tensor]) -> str:
    while name in tensors:
        name += "'"
    tensors[name] = tensor.detach().contiguous()
    return name


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
    # A declared type's own checks may raise anything.
    except Exception as error:
        reason = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        raise DataError(f"stored parts do not form a {type_name(annotation)}: {reason}") from error


def _unpack(annotation: Any, plain: Plain, tensors: Mapping[str, Tensor]) -> Any:
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _unpack(typing.get_args(annotation)[0], plain, tensors)
    if origin in (typing.Union, types.UnionType):
        return _unpack_union(annotation, plain, tensors)
    if is_tensor_type(annotation):
        return _unpack_tensor(annotation, tensors[_content(plain, "Tensor")])
    if annotation is Path:
        return Path(_content(plain, "Path"))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return annotation(plain)
    if annotation in (None, type(None), bool, int, float, str):
        return _unpack_scalar(annotation, plain)
    if dataclasses.is_dataclass(annotation):
        return _unpack_fields(annotation, field_names(annotation), _content(plain, type_name(annotation)), tensors)
    if hasattr(annotation, "_fields"):
        fields = dict(zip(annotation._fields, _list(plain), strict=True))
        return _unpack_fields(annotation, list(fields), fields, tensors)
    if origin is not None:
        return _unpack_container(annotation, origin, plain, tensors)
    raise TypeError(f"{type_name(annotation)} does not say what is in it")


def _content(plain: Plain, kind: str) -> Any:
    """What the object `{kind: content}` holds."""
    if not isinstance(plain, dict) or list(plain) != [kind]:
        raise TypeError(f"{str(plain)[:60]} is no {kind}")
    return plain[kind]


def _list(plain: Plain) -> list[Plain]:
    if not isinstance(plain, list):
        raise TypeError(f"{str(plain)[:60]} is no list")
    return plain


def _unpack_tensor(annotation: Any, tensor: Tensor) -> Tensor:
    # A dimension like "frames-1" cannot be told from one tensor; that is left to the value's own checks.
    with contextlib.suppress(jaxtyping.AnnotationError):
        if not isinstance(tensor, annotation):
            raise TypeError(f"a {tensor.dtype} of shape {tuple(tensor.shape)} is no {type_name(annotation)}")
    return tensor


def _unpack_scalar(annotation: Any, plain: Plain) -> Plain:
    if annotation is float and type(plain) is int:
        return float(plain)
    if type(plain) is not (type(None) if annotation is None else annotation):
        raise TypeError(f"{str(plain)[:60]!r} is no {type_name(annotation)}")
    return plain


def _unpack_union(annotation: Any, plain: Plain, tensors: Mapping[str, Tensor]) -> Any:
    members = typing.get_args(annotation)
    if type(plain) in members:
        return plain
    if len(members) == 2 and type(None) in members:
        return _unpack(members[members[0] is type(None)], plain, tensors)
    for member in members:
        with contextlib.suppress(Exception):
            return _unpack(member, plain, tensors)
    raise TypeError(f"no member of {type_name(annotation)} fits")


def _unpack_fields(annotation: Any, names: list[str], plain: Plain, tensors: Mapping[str, Tensor]) -> Any:
    if sorted(plain) != sorted(names):
        raise TypeError(f"it has the fields {', '.join(plain)}, not {', '.join(names)}")
    hints = typing.get_type_hints(annotation, include_extras=True)
    return annotation(**{name: _unpack(hints[name], plain[name], tensors) for name in names})


def _unpack_container(annotation: Any, origin: Any, plain: Plain, tensors: Mapping[str, Tensor]) -> Any:
    arguments = typing.get_args(annotation)
    if origin is typing.Literal:
        return _unpack_literal(annotation, plain)
    if not isinstance(origin, type) or not issubclass(origin, (Mapping, Sequence)):
        raise TypeError(f"{type_name(annotation)} cannot be stored")
    if issubclass(origin, Mapping):
        return {key: _unpack(arguments[1], item, tensors) for key, item in _content(plain, "dict").items()}
    if origin is tuple and not (len(arguments) == 2 and arguments[1] is Ellipsis):
        return tuple(_unpack(member, item, tensors) for member, item in zip(arguments, _list(plain), strict=True))
    items = [_unpack(arguments[0], item, tensors) for item in _list(plain)]
    return items if origin is list else tuple(items)


def _unpack_literal(annotation: Any, plain: Plain) -> Plain:
    # `True == 1`, and a value must not come back as another type.
    if not any(type(plain) is type(choice) and plain == choice for choice in typing.get_args(annotation)):
        raise TypeError(f"{str(plain)[:60]!r} is no {type_name(annotation)}")
    return plain


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
    if isinstance(annotation, list):
        return f"[{', '.join(type_name(member) for member in annotation)}]"
    if origin is not None:
        inner = ", ".join(type_name(member) for member in typing.get_args(annotation))
        return f"{getattr(origin, '__name__', origin)}[{inner}]"
    return getattr(annotation, "__name__", str(annotation))

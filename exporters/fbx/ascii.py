"""Records of FBX as text, for eyes and for `diff`."""

import base64
from collections.abc import Iterator, Sequence

from motionloom.exporters.fbx.records import Array, Long, ObjectName, Record, Value

NUMBERS_A_LINE = 16


def text(records: Sequence[Record], depth: int = 0) -> Iterator[str]:
    """The lines of a list of records, nested by tabs."""
    indent = "\t" * depth
    for record in records:
        head = f"{indent}{record.name}: {_values(record.values)}"
        arrays = [value for value in record.values if isinstance(value, Array)]
        if arrays:
            yield f"{head} {{\n{indent}\ta: "
            yield from _numbers(arrays[0])
            yield f"\n{indent}}}\n"
        elif record.children is not None:
            yield f"{head} {{\n"
            yield from text(record.children, depth + 1)
            yield f"{indent}}}\n"
        else:
            yield f"{head}\n"


def _numbers(array: Array) -> Iterator[str]:
    """Numbers as short as they can be and still be the same."""
    flat = array.values.reshape(-1)
    for start in range(0, len(flat), NUMBERS_A_LINE):
        line = ",".join(map(str, flat[start : start + NUMBERS_A_LINE]))
        yield f",\n{line}" if start else line


def _values(values: Sequence[Value]) -> str:
    """A blank before text and none before numbers: three.js takes them apart by it."""
    written = ""
    for value in values:
        blank = " " if written and isinstance(value, str | ObjectName) else ""
        written += f"{',' if written else ''}{blank}{_value(value)}"
    return written


def _value(value: Value) -> str:
    match value:
        case bool():
            return "T" if value else "F"
        case Long() | int():
            return str(int(value))
        case float():
            return repr(value)
        case bytes():
            return f',\n"{base64.b64encode(value).decode()}"'
        case Array():
            return f"*{value.values.size}"
        case ObjectName():
            return _quoted(f"{value.kind}::{value.name}")
        case str():
            return _quoted(value)


def _quoted(string: str) -> str:
    escaped = string.replace('"', "&quot;").replace("\r", "&cr;").replace("\n", "&lf;")
    return f'"{escaped}"'

"""A glTF document's JSON, checked field by field: whatever it holds, the error says where."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from motionloom.core.errors import ReadError

LARGEST = 2**53
"""Integers above this are not exact in JSON."""


@dataclass(frozen=True)
class Entry:
    """An object of the document.

    Args:
        values: its fields.
        where: its JSON pointer, like `/meshes/3`.
    """

    values: dict[str, Any]
    where: str = ""

    def error(self, what: str, name: str = "", remedy: str = "export the file again") -> ReadError:
        """An error at this object or at one of its fields."""
        return ReadError(what, where=(f"{self.where}/{name}" if name else self.where) or "/", remedy=remedy)

    def has(self, name: str) -> bool:
        """Whether the field is there."""
        return name in self.values

    def integer(self, name: str, default: int | None = None, *, least: int = 0, most: int = LARGEST) -> int:
        """A whole number from `least` to `most`; required where there is no default."""
        if name not in self.values and default is not None:
            return default
        value = self._required(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if type(value) is not int or not least <= value <= most:
            raise self.error(f"{_shown(value)} is no whole number from {least} to {most}", name)
        return value

    def index(self, name: str, count: int) -> int | None:
        """An index into a list of `count`; None where the field is not there."""
        if name not in self.values:
            return None
        value = self.integer(name)
        if value >= count:
            raise self.error(f"it names number {value}, and there are {count}", name)
        return value

    def number(self, name: str, default: float) -> float:
        """A finite number."""
        return self._finite(self.values[name], name) if name in self.values else default

    def numbers(self, name: str, length: int, default: Sequence[float]) -> list[float]:
        """So many finite numbers."""
        if name not in self.values:
            return list(default)
        found = self._list(name)
        if len(found) != length:
            raise self.error(f"there are {len(found)} numbers, not {length}", name)
        return [self._finite(value, name) for value in found]

    def indices(self, name: str, count: int) -> list[int]:
        """Indices into a list of `count`; none where the field is not there."""
        found = self._list(name) if name in self.values else []
        for value in found:
            if type(value) is not int or not 0 <= value < count:
                raise self.error(f"it names number {_shown(value)}, and there are {count}", name)
        return found

    def text(self, name: str, default: str = "") -> str:
        """A string."""
        value = self.values.get(name, default)
        if not isinstance(value, str):
            raise self.error(f"{_shown(value)} is no text", name)
        return value

    def texts(self, name: str) -> list[str]:
        """A list of strings; empty where the field is not there."""
        found = self._list(name) if name in self.values else []
        if not all(isinstance(value, str) for value in found):
            raise self.error("a name is no text", name)
        return found

    def entry(self, name: str) -> "Entry":
        """An object; an empty one where the field is not there."""
        return self._entry(self.values.get(name, {}), f"{self.where}/{name}")

    def entries(self, name: str) -> list["Entry"]:
        """A list of objects; empty where the field is not there."""
        found = self._list(name) if name in self.values else []
        return [self._entry(value, f"{self.where}/{name}/{number}") for number, value in enumerate(found)]

    def extras(self) -> "Entry":
        """The application's own data, which may be anything: an empty object where it is no object."""
        found = self.values.get("extras")
        return Entry(found if isinstance(found, dict) else {}, f"{self.where}/extras")

    def _entry(self, value: Any, where: str) -> "Entry":
        if not isinstance(value, dict):
            raise ReadError(f"{_shown(value)} is no object", where=where, remedy="export the file again")
        return Entry(value, where)

    def _required(self, name: str) -> Any:
        if name not in self.values:
            raise self.error(f"{name!r} is missing")
        return self.values[name]

    def _list(self, name: str) -> list[Any]:
        value = self.values[name]
        if not isinstance(value, list):
            raise self.error(f"{_shown(value)} is no list", name)
        return value

    def _finite(self, value: Any, name: str) -> float:
        # A whole number of a thousand digits is legal JSON and no float.
        if type(value) not in (int, float) or abs(value) > 1e300 or not math.isfinite(value):
            raise self.error(f"{_shown(value)} is no finite number", name)
        return float(value)


def _shown(value: Any) -> str:
    """A value as messages show it: short, whatever it is."""
    if type(value) is int and abs(value) >= LARGEST:
        return "a huge number"
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return repr(value)[:60]

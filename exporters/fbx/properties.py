"""`Properties70`: named and typed values of an object."""

from collections.abc import Iterable, Sequence

from motionloom.exporters.fbx.records import Long, Record, Value


def properties(entries: Iterable[Record]) -> Record:
    """A list of properties as a child of an object."""
    return Record("Properties70", children=list(entries))


def entry(name: str, kind: str, label: str, flags: str, *values: Value) -> Record:
    """One property; `flags` is "A" for what can be animated."""
    return Record("P", (name, kind, label, flags, *values))


def integer(name: str, value: int) -> Record:
    """A whole number."""
    return entry(name, "int", "Integer", "", int(value))


def choice(name: str, value: int) -> Record:
    """The number of one of several options."""
    return entry(name, "enum", "", "", int(value))


def switch(name: str, on: bool) -> Record:
    """Yes or no."""
    return entry(name, "bool", "", "", int(on))


def number(name: str, value: float, flags: str = "") -> Record:
    """A number, which curves can animate where the flags say so."""
    kind, label = ("Number", "") if flags else ("double", "Number")
    return entry(name, kind, label, flags, float(value))


def vector(name: str, values: Sequence[float]) -> Record:
    """Three numbers."""
    return entry(name, "Vector3D", "Vector", "", *map(float, values))


def color(name: str, values: Sequence[float]) -> Record:
    """Red, green and blue, linear."""
    return entry(name, "Color", "", "A", *map(float, values))


def moment(name: str, ticks: int) -> Record:
    """A time."""
    return entry(name, "KTime", "Time", "", Long(ticks))


def string(name: str, value: str) -> Record:
    """A text."""
    return entry(name, "KString", "", "", value)

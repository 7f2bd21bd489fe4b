"""The objects of a document, numbered, and what connects them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from motionloom.exporters.fbx.records import Long, ObjectName, Record

ROOT: Final = 0
"""The number of the scene's root, which is no object of the file."""

FIRST_NUMBER: Final = 1_000_000


@dataclass
class Objects:
    """Objects and connections as they are added."""

    records: list[Record] = field(default_factory=list)
    connections: list[Record] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, kind: str, name: ObjectName, subclass: str, children: Sequence[Record]) -> int:
        """Store an object, and give its number.

        Args:
            kind: the record's name, which `Definitions` counts.
            name: with its class.
            subclass: which sort of that class: `LimbNode`, `Cluster`.
            children: what it says.
        """
        number = FIRST_NUMBER + len(self.records)
        self.records.append(Record(kind, (Long(number), name, subclass), list(children)))
        self.counts[kind] += 1
        return number

    def connect(self, child: int, parent: int, property_name: str | None = None) -> None:
        """Connect an object to another one, or to one of its properties."""
        kind = "OO" if property_name is None else "OP"
        named = () if property_name is None else (property_name,)
        self.connections.append(Record("C", (kind, Long(child), Long(parent), *named)))

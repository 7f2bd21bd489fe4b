"""The conventions that face shapes are named by, as tables from ARKit's names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

from motionloom.core.data import ARKIT_SHAPES
from motionloom.plugins.face.ict_names import ICT_PARTS
from motionloom.plugins.face.metahuman_names import METAHUMAN_PARTS, PREFIX
from motionloom.plugins.face.spelling import spellings
from motionloom.plugins.face.vrm_names import VRM_PARTS, VRM_SHARED

ConventionName = Literal["arkit", "ict", "metahuman", "vrm"]


@dataclass(frozen=True)
class Convention:
    """How one family of rigs names what ARKit has 52 names for.

    Args:
        parts: what each shape of ARKit's is made of; one name, or several that make it up together.
        shared: names that are several of ARKit's shapes at once.
        prefix: what files write before each name.
    """

    parts: Mapping[str, tuple[str, ...]]
    shared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    prefix: str = ""

    @cached_property
    def all_parts(self) -> dict[str, tuple[str, ...]]:
        """`parts`, and ARKit's own name where the convention has none: rigs are often extended by those."""
        return {name: self.parts.get(name, (name,)) for name in ARKIT_SHAPES}

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name of the convention, ARKit's among them where it has none of its own."""
        return frozenset(part for parts in self.all_parts.values() for part in parts).union(self.shared)

    @cached_property
    def spelled(self) -> dict[str, str]:
        """Every name of the convention by the ways that it is recognised in."""
        return {spelling: name for name in self.names for spelling in spellings(name)}


CONVENTIONS: Final[dict[ConventionName, Convention]] = {
    "arkit": Convention({name: (name,) for name in ARKIT_SHAPES}),
    "ict": Convention(ICT_PARTS),
    "metahuman": Convention(METAHUMAN_PARTS, prefix=PREFIX),
    "vrm": Convention(VRM_PARTS, VRM_SHARED),
}
"""In the order in which they are preferred where names fit several alike. Live Link's names are ARKit's with
a capital."""

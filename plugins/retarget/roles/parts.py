"""The parts of a human body that joints can play."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Side(StrEnum):
    """Which half of the body."""

    LEFT = "left"
    RIGHT = "right"


class Part(StrEnum):
    """A part of the body, whichever side it is on."""

    HIPS = "hips"
    SPINE = "spine"
    NECK = "neck"
    HEAD = "head"
    CLAVICLE = "clavicle"
    UPPER_ARM = "upper_arm"
    FOREARM = "forearm"
    HAND = "hand"
    THUMB = "thumb"
    INDEX = "index"
    MIDDLE = "middle"
    RING = "ring"
    PINKY = "pinky"
    FINGERS = "fingers"
    UPPER_LEG = "upper_leg"
    LOWER_LEG = "lower_leg"
    FOOT = "foot"
    TOES = "toes"


CENTRAL_PARTS = (Part.HIPS, Part.SPINE, Part.NECK, Part.HEAD)
"""Parts in the middle of the body; every other exists on both sides."""

LIMBS = ((Part.UPPER_ARM, Part.FOREARM, Part.HAND), (Part.UPPER_LEG, Part.LOWER_LEG, Part.FOOT))
"""Upper bone, lower bone and end of an arm and of a leg."""

FINGER_PARTS = (Part.INDEX, Part.MIDDLE, Part.RING, Part.PINKY)
"""The fingers that lie beside each other, from the thumb's side on."""

DIGITS = (Part.THUMB, *FINGER_PARTS, Part.FINGERS)
"""All that hangs on a hand; a mitten has `FINGERS` alone."""

NEIGHBOURS: Mapping[Part, tuple[Part, ...]] = MappingProxyType(
    {
        Part.INDEX: (Part.MIDDLE, Part.FINGERS),
        Part.MIDDLE: (Part.RING, Part.INDEX, Part.FINGERS),
        Part.RING: (Part.MIDDLE, Part.PINKY, Part.INDEX, Part.FINGERS),
        Part.PINKY: (Part.RING, Part.MIDDLE, Part.INDEX, Part.FINGERS),
        Part.FINGERS: (Part.MIDDLE, Part.INDEX, Part.RING, Part.PINKY),
    }
)
"""Which fingers stand in for one, the nearest first; for a mitten the middle finger does."""

PLURALS: Mapping[Part, str] = MappingProxyType({Part.FOOT: "feet", Part.TOES: "toes", Part.FINGERS: "fingers"})
"""Those that take no s, or have one."""


class Role(StrEnum):
    """What a joint, or a chain of joints, does in a human body."""

    HIPS = "hips"
    SPINE = "spine"
    NECK = "neck"
    HEAD = "head"
    LEFT_CLAVICLE = "left_clavicle"
    LEFT_UPPER_ARM = "left_upper_arm"
    LEFT_FOREARM = "left_forearm"
    LEFT_HAND = "left_hand"
    LEFT_THUMB = "left_thumb"
    LEFT_INDEX = "left_index"
    LEFT_MIDDLE = "left_middle"
    LEFT_RING = "left_ring"
    LEFT_PINKY = "left_pinky"
    LEFT_FINGERS = "left_fingers"
    LEFT_UPPER_LEG = "left_upper_leg"
    LEFT_LOWER_LEG = "left_lower_leg"
    LEFT_FOOT = "left_foot"
    LEFT_TOES = "left_toes"
    RIGHT_CLAVICLE = "right_clavicle"
    RIGHT_UPPER_ARM = "right_upper_arm"
    RIGHT_FOREARM = "right_forearm"
    RIGHT_HAND = "right_hand"
    RIGHT_THUMB = "right_thumb"
    RIGHT_INDEX = "right_index"
    RIGHT_MIDDLE = "right_middle"
    RIGHT_RING = "right_ring"
    RIGHT_PINKY = "right_pinky"
    RIGHT_FINGERS = "right_fingers"
    RIGHT_UPPER_LEG = "right_upper_leg"
    RIGHT_LOWER_LEG = "right_lower_leg"
    RIGHT_FOOT = "right_foot"
    RIGHT_TOES = "right_toes"

    @property
    def side(self) -> Side | None:
        """The half of the body; None in its middle."""
        first = self.value.partition("_")[0]
        return Side(first) if first in tuple(Side) else None

    @property
    def part(self) -> Part:
        """The part, whichever side it is on."""
        return Part(self.value if self.side is None else self.value.partition("_")[2])

    @property
    def label(self) -> str:
        """How messages spell it: `left upper arm`."""
        return self.value.replace("_", " ")


def role_of(part: Part, side: Side | None = None) -> Role:
    """The role of a part on a side; the side of a central part does not matter."""
    return Role(part.value if part in CENTRAL_PARTS else f"{side}_{part}")


def spelled(roles: Iterable[Role]) -> str:
    """Roles as messages name them: `hips, upper legs, left foot`."""
    sides: dict[Part, list[Role]] = {}
    for role in roles:
        sides.setdefault(role.part, []).append(role)
    return ", ".join(
        found[0].label if len(found) < len(Side) else PLURALS.get(part, f"{part.value.replace('_', ' ')}s")
        for part, found in sides.items()
    )


NEEDED: tuple[Role, ...] = (
    Role.HIPS,
    *(role_of(part, side) for part in (Part.UPPER_LEG, Part.LOWER_LEG) for side in Side),
)
"""Without these there is nothing to stand on; everything else may be missing on either skeleton."""

BODY: tuple[Role, ...] = (
    *NEEDED,
    *(role_of(part, side) for part in (Part.UPPER_ARM, Part.FOREARM, Part.FOOT) for side in Side),
)
"""What a whole body has, whoever rigged it."""


@dataclass(frozen=True)
class JointRoles:
    """Which joints play which role.

    Args:
        joints: for each role that was found, joint indices from the hips outwards. They lie on one
            path of the hierarchy, but for toes, which may lie beside each other.
        by_shape: the roles that the rest pose gave away; the others were found by name, or told.
    """

    joints: Mapping[Role, tuple[int, ...]]
    by_shape: frozenset[Role] = field(default=frozenset(), compare=False)

    def __contains__(self, role: Role) -> bool:
        return role in self.joints

    def __iter__(self) -> Iterator[Role]:
        return iter(self.joints)

    def of(self, role: Role) -> tuple[int, ...]:
        """The joints of a role; none where it was not found."""
        return self.joints.get(role, ())

    def first(self, role: Role) -> int | None:
        """The joint of a role that is nearest to the hips."""
        return self.joints[role][0] if role in self.joints else None

    def missing(self, roles: tuple[Role, ...]) -> tuple[Role, ...]:
        """Those of `roles` that no joint plays."""
        return tuple(role for role in roles if role not in self.joints)

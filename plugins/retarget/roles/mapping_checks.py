"""Whether the joints that a mapping file names for one skeleton make up a body."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yaml.nodes import Node

from motionloom.core.data import Skeleton, rest_pose
from motionloom.core.errors import ReadError
from motionloom.plugins.retarget.roles.hierarchy import is_above
from motionloom.plugins.retarget.roles.mapping_yaml import position
from motionloom.plugins.retarget.roles.parts import DIGITS, LIMBS, NEEDED, JointRoles, Part, Role, Side, role_of
from motionloom.plugins.retarget.roles.sides import arms_against_legs, side_of_joint, swapped_limbs

HANGS_ON: tuple[tuple[Part, Part], ...] = (
    (Part.FOREARM, Part.UPPER_ARM),
    (Part.HAND, Part.FOREARM),
    *((part, Part.HAND) for part in DIGITS),
    *((lower, upper) for upper, lower in zip(LIMBS[1], LIMBS[1][1:], strict=False)),
    (Part.TOES, Part.FOOT),
)
"""Parts that must hang on another where a skeleton has both."""


@dataclass
class MappedSide:
    """What is known so far of one skeleton of a mapping.

    Args:
        which: source or target.
        skeleton: whose joints.
        joints: of each role.
        lines: the line and role in which each joint stands.
        nodes: where each role stands.
    """

    which: str
    skeleton: Skeleton
    joints: dict[Role, tuple[int, ...]] = field(default_factory=dict)
    lines: dict[int, tuple[int, str]] = field(default_factory=dict)
    nodes: dict[Role, Node] = field(default_factory=dict)


def check_roles(path: Path, side: MappedSide, keys: Mapping[str, Node], warn: Callable[[str], None]) -> None:
    """Check the roles of one skeleton when all of them are read.

    Args:
        path: of the mapping file.
        side: the skeleton.
        keys: where the key of each role stands that is written, and that of `roles` itself.
        warn: told which limbs are swapped.

    Raises:
        ReadError: hips or legs are missing, a part does not hang on the one before it, or arms and legs
            contradict each other.
    """
    _check_needed(path, side, keys)
    for half in Side:
        for part, above in HANGS_ON:
            _check_hangs(path, side, role_of(part, half), role_of(above, half))
    for role in (Role.SPINE, Role.NECK, Role.HEAD):
        _check_hangs(path, side, role, Role.HIPS)
    _check_crossed(path, side)
    for limb in swapped_limbs(side.skeleton, JointRoles(side.joints)):
        warn(f"{path}: left and right {limb} of the {side.which} are swapped in its rest pose")


def _check_needed(path: Path, side: MappedSide, keys: Mapping[str, Node]) -> None:
    missing = [role.value for role in NEEDED if role not in side.joints]
    if missing:
        where = next((keys[role] for role in missing if role in keys), keys["roles"])
        what = f"the mapping names no joint of the {side.which} for {', '.join(missing)}"
        remedy = "hips, upper and lower legs are needed on both sides"
        raise ReadError(what, where=position(path, where), remedy=remedy)


def _check_hangs(path: Path, side: MappedSide, role: Role, above: Role) -> None:
    if role not in side.joints or above not in side.joints:
        return
    joint, other = side.joints[role][0], side.joints[above][0]
    if not is_above(side.skeleton, other, joint):
        names = side.skeleton.names
        what = f"{role} ({names[joint]!r}) of the {side.which} does not hang on {above} ({names[other]!r})"
        raise ReadError(what, where=position(path, side.nodes[role]), remedy="name joints of one limb")


def _check_crossed(path: Path, side: MappedSide) -> None:
    """Refuse arms whose left is where the right leg is: nobody knows which of the two is meant."""
    roles = JointRoles(side.joints)
    if _named_as_played(side) or not arms_against_legs(rest_pose(side.skeleton)[1], roles):
        return
    wrong, others = ("legs", "arms") if swapped_limbs(side.skeleton, roles) == ("legs",) else ("arms", "legs")
    part = Part.UPPER_LEG if wrong == "legs" else Part.UPPER_ARM
    left, right = (side.nodes[role_of(part, half)] for half in Side)
    what = f"left and right {wrong} of the {side.which} are swapped against its {others}"
    remedy = (
        f"exchange the joints of the {wrong}, from line {left.start_mark.line + 1} on with those from line "
        f"{right.start_mark.line + 1} on"
    )
    raise ReadError(what, where=position(path, left), remedy=remedy)


def _named_as_played(side: MappedSide) -> bool:
    """Whether the names of thighs and upper arms say the sides that they are given: then the rest pose is to blame."""
    roles = [role_of(part, half) for part in (Part.UPPER_LEG, Part.UPPER_ARM) for half in Side]
    return all(side_of_joint(side.skeleton, side.joints[role][0]) is role.side for role in roles if role in side.joints)

"""Which joints of a source and which of a target do the same in the body."""

from dataclasses import dataclass

from motionloom.core.data import Skeleton
from motionloom.plugins.retarget.roles.find import find_roles, search_parts
from motionloom.plugins.retarget.roles.pairs import find_pairs
from motionloom.plugins.retarget.roles.parts import JointRoles


@dataclass(frozen=True)
class JointMapping:
    """The roles of two skeletons, and the joints beside them that follow each other.

    Args:
        source: roles of the joints of the skeleton that a motion comes from.
        target: roles of the joints of the skeleton that it goes to.
        pairs: source and target joint that follow each other one to one, none of which has a role;
            a target joint stands in one pair at most.
    """

    source: JointRoles
    target: JointRoles
    pairs: tuple[tuple[int, int], ...] = ()


def find_mapping(source: Skeleton, target: Skeleton, whose: str = "the target") -> JointMapping:
    """The mapping that names and rest poses give.

    Args:
        source: skeleton that a motion comes from.
        target: skeleton that it goes to.
        whose: how messages call the skeleton that it goes to.

    Raises:
        NodeError: the hips or legs of either skeleton were not found.
    """
    source_roles = find_roles(source, "the source of the motion")
    return _with_pairs(source, source_roles, target, find_roles(target, whose))


def search_mapping(source: Skeleton, target: Skeleton) -> JointMapping:
    """What names and rest poses give of a mapping, be it enough or not: a start for a person."""
    return _with_pairs(source, search_parts(source), target, search_parts(target))


def _with_pairs(source: Skeleton, source_roles: JointRoles, target: Skeleton, target_roles: JointRoles) -> JointMapping:
    return JointMapping(source_roles, target_roles, find_pairs(source, source_roles, target, target_roles))

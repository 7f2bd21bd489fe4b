"""The roles of a skeleton's joints: names first, then the rest pose."""

from motionloom.core.data import Skeleton
from motionloom.core.errors import NodeError
from motionloom.plugins.retarget.roles.assemble import assemble
from motionloom.plugins.retarget.roles.names import read_names
from motionloom.plugins.retarget.roles.parts import BODY, NEEDED, JointRoles, Role, spelled
from motionloom.plugins.retarget.roles.topology import count_legs, roles_by_topology

REMEDY = "say which joints they are in a mapping (motionloom mapping SOURCE TARGET -o map.yaml), or use retarget.same"


def find_roles(skeleton: Skeleton, whose: str) -> JointRoles:
    """Which joints play which role.

    Args:
        skeleton: with Y up in its rest pose, where its names say too little.
        whose: how messages call the skeleton: `the source`.

    Raises:
        NodeError: no hips, or not both legs, were found.
    """
    roles = search_roles(skeleton)
    missing = roles.missing(NEEDED)
    if missing:
        raise NodeError(
            f"{whose} has no joint for {spelled(missing)}, neither by name nor by its rest pose{_legs(skeleton)}; "
            f"its joints are {_some(skeleton.names)}",
            remedy=REMEDY,
        )
    return roles


def search_roles(skeleton: Skeleton) -> JointRoles:
    """The roles that can be found, be they enough or not.

    Args:
        skeleton: with Y up in its rest pose, where its names say too little.
    """
    named = assemble(skeleton, read_names(skeleton.names))
    return named if not named.missing(BODY) else _completed(named, roles_by_topology(skeleton))


def _completed(named: JointRoles, seen: JointRoles) -> JointRoles:
    """What names say, and beside it what the rest pose says about joints that names leave free."""
    if named.missing(NEEDED):
        return JointRoles(seen.joints, frozenset(seen)) if not seen.missing(NEEDED) else named
    if seen.of(Role.HIPS) != named.of(Role.HIPS):
        return named
    taken = {joint for role in named for joint in named.of(role)}
    free = {role: seen.of(role) for role in seen if role not in named and not taken.intersection(seen.of(role))}
    joints = {role: named.of(role) or free[role] for role in Role if role in named or role in free}
    return JointRoles(joints, frozenset(free))


def _legs(skeleton: Skeleton) -> str:
    legs = count_legs(skeleton)
    return f", which stands on {legs} legs" if legs > 2 else ""


def _some(names: tuple[str, ...], most: int = 12) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"

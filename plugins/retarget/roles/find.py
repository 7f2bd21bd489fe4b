"""The roles of a skeleton's joints: names first, then the rest pose."""

from motionloom.core.data import Skeleton
from motionloom.core.errors import NodeError
from motionloom.plugins.retarget.roles.assemble import assemble, assemble_legless
from motionloom.plugins.retarget.roles.hierarchy import subtree
from motionloom.plugins.retarget.roles.names import read_names
from motionloom.plugins.retarget.roles.parts import BODY, NEEDED, JointRoles, Part, Role, Side, role_of, spelled
from motionloom.plugins.retarget.roles.topology import count_legs, roles_by_topology
from motionloom.plugins.retarget.roles.words import listed

REMEDY = "say which joints they are in a mapping (motionloom mapping SOURCE TARGET -o map.yaml), or use retarget.same"
LEGLESS_REMEDY = "use retarget.same, which needs none"
LEG_PARTS = frozenset({Part.UPPER_LEG, Part.LOWER_LEG, Part.FOOT, Part.TOES})


def find_roles(skeleton: Skeleton, whose: str) -> JointRoles:
    """Which joints play which role.

    Args:
        skeleton: with Y up in its rest pose, where its names say too little.
        whose: how messages call the skeleton: `the source`.

    Raises:
        NodeError: no hips, or not both legs, were found.
    """
    roles = search_roles(skeleton)
    if roles.missing(NEEDED):
        raise _refusal(skeleton, search_parts(skeleton), whose)
    return roles


def search_roles(skeleton: Skeleton) -> JointRoles:
    """The roles that can be found, be they enough or not.

    Args:
        skeleton: with Y up in its rest pose, where its names say too little.
    """
    named = assemble(skeleton, read_names(skeleton.names))
    return named if not named.missing(BODY) else _completed(named, roles_by_topology(skeleton))


def search_parts(skeleton: Skeleton) -> JointRoles:
    """The same, and where legs were not found the hips and what hangs on them by name: a start for a person."""
    roles = search_roles(skeleton)
    return roles if Role.HIPS in roles else assemble_legless(skeleton, read_names(skeleton.names))


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


def _refusal(skeleton: Skeleton, found: JointRoles, whose: str) -> NodeError:
    missing, joints = spelled(found.missing(NEEDED)), f"its joints are {listed(skeleton.names)}"
    hips = f"hips ({skeleton.names[found.of(Role.HIPS)[0]]!r})" if Role.HIPS in found else ""
    arms = [found.of(role_of(Part.UPPER_ARM, side)) for side in Side]
    legs = count_legs(skeleton, frozenset(below for arm in arms for joint in arm for below in subtree(skeleton, joint)))
    if _is_legless(skeleton, found, legs):
        what = f"{whose} has no legs: its names tell of {hips} and what hangs on them, but of no {missing}"
        return NodeError(what, remedy=f"{LEGLESS_REMEDY}; {joints}")
    stands = f", which stands on {legs} legs" if legs > len(Side) else ""
    has = f"has {hips}, but no" if hips else "has no"
    what = f"{whose} {has} joint for {missing}, neither by name nor by its rest pose{stands}"
    return NodeError(what, remedy=f"{REMEDY}; {joints}")


def _is_legless(skeleton: Skeleton, found: JointRoles, legs: int) -> bool:
    """Whether names tell of a trunk, but neither they nor the rest pose of a pair of legs."""
    trunk = Role.HIPS in found and (Role.SPINE in found or Role.HEAD in found)
    named = any(meaning.part in LEG_PARTS for meaning in read_names(skeleton.names).values())
    return trunk and not named and legs < len(Side)

"""Limbs with every joint that lies inside their bones."""

from itertools import pairwise

from motionloom.core.data import Skeleton
from motionloom.plugins.retarget.roles.hierarchy import path_between
from motionloom.plugins.retarget.roles.parts import LIMBS, JointRoles, Role, Side, role_of


def whole_limbs(skeleton: Skeleton, roles: JointRoles) -> JointRoles:
    """The same roles, with the joints that lie inside a limb's bone counted to it.

    HumanIK puts `LeftArmRoll` between `LeftArm` and `LeftForeArm`: whatever it is called, it twists
    or bends the upper arm, so the upper arm is both joints.

    Args:
        skeleton: whose joints.
        roles: as names or a mapping give them.
    """
    inside: dict[Role, tuple[int, ...]] = {}
    for side in Side:
        for limb in LIMBS:
            for above, below in pairwise(role_of(part, side) for part in limb):
                inside[above] = _inside(skeleton, roles.of(above), roles.of(below))
    return JointRoles({role: inside.get(role) or roles.of(role) for role in roles})


def _inside(skeleton: Skeleton, upper: tuple[int, ...], lower: tuple[int, ...]) -> tuple[int, ...]:
    path = path_between(skeleton, upper[0], lower[0]) if upper and lower else ()
    return path[:-1] if set(upper) <= set(path[:-1]) else ()

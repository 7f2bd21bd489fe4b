"""Fingers, which the network does not see, where names or rest poses say which are which on both hands."""

from dataclasses import replace

from motionloom.core.data import Motion
from motionloom.plugins.retarget.roles.find import search_roles
from motionloom.plugins.retarget.roles.mapping import find_mapping
from motionloom.plugins.retarget.roles.parts import DIGITS, NEEDED, JointRoles, Role
from motionloom.plugins.retarget.transfer.solve import retarget


def with_fingers(motion: Motion, source: Motion) -> Motion:
    """The motion with its fingers moved as `retarget.solve` moves them; as it is where either body has none.

    Args:
        motion: of the target, (T,) frames.
        source: (T,) frames of the performance.
    """
    theirs, ours = search_roles(source.skeleton), search_roles(motion.skeleton)
    fingers = [joint for role in _digits(ours) if role in theirs for joint in ours.of(role)]
    if not fingers or theirs.missing(NEEDED) or ours.missing(NEEDED):
        return motion
    solved = retarget(source, motion.skeleton, find_mapping(source.skeleton, motion.skeleton))
    rotations = motion.rotations.clone()
    rotations[:, fingers] = solved.rotations[:, fingers]
    return replace(motion, rotations=rotations)


def _digits(roles: JointRoles) -> list[Role]:
    return [role for role in roles if role.part in DIGITS]

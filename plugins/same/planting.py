"""Decoded feet planted, on skeletons whose legs can be found."""

from collections.abc import Callable

from motionloom.core.data import Motion
from motionloom.plugins.retarget.refine.plant import plant_feet
from motionloom.plugins.retarget.roles.find import search_parts, search_roles
from motionloom.plugins.retarget.roles.parts import NEEDED, spelled


def planted(motion: Motion, warn: Callable[[str], None]) -> Motion:
    """The motion with feet that stay where they touch the floor; as it is where nobody knows its legs.

    Args:
        motion: decoded onto any skeleton.
        warn: told why no feet are planted.
    """
    roles = search_roles(motion.skeleton)
    if roles.missing(NEEDED):
        missing = search_parts(motion.skeleton).missing(NEEDED)
        warn(f"no feet are planted: the target has no joint for {spelled(missing)}")
        return motion
    return plant_feet(motion, roles, warn=warn)

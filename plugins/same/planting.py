"""Decoded feet planted, on skeletons whose legs can be found."""

from collections.abc import Callable

from motionloom.core.data import Motion
from motionloom.core.errors import NodeError
from motionloom.plugins.retarget.refine.plant import plant_feet
from motionloom.plugins.retarget.roles.find import find_roles


def planted(motion: Motion, warn: Callable[[str], None]) -> Motion:
    """The motion with feet that stay where they touch the floor; as it is where nobody knows its legs.

    Args:
        motion: decoded onto any skeleton.
        warn: told why no feet are planted.
    """
    try:
        roles = find_roles(motion.skeleton, "the target")
    except NodeError as error:
        warn(f"no feet are planted: {error.what}")
        return motion
    return plant_feet(motion, roles, warn=warn)

"""Joints of a source that slide or stretch, which a retarget leaves out."""

import torch

from motionloom.core.data import Motion
from motionloom.plugins.retarget.roles.hierarchy import path_from_root
from motionloom.plugins.retarget.roles.parts import JointRoles, Role

NEGLIGIBLE = 0.002
"""Slides below this share of the longest bone of the skeleton are rounding, or a reader's."""


def dropped_slides(motion: Motion, roles: JointRoles) -> tuple[str, ...]:
    """The joints whose sliding or stretching the target does not follow.

    What the joints from the root down to the hips do is part of the path and is carried over; so is
    where the bones of split limbs point.

    Args:
        motion: on the source skeleton.
        roles: of its joints.
    """
    if motion.joint_translations is None:
        return ()
    offsets = motion.skeleton.rest_translations.to(motion.joint_translations)
    carried = set(path_from_root(motion.skeleton, roles.of(Role.HIPS)[0]))
    least = NEGLIGIBLE * float(offsets[1:].norm(dim=-1).max()) if len(offsets) > 1 else 0.0
    lowest, highest = motion.joint_translations.amin(0), motion.joint_translations.amax(0)
    slides = torch.maximum(highest - offsets, offsets - lowest).amax(-1).tolist()
    return tuple(
        name
        for joint, (name, slide) in enumerate(zip(motion.skeleton.names, slides, strict=True))
        if joint not in carried and slide > least
    )

"""A rest pose taken from a frame of the motion."""

from dataclasses import replace

from motionloom.core.data import Motion
from motionloom.core.errors import NodeError


def with_rest_frame(motion: Motion, frame: int | None) -> Motion:
    """The same motion on a skeleton that rests as it stands in one frame.

    Joints are found from their rest pose where names say nothing, so this goes before finding roles.

    Args:
        motion: whose rest pose is no good.
        frame: counted from 0; None leaves the motion as it is.

    Raises:
        NodeError: the motion has no such frame.
    """
    if frame is None:
        return motion
    if not 0 <= frame < len(motion):
        raise NodeError(
            f"there is no frame {frame} to take the rest pose from: the source has {len(motion)}, counted from 0",
            remedy=f"give a rest_frame from 0 to {len(motion) - 1}",
        )
    skeleton, moved = motion.skeleton, motion.joint_translations
    offsets = (skeleton.rest_translations if moved is None else moved[frame]).clone()
    offsets[0] = motion.root_translation[frame]
    return replace(motion, skeleton=skeleton.with_rest(offsets, motion.rotations[frame]))

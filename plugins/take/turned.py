"""Head and eyes turned by their joints."""

from dataclasses import replace

from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import FaceMotion, Motion, Skeleton, quat_product, rest_pose
from motionloom.plugins.retarget.rest_pose.directions import inverse


def turns_of(face: FaceMotion) -> dict[str, Float[Tensor, "frames 4"]]:
    """The rotations of `head`, `left_eye` and `right_eye` that turn anything, by name."""
    turns = {"head": face.head, "left_eye": face.left_eye, "right_eye": face.right_eye}
    return {name: turn for name, turn in turns.items() if turn is not None and bool(turn[:, :3].any())}


def standing(skeleton: Skeleton, frames: int, fps: float) -> Motion:
    """The rest pose as a motion.

    Args:
        skeleton: who stands.
        frames: for how long.
        fps: frames a second.
    """
    rotations = skeleton.rest_rotations.expand(frames, -1, -1)
    return Motion(skeleton, skeleton.rest_translations[0].expand(frames, 3), rotations, fps)


def turned(motion: Motion, turns: dict[int, Float[Tensor, "frames 4"]]) -> Motion:
    """A motion in which some joints turn instead of what they do.

    Args:
        motion: of the body.
        turns: (T, 4) by joint, xyzw, from the rest pose, about the axes of the character when its parent rests.
    """
    skeleton, rotations = motion.skeleton, motion.rotations.clone()
    world, _ = rest_pose(skeleton)
    for joint, turn in turns.items():
        parent = skeleton.parents[joint]
        above = world[parent] if parent >= 0 else world.new_tensor([0.0, 0.0, 0.0, 1.0])
        rotations[:, joint] = quat_product(inverse(above), quat_product(turn.to(world), world[joint]))
    return replace(motion, rotations=rotations)

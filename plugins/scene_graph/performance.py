"""One animation of a scene as rotations and translations of joints, in our conventions."""

from dataclasses import dataclass

import torch
from jaxtyping import Float32, Float64
from torch import Tensor

from motionloom.core.data import Motion, Skeleton, unroll
from motionloom.plugins.scene_graph.joint_choice import JointChoice
from motionloom.plugins.scene_graph.local_transforms import moving
from motionloom.plugins.scene_graph.model import Scene, SceneAnimation
from motionloom.plugins.scene_graph.rigid_frames import extremes, rigid_frames

AT_REST = 1e-6
"""Metres, and share of the offset, that a joint may stray from its rest offset and still count as resting."""


@dataclass(frozen=True)
class Performance:
    """What the joints do in an animation.

    Args:
        animation: where it comes from.
        rotations: (T, J, 4) local unit quaternions xyzw along our axes, the root's in the world.
        translations: (T, J, 3) local, metres along our axes, the root's in the world.
        least_stretch: (J, 3, 3) the smallest entries of each joint's stretch in any frame.
        most_stretch: (J, 3, 3) the largest.
    """

    animation: SceneAnimation
    rotations: Float32[Tensor, "frames joints 4"]
    translations: Float32[Tensor, "frames joints 3"]
    least_stretch: Float64[Tensor, "joints 3 3"]
    most_stretch: Float64[Tensor, "joints 3 3"]

    def motion(self, skeleton: Skeleton) -> Motion:
        """The motion of a skeleton; its joints slide only where one leaves its rest offset."""
        strayed = (self.translations - skeleton.rest_translations)[:, 1:].norm(dim=-1)
        allowed = AT_REST * (1.0 + skeleton.rest_translations[1:].norm(dim=-1))
        slides = bool((strayed > allowed).any())
        root, translations = self.translations[:, 0].clone(), self.translations if slides else None
        return Motion(skeleton, root, self.rotations, self.animation.fps, translations)


def performed(scene: Scene, animation: SceneAnimation, choice: JointChoice) -> Performance:
    """What the joints of a scene do in one of its animations.

    Raises:
        ReadError: a track holds a number that is not finite, or a zero quaternion.
    """
    frames = rigid_frames(choice, lambda node: moving(scene.nodes[node], node, animation))
    rotations = torch.empty(animation.frames, len(frames), 4)
    translations = torch.empty(animation.frames, len(frames), 3)
    for joint, frame in enumerate(frames):
        rotations[:, joint], translations[:, joint] = frame.rotation, frame.position
    least, most = zip(*(extremes(frame.stretch) for frame in frames), strict=True)
    # All at once: many small steps would cost more than the arithmetic.
    turned, moved = scene.space.rotations_to_ours(rotations), scene.space.points_to_ours(translations)
    return Performance(animation, unroll(turned), moved, torch.stack(least), torch.stack(most))

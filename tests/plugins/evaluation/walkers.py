"""Small skeletons and motions whose metrics are known."""

from dataclasses import replace

import torch
from torch import Tensor

from motionloom.core.data import Motion, Skeleton
from motionloom.core.node import Context
from motionloom.plugins.clips.nodes import walk


def post(joints: int = 3, bone: float = 0.5) -> Skeleton:
    """Joints above each other, the lowest the root; no human body."""
    offsets = torch.zeros(joints, 3)
    offsets[1:, 1] = bone
    names = tuple(f"link_{joint}" for joint in range(joints))
    return Skeleton(names, tuple(range(-1, joints - 1)), offsets, still(joints))


def still(*shape: int) -> Tensor:
    return torch.tensor([0.0, 0.0, 0.0, 1.0]).repeat(*shape, 1)


def gliding(skeleton: Skeleton, path: Tensor, fps: float = 30.0) -> Motion:
    """A skeleton in its rest pose that is carried along a path."""
    return Motion(skeleton, path, skeleton.rest_rotations.expand(len(path), -1, -1).clone(), fps)


def stroll() -> Motion:
    return walk(seconds=1.2, fps=20, ctx=Context())


def shifted(motion: Motion, by: tuple[float, float, float]) -> Motion:
    return replace(motion, root_translation=motion.root_translation + torch.tensor(by))


def reordered(motion: Motion, order: list[int]) -> Motion:
    """The same motion, its joints listed in another order, parents still first."""
    place = {joint: slot for slot, joint in enumerate(order)}
    old = motion.skeleton
    skeleton = Skeleton(
        tuple(old.names[joint] for joint in order),
        tuple(place.get(old.parents[joint], -1) for joint in order),
        old.rest_translations[order],
        old.rest_rotations[order],
    )
    return Motion(skeleton, motion.root_translation, motion.rotations[:, order], motion.fps)

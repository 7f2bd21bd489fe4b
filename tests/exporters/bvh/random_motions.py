"""Random motions on random skeletons."""

import numpy as np
import torch
from torch import Tensor

from motionloom.core.data import Motion, Skeleton


def random_rotations(random: np.random.Generator, *shape: int) -> Tensor:
    """Unit quaternions, xyzw, evenly over all rotations."""
    vectors = random.normal(size=(*shape, 4))
    return torch.tensor(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), dtype=torch.float32)


def random_vectors(random: np.random.Generator, *shape: int) -> Tensor:
    """Lengths of all magnitudes from micrometres to hundreds of metres."""
    return torch.tensor(random.normal(size=(*shape, 3)) * 10 ** random.uniform(-6, 2, (*shape, 1)), dtype=torch.float32)


def random_skeleton(random: np.random.Generator, joints: int, *, turned: bool = False) -> Skeleton:
    """Joints in the order in which a file names them, every leaf with a tip."""
    parents = [-1]
    while len(parents) < joints:
        # The ancestors of the last joint are the ones that can still get a child in that order.
        ancestors = [len(parents) - 1]
        while parents[ancestors[-1]] >= 0:
            ancestors.append(parents[ancestors[-1]])
        parents.append(int(random.choice(ancestors)))
    leaves = tuple(joint for joint in range(joints) if joint not in parents)
    straight = torch.tensor([0.0, 0.0, 0.0, 1.0]).repeat(joints, 1)
    return Skeleton(
        names=tuple(f"joint{joint}" for joint in range(joints)),
        parents=tuple(parents),
        rest_translations=random_vectors(random, joints),
        rest_rotations=random_rotations(random, joints) if turned else straight,
        tip_joints=leaves,
        tip_offsets=random_vectors(random, len(leaves)),
    )


def random_motion(
    seed: int, joints: int, frames: int, *, fps: float = 30.0, turned: bool = False, moved: bool = False
) -> Motion:
    random = np.random.default_rng(seed)
    return Motion(
        random_skeleton(random, joints, turned=turned),
        random_vectors(random, frames),
        random_rotations(random, frames, joints),
        fps,
        random_vectors(random, frames, joints) if moved else None,
    )


def degrees_between(one: Tensor, other: Tensor) -> float:
    """The largest angle between two sets of rotations."""
    one, other = (torch.nn.functional.normalize(q.double(), dim=-1) for q in (one, other))
    chord = torch.minimum((one - other).norm(dim=-1), (one + other).norm(dim=-1))
    return float(torch.rad2deg(4 * torch.asin((chord / 2).clamp(max=1))).max())

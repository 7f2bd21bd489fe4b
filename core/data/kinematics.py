"""Forward kinematics, and its inverse, batched over frames."""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data.rotation import quat_action, quat_product
from motionloom.core.data.skeleton import Skeleton


def forward_kinematics(
    skeleton: Skeleton,
    root_translation: Float[Tensor, "*batch 3"],
    rotations: Float[Tensor, "*batch joints 4"],
    joint_translations: Float[Tensor, "*batch joints 3"] | None = None,
) -> tuple[Float[Tensor, "*batch joints 4"], Float[Tensor, "*batch joints 3"]]:
    """World rotations (xyzw) and positions (metres) of every joint.

    Args:
        skeleton: hierarchy and rest translations.
        root_translation: (*batch, 3) position of the root joint, metres.
        rotations: (*batch, J, 4) local rotations relative to the parent.
        joint_translations: (*batch, J, 3) local translations where joints move; the rest
            translations where None. Their root entry gives way to `root_translation`.
    """
    local = skeleton.rest_translations.to(rotations) if joint_translations is None else joint_translations
    world_rotations = [rotations[..., :1, :]]
    world_positions = [root_translation.unsqueeze(-2)]
    order = [0]
    # One level of the hierarchy at a time: a human has about a dozen levels, however many joints.
    for level, parents_in_level in _levels_with_parents(skeleton):
        parent_rotations = world_rotations[-1][..., parents_in_level, :]
        offsets = quat_action(parent_rotations, local[..., level, :])
        world_positions.append(world_positions[-1][..., parents_in_level, :] + offsets)
        world_rotations.append(quat_product(parent_rotations, rotations[..., level, :]))
        order.extend(level)
    back = torch.argsort(torch.tensor(order, device=rotations.device))
    return torch.cat(world_rotations, -2)[..., back, :], torch.cat(world_positions, -2)[..., back, :]


def _levels_with_parents(skeleton: Skeleton) -> list[tuple[list[int], list[int]]]:
    """For each level below the root: its joints, and where their parents stand in the level above."""
    levels = skeleton.levels
    pairs = []
    for above, level in pairwise(levels):
        slot = {joint: position for position, joint in enumerate(above)}
        pairs.append((list(level), [slot[skeleton.parents[joint]] for joint in level]))
    return pairs


def rest_pose(skeleton: Skeleton) -> tuple[Float[Tensor, "joints 4"], Float[Tensor, "joints 3"]]:
    """World rotations and positions of the joints in the rest pose."""
    return forward_kinematics(skeleton, skeleton.rest_translations[0], skeleton.rest_rotations)


def local_rotations(
    skeleton: Skeleton, world_rotations: Float[Tensor, "*batch joints 4"]
) -> Float[Tensor, "*batch joints 4"]:
    """Local rotations that give these world rotations: the inverse of `forward_kinematics`."""
    parents = list(skeleton.parents[1:])
    parent_rotations = world_rotations[..., parents, :]
    conjugate = parent_rotations * parent_rotations.new_tensor([-1.0, -1.0, -1.0, 1.0])
    local = quat_product(conjugate, world_rotations[..., 1:, :])
    return torch.cat((world_rotations[..., :1, :], local), dim=-2)

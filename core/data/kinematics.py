"""Forward kinematics, and its inverse, batched over frames."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.data.rotation import action_along, product_along, quat_product
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
    order, parents_above = _level_order(skeleton, rotations.device)
    turns, offsets = _component_rows(rotations)[:, order], _component_rows(local)[:, order]
    sizes = [len(level) for level in skeleton.levels]
    placed = [torch.cat((turns[:, :1], _component_rows(root_translation.unsqueeze(-2))))]
    # One level of the hierarchy at a time: a human has about a dozen levels, however many joints.
    levels = zip(turns.split(sizes, 1)[1:], offsets.split(sizes, 1)[1:], parents_above.split(sizes[1:]), strict=True)
    for turn, offset, parents in levels:
        parent = placed[-1][:, parents]
        position = parent[4:] + action_along(0, parent[:4], offset)
        placed.append(torch.cat((product_along(0, parent[:4], turn), position)))
    world = torch.cat(placed, 1)[:, torch.argsort(order)]
    turned, moved = (part.permute(2, 1, 0).contiguous() for part in world.split((4, 3)))
    return turned.reshape(rotations.shape), moved.reshape(*rotations.shape[:-1], 3)


def _component_rows(values: Float[Tensor, "*batch joints parts"]) -> Float[Tensor, "parts joints frames"]:
    """Components first, frames last: arithmetic on components then runs over contiguous memory, twice as fast."""
    return values.reshape(-1, *values.shape[-2:]).permute(2, 1, 0).contiguous()


def _level_order(skeleton: Skeleton, device: torch.device) -> tuple[Int[Tensor, "joints"], Int[Tensor, "below"]]:
    """The joints level by level, and where the parents of those below the root stand in the level above."""
    slot = {joint: place for level in skeleton.levels for place, joint in enumerate(level)}
    order = [joint for level in skeleton.levels for joint in level]
    parents = [slot[skeleton.parents[joint]] for joint in order[1:]]
    return torch.tensor(order, device=device), torch.tensor(parents, device=device, dtype=torch.long)


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

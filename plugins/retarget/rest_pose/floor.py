"""Where the feet meet the floor."""

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Skeleton, quat_action, rest_pose
from motionloom.plugins.retarget.roles.parts import JointRoles, Part, Side, role_of

STANDING_SHARE = 0.1
"""Feet that are lower or higher than this share of the hips' height do not stand on y = 0 by mistake:
the rest pose hangs from its root, as in BVH files, or the motion happens elsewhere."""

CONTACT_QUANTILE = 0.25
"""Of the heights of the lowest foot point over a clip: walking and standing keep one foot down nearly
always, runs and jumps for half the time; below lie heels and toes that sink in."""


def lowest_foot_height(
    skeleton: Skeleton,
    roles: JointRoles,
    rotations: Float[Tensor, "*batch joints 4"],
    positions: Float[Tensor, "*batch joints 3"],
) -> Float[Tensor, "*batch"]:
    """Height of the lowest joint or tip below the knees.

    Args:
        skeleton: whose feet.
        roles: of its joints.
        rotations: (*batch, J, 4) world rotations, xyzw.
        positions: (*batch, J, 3) world positions, metres.
    """
    below = _below_the_knees(skeleton, roles)
    lowest = positions[..., below, 1].amin(-1)
    tips = [slot for slot, joint in enumerate(skeleton.tip_joints) if joint in below]
    if not tips:
        return lowest
    joints = [skeleton.tip_joints[slot] for slot in tips]
    offsets = skeleton.tip_offsets[tips].to(positions)
    ends = positions[..., joints, :] + quat_action(rotations[..., joints, :], offsets)
    return torch.minimum(lowest, ends[..., 1].amin(-1))


def _below_the_knees(skeleton: Skeleton, roles: JointRoles) -> list[int]:
    below = {roles.of(role_of(Part.LOWER_LEG, side))[0] for side in Side}
    for joint, parent in enumerate(skeleton.parents):
        if parent in below:
            below.add(joint)
    return sorted(below)


def standing_height(skeleton: Skeleton, roles: JointRoles, hip_height: float) -> float | None:
    """How far the lowest foot point is over a floor at y = 0 in the rest pose: the sole's thickness.

    None where the rest pose does not stand on that floor.

    Args:
        skeleton: in its rest pose.
        roles: of its joints.
        hip_height: height of the hips over the feet, metres.
    """
    lowest = float(lowest_foot_height(skeleton, roles, *rest_pose(skeleton)))
    return lowest if abs(lowest) < STANDING_SHARE * hip_height else None


def contact_height(heights: Float[Tensor, "frames"]) -> float:
    """How high the lowest foot point of a clip is over y = 0 while a foot touches the floor, metres.

    Args:
        heights: (T,) from `lowest_foot_height`, metres.
    """
    return float(heights.sort().values[int(CONTACT_QUANTILE * (len(heights) - 1))])


def floor_gap(contact: float, standing: float | None, hip_height: float) -> float | None:
    """How high over the floor a clip's feet are when they are lowest, metres; None for a clip elsewhere.

    Where the rest pose does not stand on the floor, nobody knows how thick the sole is: what comes
    near enough to y = 0 is taken to touch it.

    Args:
        contact: height of the feet when they are lowest, from `contact_height`.
        standing: from `standing_height`.
        hip_height: height of the hips over the feet, metres.
    """
    if standing is not None:
        return contact - standing
    return 0.0 if abs(contact) < STANDING_SHARE * hip_height else None

"""Turns between directions, batched over frames."""

import roma
import torch
from jaxtyping import Float
from torch import Tensor


def inverse(rotations: Float[Tensor, "*batch 4"]) -> Float[Tensor, "*batch 4"]:
    """The opposite rotations: the conjugates of unit quaternions."""
    return rotations * rotations.new_tensor([-1.0, -1.0, -1.0, 1.0])


def unit(vectors: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 3"]:
    """Vectors at length one; those without a length stay as they are."""
    return vectors / vectors.norm(dim=-1, keepdim=True).clamp_min(1e-12)


def shortest_arc(start: Float[Tensor, "*batch 3"], goal: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 4"]:
    """The rotations, xyzw, that turn directions to others the shortest way.

    Args:
        start: directions of any length; where one has none, nothing is turned.
        goal: directions of any length, broadcast against `start`.
    """
    start, goal = torch.broadcast_tensors(unit(start), unit(goal))
    cosine = (start * goal).sum(-1, keepdim=True)
    arc = torch.cat((torch.linalg.cross(start, goal), 1.0 + cosine), dim=-1)
    # Opposite directions leave the axis open; any at right angles does.
    length = arc.norm(dim=-1, keepdim=True)
    opposite = torch.cat((_at_right_angles(start), torch.zeros_like(cosine)), dim=-1)
    return torch.where(length > 1e-6, arc / length.clamp_min(1e-12), opposite)


def _at_right_angles(directions: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 3"]:
    """A unit vector at right angles to each direction, in the frontal plane as far as it goes."""
    forward = directions.new_tensor([0.0, 0.0, 1.0]).expand_as(directions)
    sideways = directions.new_tensor([1.0, 0.0, 0.0]).expand_as(directions)
    helper = torch.where(directions[..., 2:].abs() < 0.7, forward, sideways)
    return unit(helper - directions * (helper * directions).sum(-1, keepdim=True))


def turn_about(axis: Float[Tensor, "3"], start: Float[Tensor, "3"], goal: Float[Tensor, "3"]) -> Float[Tensor, "4"]:
    """The rotation about an axis that brings a direction as near to a goal as it can.

    Args:
        axis: unit direction.
        start: any length; where it runs along the axis, nothing is turned.
        goal: unit direction at right angles to the axis.
    """
    across = start - axis * (axis @ start)
    if float(across.norm()) <= max(0.1 * float(start.norm()), 1e-9):
        return start.new_tensor([0.0, 0.0, 0.0, 1.0])
    angle = torch.atan2(torch.linalg.cross(across, goal) @ axis, across @ goal)
    return roma.rotvec_to_unitquat(axis * angle)


def twist(rotations: Float[Tensor, "*batch 4"], axis: Float[Tensor, "*#batch 3"]) -> Float[Tensor, "*batch"]:
    """The angle in radians, -pi to pi, that rotations turn about an axis, when the swing is taken away.

    Swing and twist: a rotation is one about `axis` followed by one about an axis at right angles to
    it (Dobrowolski 2015, "Swing-twist decomposition in Clifford algebra", section 4).
    """
    along = (rotations[..., :3] * axis).sum(-1)
    angle = 2.0 * torch.atan2(along, rotations[..., 3])
    return torch.remainder(angle + torch.pi, 2.0 * torch.pi) - torch.pi


def slerp(
    start: Float[Tensor, "*batch 4"], end: Float[Tensor, "*batch 4"], fraction: Float[Tensor, "*#batch"]
) -> Float[Tensor, "*batch 4"]:
    """Rotations between two, the shortest way, at a fraction of the angle."""
    between = roma.unitquat_to_rotvec(roma.quat_product(inverse(start), end))
    return roma.quat_product(start, roma.rotvec_to_unitquat(between * fraction.unsqueeze(-1)))

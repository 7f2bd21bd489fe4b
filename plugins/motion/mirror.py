"""Left made right: a motion mirrored across the YZ plane."""

from dataclasses import dataclass, replace

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Motion, Skeleton, local_rotations, quat_product, rest_pose, unroll
from motionloom.plugins.motion.counterparts import counterparts, side_axis

REFLECTION = (-1.0, 1.0, 1.0)
"""What the mirror does to the coordinates of a point."""


@dataclass(frozen=True)
class Mirrored:
    """A mirrored motion.

    Args:
        motion: on the same skeleton.
        alone: joints without a counterpart, which keep their local rotations.
    """

    motion: Motion
    alone: tuple[str, ...]


def mirrored(motion: Motion) -> Mirrored:
    """Mirror a motion across the YZ plane: each joint does what its counterpart did.

    With the reflections M of the world and N of the rest pose, and the world rotations W and rest
    rotations B of a joint and its counterpart c, the new rotation is W' = M W_c B_c^-1 N B.
    """
    skeleton = motion.skeleton
    found = counterparts(skeleton)
    alone = [joint for joint, other in enumerate(found) if other is None]
    partners = [joint if other is None else other for joint, other in enumerate(found)]
    rotations, _ = motion.world()
    local = local_rotations(skeleton, _mirrored_world(skeleton, rotations, partners))
    local[:, alone] = motion.rotations[:, alone]
    result = replace(
        motion,
        root_translation=motion.root_translation * motion.root_translation.new_tensor(REFLECTION),
        rotations=unroll(local / local.norm(dim=-1, keepdim=True)),
        joint_translations=_mirrored_translations(motion, partners, alone),
    )
    return Mirrored(result, tuple(skeleton.names[joint] for joint in alone))


def _mirrored_world(
    skeleton: Skeleton, rotations: Float[Tensor, "frames joints 4"], partners: list[int]
) -> Float[Tensor, "frames joints 4"]:
    rest = rest_pose(skeleton)[0].to(rotations)
    turned = quat_product(rotations[:, partners], _inverse(rest[partners]).expand_as(rotations))
    # M R M of a rotation R negates the parts of its axis in the mirror plane.
    image = turned * turned.new_tensor([1.0, -1.0, -1.0, 1.0])
    faced = quat_product(_plane_to_plane(skeleton).to(rest).expand_as(rest), rest)
    return quat_product(image, faced.expand_as(image))


def _plane_to_plane(skeleton: Skeleton) -> Float[Tensor, "4"]:
    """M N: the rotation left when the rest pose is symmetric about another plane than YZ."""
    across = side_axis(skeleton)
    reflection = torch.eye(3, dtype=torch.float64) - 2 * torch.outer(across, across)
    return roma.rotmat_to_unitquat(torch.diag(across.new_tensor(REFLECTION)) @ reflection)


def _inverse(rotations: Float[Tensor, "*batch 4"]) -> Float[Tensor, "*batch 4"]:
    return rotations * rotations.new_tensor([-1.0, -1.0, -1.0, 1.0])


def _mirrored_translations(
    motion: Motion, partners: list[int], alone: list[int]
) -> Float[Tensor, "frames joints 3"] | None:
    """Each joint's displacement from its rest offset is its counterpart's, seen in the mirror."""
    if motion.joint_translations is None:
        return None
    offsets = motion.skeleton.rest_translations
    moved = (motion.joint_translations - offsets)[:, partners]
    image = offsets + torch.einsum("jab,tjb->tja", _between_parents(motion.skeleton, partners).to(offsets), moved)
    image[:, 0] = motion.root_translation * offsets.new_tensor(REFLECTION)
    image[:, alone] = motion.joint_translations[:, alone]
    return image


def _between_parents(skeleton: Skeleton, partners: list[int]) -> Float[Tensor, "joints 3 3"]:
    """B_p^-1 N B_q: from the frame of a counterpart's parent to that of the joint's own parent."""
    rest = roma.unitquat_to_rotmat(rest_pose(skeleton)[0].double().cpu())
    across = side_axis(skeleton)
    reflection = torch.eye(3, dtype=torch.float64) - 2 * torch.outer(across, across)
    above = [max(parent, 0) for parent in skeleton.parents]
    return rest[above].transpose(-1, -2) @ reflection @ rest[[above[partner] for partner in partners]]

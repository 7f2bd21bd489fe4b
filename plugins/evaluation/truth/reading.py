"""A rig read off a posed surface: where its joints are, how its bones are turned, and the motion next to both.

Every rig of the base mesh says which vertices its joints lie between and which vertices each bone
moves. So a posed surface says where the joints are, whoever posed it; a bone's turn is the rigid
motion next to that of its vertices (Kabsch 1976). A rig has bones of one length, a surface bends as
it likes: the truth is the motion of the rig that comes closest, and how far it stays away is told.
"""

from dataclasses import dataclass

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Motion, Skeleton, local_rotations, quat_action, quat_product, rest_pose, unroll
from motionloom.plugins.anny.rig import Rig
from motionloom.plugins.retarget.rest_pose.directions import shortest_arc

Vertices = Float[Tensor, "frames vertices 3"]


@dataclass(frozen=True)
class Reading:
    """A rig's motion as a surface tells it.

    Args:
        motion: of the rig, bones at their rest length.
        joints: (T, J, 3) where the surface has the joints, metres.
        distance: (T, J) from there to the joints of the motion, metres.
    """

    motion: Motion
    joints: Float[Tensor, "frames joints 3"]
    distance: Float[Tensor, "frames joints"]


def read_rig_motion(
    rig: Rig, skeleton: Skeleton, rest: Float[Tensor, "vertices 3"], posed: Vertices, fps: float
) -> Reading:
    """The motion of a rig that comes closest to a posed surface.

    Args:
        rig: which vertices its joints lie between and its bones move.
        skeleton: the rig's joints in the body at rest.
        rest: (V, 3) base mesh of the body at rest, metres.
        posed: (T, V, 3) base mesh of the body in every frame.
        fps: frames a second.
    """
    joints = torch.stack([posed[:, head].mean(1) for head in rig.heads], dim=1)
    heads = torch.stack([rest[head].mean(0) for head in rig.heads])
    turns = _aimed(skeleton, heads, joints, _fitted(rig, skeleton, rest, heads, posed, joints))
    world = quat_product(turns, rest_pose(skeleton)[0].expand_as(turns))
    local = unroll(local_rotations(skeleton, world))
    first = Motion(skeleton, joints[:, 0], local, fps)
    # Of all places for the root, the one where the joints are nearest to theirs in least squares.
    root = joints[:, 0] + (joints - first.world()[1]).mean(1)
    motion = Motion(skeleton, root, local, fps)
    return Reading(motion, joints, (motion.world()[1] - joints).norm(dim=-1))


def _fitted(
    rig: Rig,
    skeleton: Skeleton,
    rest: Float[Tensor, "vertices 3"],
    heads: Float[Tensor, "joints 3"],
    posed: Vertices,
    joints: Float[Tensor, "frames joints 3"],
) -> Float[Tensor, "frames joints 4"]:
    """The turn of each bone about its head that carries the vertices it moves next to where they are.

    For bone j the rotation R that minimises the sum over vertices v of w_vj |R (v - h) - (v' - h')|^2,
    h the head; the heads of the bones that hang on it weigh as much as all its vertices together.
    """
    weights = rig.weights.to(rest).T.clone()
    weights /= weights.sum(-1, keepdim=True).clamp_min(1e-9)
    # Seen from the root, so that a path of many metres costs no digits.
    local, seen = posed - joints[:, :1], joints - joints[:, :1]
    arms = weights.unsqueeze(-1) * (rest - heads.unsqueeze(1))
    covariance = torch.einsum("tva,jvb->tjab", local, arms) - seen.unsqueeze(-1) * arms.sum(1).unsqueeze(-2)
    for joint, parent in enumerate(skeleton.parents[1:], start=1):
        arm = heads[joint] - heads[parent]
        covariance[:, parent] += (seen[:, joint] - seen[:, parent]).unsqueeze(-1) * arm
    return roma.rotmat_to_unitquat(roma.special_procrustes(covariance))


def _aimed(
    skeleton: Skeleton,
    heads: Float[Tensor, "joints 3"],
    joints: Float[Tensor, "frames joints 3"],
    turns: Float[Tensor, "frames joints 4"],
) -> Float[Tensor, "frames joints 4"]:
    """Bones with one bone after them swung the shortest way, so that they point at its joint."""
    aimed = turns.clone()
    for joint, below in enumerate(skeleton.children):
        if len(below) == 1:
            arm = quat_action(turns[:, joint], (heads[below[0]] - heads[joint]).expand(len(turns), 3))
            swing = shortest_arc(arm, joints[:, below[0]] - joints[:, joint])
            aimed[:, joint] = quat_product(swing, turns[:, joint])
    return aimed

"""Linear blend skinning and blend shapes, batched over frames."""

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data.kinematics import rest_pose
from motionloom.core.data.mesh import FaceRig, Skin
from motionloom.core.data.rotation import quat_action, quat_product
from motionloom.core.data.skeleton import Skeleton
from motionloom.core.data.take import Take

FRAMES_AT_ONCE = 64
"""Frames skinned together, so that memory stays bounded however long the clip is."""


def skin_matrices(
    skeleton: Skeleton,
    world_rotations: Float[Tensor, "*batch joints 4"],
    world_positions: Float[Tensor, "*batch joints 3"],
) -> Float[Tensor, "*batch joints 3 4"]:
    """What carries a point of the bind pose to the posed joints: world times inverse bind."""
    bind_rotations, bind_positions = rest_pose(skeleton)
    inverse_bind = bind_rotations * bind_rotations.new_tensor([-1.0, -1.0, -1.0, 1.0])
    rotations = quat_product(world_rotations, inverse_bind)
    translations = world_positions - quat_action(rotations, bind_positions)
    return torch.cat((roma.unitquat_to_rotmat(rotations), translations.unsqueeze(-1)), dim=-1)


def dense_weights(skin: Skin, joints: int) -> Float[Tensor, "vertices joints"]:
    """The skin as a matrix: one row a vertex, one column a joint."""
    dense = skin.weights.new_zeros(len(skin.weights), joints)
    return dense.scatter_add_(1, skin.joint_indices.long(), skin.weights)


def linear_blend_skinning(
    vertices: Float[Tensor, "*#frames vertices 3"],
    matrices: Float[Tensor, "*frames joints 3 4"],
    weights: Float[Tensor, "vertices joints"],
) -> Float[Tensor, "*frames vertices 3"]:
    """Vertices moved by the weighted mean of their joints' matrices.

    Args:
        vertices: (V, 3) or (*frames, V, 3) in the bind pose, metres.
        matrices: (*frames, J, 3, 4) from `skin_matrices`.
        weights: (V, J) from `dense_weights`.
    """
    # One product with the dense weights beats gathering K matrices a vertex by far on any device.
    blended = torch.einsum("vj,...jk->...vk", weights, matrices.flatten(-2)).unflatten(-1, (3, 4))
    return (blended[..., :3] * vertices.unsqueeze(-2)).sum(-1) + blended[..., 3]


def apply_blend_shapes(
    vertices: Float[Tensor, "vertices 3"],
    face_rig: FaceRig,
    weights: Float[Tensor, "*frames shapes"],
) -> Float[Tensor, "*frames vertices 3"]:
    """Vertices plus the weighted deltas of the shapes."""
    return vertices + (weights @ face_rig.deltas.flatten(1)).unflatten(-1, (-1, 3))


def skinned_vertices(take: Take, frames: slice | None = None) -> Float[Tensor, "frames vertices 3"]:
    """The posed surface of a take, blend shapes first, then the skin, in metres.

    Args:
        take: who performs what.
        frames: which frames; all where None.
    """
    chosen = range(len(take))[frames or slice(None)]
    weights = dense_weights(take.character.skin, len(take.character.skeleton))
    batches = [list(chosen[start : start + FRAMES_AT_ONCE]) for start in range(0, len(chosen), FRAMES_AT_ONCE)]
    return torch.cat([_skinned_batch(take, weights, batch) for batch in batches])


def _skinned_batch(take: Take, weights: Tensor, frames: list[int]) -> Tensor:
    shaped = _shaped(take, frames)
    if take.motion is None:
        return shaped.expand(len(frames), -1, -1)
    posed = take.motion.at(frames).world()
    return linear_blend_skinning(shaped, skin_matrices(take.character.skeleton, *posed), weights)


def _shaped(take: Take, frames: list[int]) -> Tensor:
    vertices = take.character.mesh.vertices
    if take.face is None or take.character.face_rig is None:
        return vertices.unsqueeze(0)
    rig = take.character.face_rig
    columns = [rig.names.index(name) for name in take.face.names]
    chosen = FaceRig(take.face.names, rig.deltas[columns])
    return apply_blend_shapes(vertices, chosen, take.face.weights[frames])

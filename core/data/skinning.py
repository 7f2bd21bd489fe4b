"""Linear blend skinning and blend shapes, batched over frames."""

import roma
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import embedding_bag, pad

from motionloom.core.data.kinematics import rest_pose
from motionloom.core.data.mesh import FaceRig, Skin
from motionloom.core.data.rotation import quat_action, quat_product
from motionloom.core.data.skeleton import Skeleton
from motionloom.core.data.take import Take
from motionloom.core.errors import DataError

FRAMES_AT_ONCE = 32
"""Frames skinned together: memory stays bounded however long the clip is, and much of it in the cache."""


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
    skin: Skin,
) -> Float[Tensor, "*frames vertices 3"]:
    """Vertices moved by the weighted mean of their joints' matrices.

    Args:
        vertices: (V, 3) or (*frames, V, 3) in the bind pose, metres.
        matrices: (*frames, J, 3, 4) from `skin_matrices`.
        skin: joints and weights of the vertices.
    """
    each = matrices.reshape(-1, *matrices.shape[-3:])
    if vertices.dim() == 2:
        moved = _skin_one_surface(vertices, each, skin)
    else:
        moved = _skin_surfaces(vertices.expand(*matrices.shape[:-3], -1, -1).flatten(0, -3), each, skin)
    return moved.transpose(0, 1).reshape(*matrices.shape[:-3], -1, 3)


# Both ask for one weighted sum of a table's rows a vertex, for all frames at once: `embedding_bag` never
# writes the gathered rows to memory. A product with dense weights, 40 zeros for every weight, takes
# 3 to 6 times as long; benchmarks/kinematics.py shows it.


def _skin_one_surface(
    vertices: Float[Tensor, "vertices 3"], matrices: Float[Tensor, "frames joints 3 4"], skin: Skin
) -> Float[Tensor, "vertices frames 3"]:
    """The same vertices in every frame: a weight times a coordinate is known before any frame is."""
    columns = matrices.permute(1, 3, 0, 2).flatten(2).flatten(0, 1)
    points = pad(vertices, (0, 1), value=1.0)
    rows = 4 * skin.joint_indices.long().unsqueeze(-1) + torch.arange(4, device=vertices.device)
    weights = skin.weights.unsqueeze(-1) * points.unsqueeze(-2)
    moved = embedding_bag(rows.flatten(1), columns, per_sample_weights=weights.flatten(1), mode="sum")
    return moved.unflatten(-1, (-1, 3))


def _skin_surfaces(
    vertices: Float[Tensor, "frames vertices 3"], matrices: Float[Tensor, "frames joints 3 4"], skin: Skin
) -> Float[Tensor, "vertices frames 3"]:
    """Vertices of their own in every frame, as blend shapes make them."""
    columns = matrices.permute(1, 3, 0, 2).flatten(1)
    blended = embedding_bag(skin.joint_indices.long(), columns, per_sample_weights=skin.weights, mode="sum")
    blended = blended.unflatten(-1, (4, -1, 3))
    return (blended[:, :3] * vertices.permute(1, 2, 0).unsqueeze(-1)).sum(1) + blended[:, 3]


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

    Raises:
        DataError: the character lacks a shape that the face moves.
    """
    chosen = range(len(take))[frames or slice(None)]
    vertices = take.character.mesh.vertices
    posed = vertices.new_empty(len(chosen), *vertices.shape)
    for start in range(0, len(chosen), FRAMES_AT_ONCE):
        batch = chosen[start : start + FRAMES_AT_ONCE]
        posed[start : start + len(batch)] = _skinned_batch(take, list(batch))
    return posed


def _skinned_batch(take: Take, frames: list[int]) -> Float[Tensor, "*#frames vertices 3"]:
    shaped = _shaped(take, frames)
    if take.motion is None:
        return shaped
    posed = take.motion.at(frames).world()
    return linear_blend_skinning(shaped, skin_matrices(take.character.skeleton, *posed), take.character.skin)


def _shaped(take: Take, frames: list[int]) -> Float[Tensor, "*#frames vertices 3"]:
    vertices, rig = take.character.mesh.vertices, take.character.face_rig
    if take.face is None:
        return vertices
    known = rig.names if rig is not None else ()
    missing = [name for name in take.face.names if name not in known]
    if rig is None or missing:
        what = f"the character {take.character.name!r} lacks the face shapes {', '.join(missing)}"
        raise DataError(what, remedy="leave them out of the face motion")
    chosen = FaceRig(take.face.names, rig.deltas[[known.index(name) for name in take.face.names]])
    return apply_blend_shapes(vertices, chosen, take.face.weights[frames])

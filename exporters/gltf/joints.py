"""The skeleton of a character: a node a joint in the rest pose, and what binds the skin to it."""

import numpy as np
import roma
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from motionloom.core.data import Skeleton, map_tensors, rest_pose
from motionloom.exporters.gltf.buffer import Buffer, Json
from motionloom.exporters.prepared.arrays import floats, unit


def joint_nodes(skeleton: Skeleton) -> list[Json]:
    """One node a joint, numbered like the joints, in the rest pose."""
    rotations = unit(floats(skeleton.rest_rotations)).tolist()
    translations = skeleton.rest_translations.tolist()
    nodes: list[Json] = []
    for joint, name in enumerate(skeleton.names):
        node: Json = {"name": name, "translation": translations[joint], "rotation": rotations[joint]}
        if skeleton.children[joint]:
            node["children"] = list(skeleton.children[joint])
        nodes.append(node)
    return nodes


def skin_document(buffer: Buffer, skeleton: Skeleton, name: str, to_metres: NDArray[np.float64]) -> Json:
    """Store the inverse bind matrices and describe the skin of all joints.

    Args:
        buffer: where the matrices go.
        skeleton: joint j is node j.
        name: what Blender will call the armature.
        to_metres: (4, 4) what carries the stored vertices into the bind pose.
    """
    matrices = inverse_bind_matrices(skeleton).cpu().numpy() @ to_metres
    # Column by column, as glTF stores matrices: section 3.6.2.4.
    columns = matrices.swapaxes(1, 2).reshape(-1, 16).astype(np.float32)
    accessor = buffer.add(columns, "MAT4", name="inverse bind matrices")
    return {"name": name, "inverseBindMatrices": accessor, "joints": list(range(len(skeleton))), "skeleton": 0}


def inverse_bind_matrices(skeleton: Skeleton) -> Float[Tensor, "joints 4 4"]:
    """What carries a point of the bind pose into each joint's frame, in float64.

    Single precision would lose a digit on every joint between the root and a fingertip.
    """
    precise = map_tensors(skeleton, lambda tensor: tensor.double())
    unit_rotations = torch.nn.functional.normalize(precise.rest_rotations, dim=-1)
    rotations, positions = rest_pose(precise.with_rest(precise.rest_translations, unit_rotations))
    inverse = torch.eye(4, dtype=torch.float64, device=positions.device).repeat(len(skeleton), 1, 1)
    inverse[:, :3, :3] = roma.unitquat_to_rotmat(rotations).mT
    inverse[:, :3, 3] = -(inverse[:, :3, :3] @ positions.unsqueeze(-1)).squeeze(-1)
    return inverse

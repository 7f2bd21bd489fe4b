"""A parametric model as a character with skeleton, skin and blend shapes, and FLAME parameters as its take.

What a model computes beyond that is linear too: the pose's corrections are multiplied by entries of the
rotation matrices, and so become blend shapes whose weights are those entries.
"""

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import (
    Character,
    FaceMotion,
    FaceRig,
    FlameMotion,
    Mesh,
    Motion,
    ParametricModel,
    Skeleton,
    Skin,
    Take,
    vertex_normals,
)
from motionloom.plugins.flame.joint_names import JOINTS, face_joints
from motionloom.plugins.flame.performance import posture_of, used_coefficients
from motionloom.plugins.flame.skinning import joints_of, pose_features, shaped_vertices

SLIGHTEST = 1e-7
"""Metres; a correction that moves no vertex further is no shape."""

ENTRIES = 9
"""Of a rotation matrix."""


def rigged_character(model: ParametricModel, shape: Float[Tensor, "identities"]) -> Character:
    """The character of one identity: joints at rest without rotation, one blend shape for each way to change.

    Shapes are called expression_001 and so on, and pose_jaw_12 for the correction that goes with row 1,
    column 2 of the jaw's rotation matrix minus the identity; corrections that move nothing are left out,
    and so are those of joints that FLAME does not have.

    Args:
        model: FLAME, SMPL-X or one in their format.
        shape: (b,) the first b identity coefficients.

    Raises:
        DataError: the model lacks a joint of the face.
    """
    vertices = shaped_vertices(model, shape)
    corrections = face_corrections(model)
    return Character(
        name=model.name,
        skeleton=_skeleton(model, joints_of(model, vertices)),
        mesh=Mesh(vertices, model.faces, vertex_normals(vertices, model.faces)),
        skin=_skin(model.weights),
        face_rig=FaceRig(
            (*_expression_names(model), *corrections),
            torch.cat((model.expression_basis, model.pose_basis[list(corrections.values())])),
        ),
    )


def take_of(model: ParametricModel, motion: FlameMotion, name: str) -> Take:
    """The take that shows a motion of FLAME parameters, for files.

    Joints stay where the identity puts them; in the model they also follow the expression, a little.

    Args:
        model: FLAME, SMPL-X or one in their format.
        motion: what is performed.
        name: what files call the take.

    Raises:
        DataError: the motion has more coefficients than the model, or the model lacks a joint of the face.
    """
    shape, expression = used_coefficients(model, motion)
    character, posture = rigged_character(model, shape), posture_of(model, motion)
    corrections = list(face_corrections(model).values())
    features = pose_features(roma.unitquat_to_rotmat(posture.rotations))[:, corrections]
    # A motion may tell fewer coefficients than the model has.
    silent = expression.new_zeros(len(motion), len(model.expression_basis) - expression.shape[1])
    rig = character.face_rig
    assert rig is not None
    face = FaceMotion(rig.names, torch.cat((expression, silent, features), dim=1), motion.fps)
    root = character.skeleton.rest_translations[0] + posture.translation
    return Take(name, character, Motion(character.skeleton, root, posture.rotations, motion.fps), face)


def face_corrections(model: ParametricModel) -> dict[str, int]:
    """The directions of the pose basis that FLAME's joints drive and that move something, by name."""
    found = {}
    moving = (model.pose_basis.flatten(1).abs() > SLIGHTEST).any(1).tolist()
    for name, joint in zip(JOINTS[1:], face_joints(model)[1:], strict=True):
        first = ENTRIES * (joint - 1)
        for entry in range(ENTRIES):
            if moving[first + entry]:
                found[f"pose_{name}_{entry // 3}{entry % 3}"] = first + entry
    return found


def _expression_names(model: ParametricModel) -> list[str]:
    return [f"expression_{number:03d}" for number in range(1, len(model.expression_basis) + 1)]


def _skeleton(model: ParametricModel, joints: Float[Tensor, "joints 3"]) -> Skeleton:
    above = joints[list(model.parents[1:])]
    still = joints.new_tensor([0.0, 0.0, 0.0, 1.0]).repeat(len(joints), 1)
    return Skeleton(model.joint_names, model.parents, torch.cat((joints[:1], joints[1:] - above)), still)


def _skin(weights: Float[Tensor, "vertices joints"]) -> Skin:
    """As many influences a vertex as the one with the most has; each vertex's sum to one."""
    most = max(int((weights > 0).sum(1).max()), 1)
    strongest, joints = weights.clamp_min(0).topk(most, dim=1)
    return Skin(joints, strongest / strongest.sum(1, keepdim=True))

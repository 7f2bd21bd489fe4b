"""A parametric model that performs FLAME parameters, as a surface that moves."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import FlameMotion, Mesh, MeshSequence, ParametricModel, vertex_normals
from motionloom.core.errors import DataError
from motionloom.plugins.flame.joint_names import JOINTS, face_joints
from motionloom.plugins.flame.skinning import pose_model, shaped_vertices

FRAMES_AT_ONCE = 32
"""Frames posed together, so that what is in between stays small however long the motion is."""


@dataclass(frozen=True)
class Posture:
    """What a motion does to a model's joints.

    Args:
        rotations: (T, J, 4) local rotations, xyzw.
        translation: (T, 3) of the whole, metres.
    """

    rotations: Float[Tensor, "frames joints 4"]
    translation: Float[Tensor, "frames 3"]


def perform_motion(model: ParametricModel, motion: FlameMotion) -> MeshSequence:
    """The model's surface in every frame, with its pose corrections.

    Args:
        model: FLAME, SMPL-X or one in their format.
        motion: with no more coefficients than the model has.

    Raises:
        DataError: the motion has more coefficients, or the model lacks a joint of the face.
    """
    shape, expression = used_coefficients(model, motion)
    posture = posture_of(model, motion)
    neutral = shaped_vertices(model, shape)
    positions = neutral.new_empty(len(motion), *neutral.shape)
    for start in range(0, len(motion), FRAMES_AT_ONCE):
        now = slice(start, start + FRAMES_AT_ONCE)
        posed = pose_model(model, posture.rotations[now], shape, expression[now], posture.translation[now])
        positions[now] = posed.vertices
    return MeshSequence(Mesh(neutral, model.faces, vertex_normals(neutral, model.faces)), positions, motion.fps)


def posture_of(model: ParametricModel, motion: FlameMotion) -> Posture:
    """The rotation of every joint of a model in every frame; joints that FLAME lacks rest.

    Raises:
        DataError: the model lacks a joint of the face.
    """
    still = motion.neck.new_tensor([0.0, 0.0, 0.0, 1.0])
    rotations = still.repeat(len(motion), len(model.joint_names), 1)
    turns = (motion.root_rotation, *(getattr(motion, name) for name in JOINTS[1:]))
    for joint, turn in zip(face_joints(model), turns, strict=True):
        if turn is not None:
            rotations[:, joint] = turn
    moved = motion.root_translation
    return Posture(rotations, still.new_zeros(len(motion), 3) if moved is None else moved)


def used_coefficients(
    model: ParametricModel, motion: FlameMotion
) -> tuple[Float[Tensor, "identities"], Float[Tensor, "frames expressions"]]:
    """Identity and expression of a motion, as many coefficients as the model has directions for.

    Raises:
        DataError: the motion has more, and they are not zero.
    """
    kept = []
    for name, given, basis in (
        ("identity", motion.shape, model.shape_basis),
        ("expression", motion.expression, model.expression_basis),
    ):
        if given[..., len(basis) :].any():
            what = f"the motion has {given.shape[-1]} {name} coefficients, the model {model.name!r} has {len(basis)}"
            raise DataError(what, remedy="give the model that the motion was made with, with all its coefficients")
        kept.append(given[..., : len(basis)])
    return kept[0], kept[1]

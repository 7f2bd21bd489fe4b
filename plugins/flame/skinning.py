"""Vertices and joints of a parametric model in a pose: linear blend skinning after the models' papers.

Loper et al., "SMPL", 2015, equations 2 to 10; Pavlakos et al., "SMPL-X", 2019, section 3.1; Li et al.,
"FLAME", 2017, section 4. As in the models' own implementations the joints follow the expression too.
"""

from dataclasses import dataclass

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import ParametricModel


@dataclass(frozen=True)
class PosedModel:
    """A model's surface and joints.

    Args:
        vertices: (*batch, V, 3) metres.
        joints: (*batch, J, 3) metres.
    """

    vertices: Float[Tensor, "*batch vertices 3"]
    joints: Float[Tensor, "*batch joints 3"]


def pose_model(
    model: ParametricModel,
    rotations: Float[Tensor, "*#batch joints 4"],
    shape: Float[Tensor, "*#batch identities"] | None = None,
    expression: Float[Tensor, "*#batch expressions"] | None = None,
    translation: Float[Tensor, "*#batch 3"] | None = None,
) -> PosedModel:
    """The surface and joints of a model for shape, expression and pose.

    Differentiable in all of them. Leading dimensions broadcast: one shape serves all frames. Rotation
    vectors become quaternions by `roma.rotvec_to_unitquat`; matrices go to `pose_by_matrices`.

    Args:
        model: the model.
        rotations: (*batch, J, 4) local rotations, unit quaternions xyzw; the root's turns the whole.
        shape: (*batch, b) the first b identity coefficients; zero where None.
        expression: (*batch, e) the first e expression coefficients; zero where None.
        translation: (*batch, 3) added to everything, metres.
    """
    return pose_by_matrices(model, roma.unitquat_to_rotmat(rotations), shape, expression, translation)


def pose_by_matrices(
    model: ParametricModel,
    rotations: Float[Tensor, "*#batch joints 3 3"],
    shape: Float[Tensor, "*#batch identities"] | None = None,
    expression: Float[Tensor, "*#batch expressions"] | None = None,
    translation: Float[Tensor, "*#batch 3"] | None = None,
) -> PosedModel:
    """`pose_model` for rotations that are matrices already."""
    shaped = shaped_vertices(model, shape, expression)
    rest = joints_of(model, shaped)
    turned, joints = _posed_joints(model, rotations, rest)
    shifts = joints.unsqueeze(-1) - turned @ rest.unsqueeze(-1)
    matrices = torch.cat((turned.expand(*shifts.shape[:-1], 3), shifts), dim=-1)
    moved = skin_points(shaped + pose_offsets(model, rotations), matrices, model.weights)
    if translation is None:
        return PosedModel(moved, joints)
    return PosedModel(moved + translation.unsqueeze(-2), joints + translation.unsqueeze(-2))


def skin_points(
    points: Float[Tensor, "*#batch vertices 3"],
    matrices: Float[Tensor, "*#batch joints 3 4"],
    weights: Float[Tensor, "vertices joints"],
) -> Float[Tensor, "*batch vertices 3"]:
    """Points moved by the weighted mean of the joints' matrices (SMPL, equation 2).

    Args:
        points: (*batch, V, 3) at rest, metres.
        matrices: (*batch, J, 3, 4) that carry a point at rest to where its joint takes it.
        weights: (V, J) summing to one a vertex.
    """
    # Vertices last: arithmetic on components then runs over contiguous memory, twice as fast.
    blended = (matrices.flatten(-2).mT @ weights.mT).unflatten(-2, (3, 4))
    x, y, z = points.mT.unsqueeze(-3).unbind(-2)
    along_x, along_y, along_z, moved = blended.unbind(-2)
    return torch.addcmul(torch.addcmul(torch.addcmul(moved, along_x, x), along_y, y), along_z, z).mT


def shaped_vertices(
    model: ParametricModel,
    shape: Float[Tensor, "*#batch identities"] | None = None,
    expression: Float[Tensor, "*#batch expressions"] | None = None,
) -> Float[Tensor, "*batch vertices 3"]:
    """The surface of a shape and expression in the rest pose, metres."""
    surface = model.template
    for coefficients, basis in ((shape, model.shape_basis), (expression, model.expression_basis)):
        if coefficients is not None:
            surface = surface + offsets(coefficients, basis)
    return surface


def pose_offsets(
    model: ParametricModel, rotations: Float[Tensor, "*batch joints 3 3"]
) -> Float[Tensor, "*batch vertices 3"]:
    """The pose's corrections of the rest surface, metres: linear in the entries of R - 1 (SMPL, equation 9)."""
    return offsets(pose_features(rotations), model.pose_basis)


def pose_features(rotations: Float[Tensor, "*batch joints 3 3"]) -> Float[Tensor, "*batch corrections"]:
    """The entries of R - 1 of all joints but the root, row by row: what the pose basis is multiplied with."""
    return (rotations[..., 1:, :, :] - torch.eye(3).to(rotations)).flatten(-3)


def offsets(
    coefficients: Float[Tensor, "*batch used"], basis: Float[Tensor, "directions vertices 3"]
) -> Float[Tensor, "*batch vertices 3"]:
    """Coefficients times the first directions of a basis, metres."""
    return (coefficients @ basis[: coefficients.shape[-1]].flatten(1)).unflatten(-1, (-1, 3))


def joints_of(model: ParametricModel, shaped: Float[Tensor, "*batch vertices 3"]) -> Float[Tensor, "*batch joints 3"]:
    """Joints of a surface in the rest pose, metres (SMPL, equation 10)."""
    return model.joint_regressor @ shaped


def _posed_joints(
    model: ParametricModel, rotations: Float[Tensor, "*poses joints 3 3"], rest: Float[Tensor, "*bodies joints 3"]
) -> tuple[Float[Tensor, "*poses joints 3 3"], Float[Tensor, "*batch joints 3"]]:
    """World rotations and positions; the root stays at its rest position (SMPL, equation 4)."""
    turned, placed = [rotations[..., 0, :, :]], [rest[..., 0, :]]
    for joint, parent in enumerate(model.parents[1:], start=1):
        bone = (rest[..., joint, :] - rest[..., parent, :]).unsqueeze(-1)
        placed.append(placed[parent] + (turned[parent] @ bone).squeeze(-1))
        turned.append(turned[parent] @ rotations[..., joint, :, :])
    return torch.stack(turned, -3), torch.stack(torch.broadcast_tensors(*placed), -2)

"""Transforms in float64: quaternions xyzw, 4 x 4 matrices, and what of a matrix is rigid."""

import roma
import torch
from jaxtyping import Float64
from torch import Tensor

from motionloom.core.data import quat_action, quat_product
from motionloom.core.errors import ReadError

Matrices = Float64[Tensor, "*batch 4 4"]

NEARLY, NEWTON_STEPS = 1e-2, 3
"""How far R^T R may be from one, and the steps that then leave 1e-16 of it."""


def composed(
    translations: Float64[Tensor, "*batch 3"],
    rotations: Float64[Tensor, "*batch 4"],
    linear: Float64[Tensor, "*batch 3 3"] | None = None,
) -> Matrices:
    """T @ R @ L as 4 x 4 matrices; L is a scale, a stretch or nothing.

    Args:
        translations: (*batch, 3).
        rotations: (*batch, 4) unit quaternions.
        linear: (*batch, 3, 3) what happens before the rotation.
    """
    turns = roma.unitquat_to_rotmat(rotations)
    matrices = torch.zeros(*translations.shape[:-1], 4, 4, dtype=torch.float64)
    matrices[..., :3, :3] = turns if linear is None else turns @ linear
    matrices[..., :3, 3] = translations
    matrices[..., 3, 3] = 1.0
    return matrices


def below(
    rotation: Float64[Tensor, "#frames 4"],
    position: Float64[Tensor, "#frames 3"],
    local_rotation: Float64[Tensor, "#frames 4"],
    local_position: Float64[Tensor, "#frames 3"],
) -> tuple[Float64[Tensor, "#frames 4"], Float64[Tensor, "#frames 3"]]:
    """World rotation and position of what is placed relative to a rigid frame."""
    return quat_product(rotation, local_rotation), position + quat_action(rotation, local_position)


def rigid_and_stretch(
    linear: Float64[Tensor, "*batch 3 3"],
) -> tuple[Float64[Tensor, "*batch 4"], Float64[Tensor, "*batch 3 3"]]:
    """The polar decomposition R @ K, with R a rotation, as a quaternion, and K symmetric.

    Where the matrix mirrors, K takes the sign: it is then negative definite. (Higham 1986, "Computing the polar
    decomposition", section 1.)

    Args:
        linear: (*batch, 3, 3) any matrices; for a singular one the rotation is one of many.

    Raises:
        ReadError: scales have multiplied beyond what numbers hold.
    """
    if not bool(linear.isfinite().all()):
        raise ReadError("the scales of its nodes multiply to a number that is not finite")
    turns = _nearly_rotations(linear)
    if turns is None:
        left, _, right = torch.linalg.svd(linear)
        turns = left @ right
        turns = turns * torch.linalg.det(turns).sign()[..., None, None]
    return rotations_of(turns), turns.mT @ linear


def _nearly_rotations(linear: Float64[Tensor, "*batch 3 3"]) -> Float64[Tensor, "*batch 3 3"] | None:
    """The rotations next to matrices that nearly are some, times a factor; None where one is not.

    Newton's iteration R <- (R + R^-T) / 2 doubles the digits at each step (Higham, as above, equation 3.3), at a
    tenth of the cost of singular values.
    """
    sizes = torch.linalg.det(linear)
    if not bool((sizes > 0).all()):
        return None
    turns = linear / sizes.pow(1 / 3)[..., None, None]
    off = turns.mT @ turns - torch.eye(3, dtype=torch.float64)
    if not bool((off.abs() < NEARLY).all()):
        return None
    for _ in range(NEWTON_STEPS):
        x, y, z = turns.unbind(-1)
        cofactors = torch.stack((torch.linalg.cross(y, z), torch.linalg.cross(z, x), torch.linalg.cross(x, y)), -1)
        turns = (turns + cofactors / torch.linalg.det(turns)[..., None, None]) / 2
    return turns


def rotations_of(matrices: Float64[Tensor, "*batch 3 3"]) -> Float64[Tensor, "*batch 4"]:
    """Rotation matrices as quaternions."""
    return roma.rotmat_to_unitquat(matrices)


def inverse_of_rigid(matrices: Matrices) -> Matrices:
    """The inverse of rotations and translations."""
    inverse = matrices.clone()
    inverse[..., :3, :3] = matrices[..., :3, :3].mT
    inverse[..., :3, 3:] = -inverse[..., :3, :3] @ matrices[..., :3, 3:]
    return inverse


def moved(matrices: Matrices, points: Float64[Tensor, "points 3"]) -> Float64[Tensor, "points 3"]:
    """Points carried by one matrix, or each by its own."""
    return (matrices[..., :3, :3] @ points.unsqueeze(-1)).squeeze(-1) + matrices[..., :3, 3]

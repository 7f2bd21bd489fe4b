"""ARKit weights as FLAME parameters: ridge regression for the expression, Gauss-Newton for the jaw."""

from dataclasses import dataclass

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import FaceMotion, FlameMotion
from motionloom.plugins.flame_arkit.finite import refuse_broken
from motionloom.plugins.flame_arkit.fit import Fit, unit_quaternions
from motionloom.plugins.flame_arkit.gaze import LOOKS, eye_rotations
from motionloom.plugins.flame_arkit.identity import MOVING, Identity, Pose, pose_with
from motionloom.plugins.flame_arkit.projection import Projection, projected, projection_of

JAW_DEVIATION = 0.3
"""Radians that a jaw turns, as the prior of a fit has it: as plausible as an expression coefficient of one."""

MOST_ITERATIONS = 20

SETTLED = 1e-3
"""Coefficients, or radians: the fit is done when no unknown moves by more in an iteration."""


@dataclass(frozen=True)
class Inverse:
    """Sums over vertices for fits of expression and jaw to any weights.

    Args:
        fit: of identity and rig.
        along: the posed face along the columns of the Jacobian at rest.
        shapes: (S, E + 3) the rig's shapes along them.
        normal: (E + 3, E + 3) inverse of the normal matrix with the prior.
        prior: (E + 3,) what a unit of each unknown costs.
    """

    fit: Fit
    along: Projection
    shapes: Float[Tensor, "shapes unknowns"]
    normal: Float[Tensor, "unknowns unknowns"]
    prior: Float[Tensor, "unknowns"]


def prepare_inverse(fit: Fit, ridge: float) -> Inverse:
    """Take the sums that all frames share.

    Args:
        fit: from `prepare`.
        ridge: metres by which the face may miss its mark as easily as a coefficient differs from 0 by one.
    """
    jacobian = _jacobian(fit.identity)
    weighted = jacobian * fit.areas.unsqueeze(-1)
    prior = jacobian.new_full((len(jacobian),), ridge**2)
    prior[-3:] /= JAW_DEVIATION**2
    products = weighted.flatten(1).double() @ jacobian.flatten(1).double().T + prior.double().diag()
    return Inverse(
        fit=fit,
        along=projection_of(fit.identity, weighted),
        shapes=fit.shapes.flatten(1) @ weighted.flatten(1).T,
        normal=torch.linalg.inv(products).to(jacobian.dtype),
        prior=prior,
    )


def _jacobian(identity: Identity) -> Float[Tensor, "unknowns vertices 3"]:
    """What a unit of each expression coefficient, then of the jaw's rotation about each axis, moves at rest."""
    held = identity.weights[:, :1]
    arms = identity.neutral - identity.centres[0]
    corrections = identity.basis[identity.expressions :][:9]
    axes = torch.eye(3).to(arms)
    generators = torch.linalg.cross(axes.unsqueeze(1), axes.expand(3, 3, 3)).transpose(1, 2)
    turned = held * (arms @ generators.transpose(1, 2))
    corrected = torch.tensordot(generators.flatten(1), corrections, 1)
    return torch.cat((identity.basis[: identity.expressions], turned + corrected))


def inverted(inverse: Inverse, face: FaceMotion, shape: Float[Tensor, "identities"] | None = None) -> FlameMotion:
    """FLAME parameters whose face is nearest to that of the rig at these weights.

    The eyes turn as the motion's own rotations have it, or by its eyeLook weights where it has none; the
    head's rotation becomes the neck's. Expression and jaw are fitted together: Gauss-Newton whose Jacobian
    is that of the face at rest, which holds for all frames and is inverted once.

    Args:
        inverse: from `prepare_inverse`.
        face: weights by the rig's names; names that the rig lacks are not looked at.
        shape: identity coefficients that the motion is to have; they are those of the fit.

    Raises:
        DataError: a weight is not finite; with the frame.
    """
    fit = inverse.fit
    refuse_broken("the face motion", {"weights": face.weights}, "frame")
    weights = weights_for(fit, face)
    left, right = _eyes(fit, face, weights)
    expression, jaw = _descended(inverse, weights @ inverse.shapes, torch.stack((left, right), 1))
    neck = face.head if face.head is not None else unit_quaternions(len(face), weights)
    return FlameMotion(
        shape=weights.new_zeros(0) if shape is None else shape,
        expression=expression,
        neck=neck,
        jaw=roma.rotvec_to_unitquat(jaw),
        left_eye=left,
        right_eye=right,
        fps=face.fps,
    )


def weights_for(fit: Fit, face: FaceMotion) -> Float[Tensor, "frames shapes"]:
    """The motion's weights in the order of the fit's shapes, 0 where it has none."""
    weights = face.weights.new_zeros(len(face), len(fit.names))
    shared = tuple(name for name in fit.names if name in face.names)
    weights[:, fit.places(shared)] = face.weights[:, [face.names.index(name) for name in shared]]
    return weights


def _eyes(
    fit: Fit, face: FaceMotion, weights: Float[Tensor, "frames shapes"]
) -> tuple[Float[Tensor, "frames 4"], Float[Tensor, "frames 4"]]:
    looking = weights.new_zeros(len(weights), len(LOOKS))
    looking[:, [LOOKS.index(name) for name in fit.looks]] = weights[:, fit.places(fit.looks)]
    left, right = eye_rotations(fit.gaze, looking)
    return (
        left if face.left_eye is None else face.left_eye,
        right if face.right_eye is None else face.right_eye,
    )


def _descended(
    inverse: Inverse, target: Float[Tensor, "frames unknowns"], eyes: Float[Tensor, "frames eyes 4"]
) -> tuple[Float[Tensor, "frames expressions"], Float[Tensor, "frames 3"]]:
    unknown = torch.zeros_like(target)
    turned = roma.unitquat_to_rotmat(eyes)
    for _ in range(MOST_ITERATIONS):
        reached = projected(inverse.along, _pose(inverse.fit.identity, unknown, turned))
        change = (target - reached - inverse.prior * unknown) @ inverse.normal
        unknown = unknown + change
        if bool((change.abs() <= SETTLED).all()):
            break
    return unknown[:, :-3], unknown[:, -3:]


def _pose(
    identity: Identity, unknown: Float[Tensor, "frames unknowns"], eyes: Float[Tensor, "frames eyes 3 3"]
) -> Pose:
    jaw = roma.rotvec_to_rotmat(unknown[:, -3:]).unsqueeze(1)
    rotations = torch.cat((jaw, eyes), 1)
    assert rotations.shape[1] == len(MOVING)
    return pose_with(identity, unknown[:, :-3], rotations)

"""A FLAME-format model at one identity, without root and neck: expression, jaw and eyes move it."""

from dataclasses import dataclass, replace

import roma
import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.data import FlameMotion, ParametricModel
from motionloom.core.errors import DataError
from motionloom.plugins.flame_arkit.finite import refuse_broken

MOVING = ("jaw", "left eye", "right eye")
"""The joints that move a face within its head, in the order of all tensors here."""

_SPELLINGS = {
    "jaw": ("jaw",),
    "left eye": ("lefteye", "lefteyesmplhf", "eyel", "leye"),
    "right eye": ("righteye", "righteyesmplhf", "eyer", "reye"),
}

_FLAME_PARENTS = (-1, 0, 1, 1, 1)
"""Root, neck, jaw, left eye, right eye: FLAME's own tree (Li et al. 2017, section 4)."""


@dataclass(frozen=True)
class Identity:
    """What moves the vertices of a model's face, all of it linear but the turns of the joints.

    A vertex of the posed face is `x + sum_j weight_j turn_j (x - centre_j)`, where `x` and the centres
    are linear in the coefficients, and a turn is a rotation matrix minus the identity: equation 4 of
    Li et al. 2017 with root and neck at rest.

    Args:
        neutral: (V, 3) metres, expression and pose at rest.
        basis: (K, V, 3) offsets of expression (first) and of pose corrections, nine for each of `MOVING`.
        centres: (3, 3) where the joints of `MOVING` are at rest.
        centre_basis: (K, 3, 3) how they follow the coefficients.
        weights: (V, 3) skin weights of `MOVING`.
    """

    neutral: Float[Tensor, "vertices 3"]
    basis: Float[Tensor, "coefficients vertices 3"]
    centres: Float[Tensor, "joints 3"]
    centre_basis: Float[Tensor, "coefficients joints 3"]
    weights: Float[Tensor, "vertices joints"]

    @property
    def expressions(self) -> int:
        """How many of the coefficients are expression."""
        return len(self.basis) - 9 * len(MOVING)

    def at(self, vertices: Int[Tensor, "chosen"]) -> "Identity":
        """The same face with some of its vertices."""
        return replace(
            self,
            neutral=self.neutral[vertices],
            basis=self.basis[:, vertices],
            weights=self.weights[vertices],
        )


@dataclass(frozen=True)
class Pose:
    """What an identity is to do, frame by frame.

    Args:
        coefficients: (T, K) of the identity's basis.
        turns: (T, 3, 3, 3) rotation matrices of `MOVING` minus the identity.
    """

    coefficients: Float[Tensor, "frames coefficients"]
    turns: Float[Tensor, "frames joints 3 3"]

    def __len__(self) -> int:
        return len(self.coefficients)

    def at(self, frames: slice | Tensor) -> "Pose":
        """Some of the frames."""
        return Pose(self.coefficients[frames], self.turns[frames])


def identity_of(model: ParametricModel, shape: Float[Tensor, "identities"]) -> Identity:
    """The model with the identity coefficients of a motion.

    Args:
        model: in FLAME's format.
        shape: (B,) coefficients; of fewer than the model's, the others are 0.

    Raises:
        DataError: there are more coefficients than the model has, or it lacks jaw or eyes.
    """
    if len(shape) > len(model.shape_basis):
        what = f"{len(shape)} identity coefficients for the model {model.name!r}, which has {len(model.shape_basis)}"
        raise DataError(what, remedy="read the motion for this model, or give the model with all its coefficients")
    joints = moving_joints(model)
    neutral = model.template + torch.tensordot(shape, model.shape_basis[: len(shape)], 1)
    rows = torch.cat([torch.arange(9 * (joint - 1), 9 * joint) for joint in joints]).to(neutral.device)
    regressor = model.joint_regressor[list(joints)]
    follows = torch.einsum("jv,evx->ejx", regressor, model.expression_basis)
    still = follows.new_zeros(len(rows), *follows.shape[1:])
    return Identity(
        neutral=neutral,
        basis=torch.cat((model.expression_basis, model.pose_basis[rows])),
        centres=regressor @ neutral,
        centre_basis=torch.cat((follows, still)),
        weights=model.weights[:, list(joints)],
    )


def moving_joints(model: ParametricModel) -> tuple[int, ...]:
    """Indices of the joints of `MOVING`, by name, or by place in FLAME's own tree.

    Raises:
        DataError: one of them is not there.
    """
    plain = ["".join(letter for letter in name.lower() if letter.isalpha()) for name in model.joint_names]
    found = [next((plain.index(one) for one in _SPELLINGS[name] if one in plain), -1) for name in MOVING]
    if min(found) > 0:
        return tuple(found)
    if model.parents == _FLAME_PARENTS:
        return (2, 3, 4)
    missing = MOVING[found.index(min(found))]
    what = f"the model {model.name!r} has no joint that is the {missing}"
    raise DataError(what, remedy=f"its joints: {', '.join(model.joint_names)}")


def pose_of(motion: FlameMotion, identity: Identity) -> Pose:
    """What a motion's expression, jaw and eyes ask of an identity.

    Args:
        motion: of fewer expression coefficients than the model's, the others are 0.
        identity: of the motion's model.

    Raises:
        DataError: the motion has more expression coefficients than the model, or a number that is not finite.
    """
    given = motion.expression.shape[1]
    if given > identity.expressions:
        what = f"{given} expression coefficients for a model that has {identity.expressions}"
        raise DataError(what, remedy="give the model that the motion was made for")
    rotations = torch.stack((motion.jaw, motion.left_eye, motion.right_eye), 1)
    refuse_broken("the FLAME motion", {"expression": motion.expression, "rotations": rotations}, "frame")
    return pose_with(identity, motion.expression, roma.unitquat_to_rotmat(rotations))


def pose_with(
    identity: Identity,
    expression: Float[Tensor, "frames expressions"],
    rotations: Float[Tensor, "frames joints 3 3"],
) -> Pose:
    """A pose from expression coefficients and the rotation matrices of `MOVING`."""
    turns = rotations - torch.eye(3, dtype=rotations.dtype, device=rotations.device)
    missing = expression.new_zeros(len(expression), identity.expressions - expression.shape[1])
    return Pose(torch.cat((expression, missing, turns.flatten(1)), 1), turns)


def displacements(identity: Identity, pose: Pose) -> Float[Tensor, "frames vertices 3"]:
    """How far every vertex is from the neutral, metres.

    The plain reference of `projection.py`, and what residuals are measured on.
    """
    moved = torch.tensordot(pose.coefficients, identity.basis, 1)
    centres = identity.centres + torch.tensordot(pose.coefficients, identity.centre_basis, 1)
    shaped = identity.neutral + moved
    for joint in range(len(MOVING)):
        held = identity.weights[:, joint].nonzero().flatten()
        if len(held):
            arms = shaped[:, held] - centres[:, joint].unsqueeze(1)
            turned = arms @ pose.turns[:, joint].transpose(1, 2)
            moved = moved.index_add(1, held, identity.weights[held, joint].unsqueeze(1) * turned)
    return moved

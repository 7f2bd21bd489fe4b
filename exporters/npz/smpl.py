"""Motions of skeletons with SMPL's joints, as AMASS stores them."""

from typing import Any, Final

import numpy as np
import roma
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from motionloom.core.data import SPACES, Motion, Skeleton, local_rotations, map_tensors, quat_product, rest_pose
from motionloom.plugins.amass.body_models import BODY, MODELS, BodyModel

COEFFICIENTS: Final = 16
"""Shape coefficients in AMASS's files."""


def model_of(skeleton: Skeleton) -> BodyModel | None:
    """Which model of SMPL's family has exactly these joints, in any order; None where none has."""
    model = MODELS.get(len(skeleton))
    if model is None or set(model.names) != set(skeleton.names):
        return None
    order = [skeleton.names.index(name) for name in model.names]
    parents = [order.index(skeleton.parents[joint]) if skeleton.parents[joint] >= 0 else -1 for joint in order]
    return model if tuple(parents) == model.parents else None


def amass_arrays(motion: Motion, model: BodyModel) -> dict[str, NDArray[Any]]:
    """The arrays of an AMASS file, Z up, with the joints of the rest pose beside them.

    Rotations are counted from the rest pose, in world axes, as SMPL's are from its zero pose:
    R = D(parent)^-1 D with D = W W_rest^-1. `trans` plus the rest position of the pelvis is where the
    pelvis is.

    Args:
        motion: on a skeleton with the model's joints.
        model: their order.
    """
    precise = map_tensors(motion, lambda tensor: tensor.double().cpu())
    order = [motion.skeleton.names.index(name) for name in model.names]
    rest_rotations, rest_joints = rest_pose(precise.skeleton)
    space = SPACES["amass"]
    turns = local_rotations(precise.skeleton, _turns(precise.world()[0], rest_rotations))
    basis = roma.quat_conjugation(roma.rotmat_to_unitquat(space.to_ours)).expand(len(turns), 4)
    turns[:, 0] = quat_product(basis, turns[:, 0])
    vectors = roma.unitquat_to_rotvec(turns[:, order] / turns[:, order].norm(dim=-1, keepdim=True))
    trans = space.points_from_ours(precise.root_translation) - rest_joints[0]
    rate = np.array(motion.fps, dtype="<f8")
    arrays = {
        "poses": vectors.flatten(1).numpy(),
        "trans": trans.numpy(),
        "betas": np.zeros(COEFFICIENTS),
        "gender": np.array("neutral"),
        "mocap_framerate": rate,
        "mocap_frame_rate": rate,
        "rest_joints": rest_joints[order].numpy(),
    }
    # A body without hands stands on any of the models.
    return arrays if len(order) == len(BODY) else arrays | {"surface_model_type": np.array(model.label)}


def _turns(
    world: Float[Tensor, "frames joints 4"], rest: Float[Tensor, "joints 4"]
) -> Float[Tensor, "frames joints 4"]:
    """How far each joint is turned from the rest pose, in world axes."""
    return quat_product(world, roma.quat_conjugation(rest).expand_as(world))

"""Skin weights in the form that glTF wants: sets of four, largest first, summing to exactly one."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.data import Skin
from motionloom.core.errors import ExportError
from motionloom.exporters.gltf.refusals import UNIT_TOLERANCE, first

SET = 4
"""Influences in one JOINTS_n and WEIGHTS_n pair: glTF 2.0 specification, section 3.7.3.3."""

STEPS = 2**24
"""Weights become multiples of 1/2^24. Every such number up to one, and so every partial sum of them, is
a float32, which makes the sum of a vertex exactly one in whatever order a reader adds."""


def influence_sets(
    skin: Skin, limit: int | None = None
) -> tuple[Int[Tensor, "vertices influences"], Float[Tensor, "vertices influences"]]:
    """Joints and float32 weights of every vertex, largest first, a multiple of four of them.

    A joint that a vertex names twice is merged, an influence of weight zero names joint 0.

    Args:
        skin: joints and weights as they are.
        limit: the most influences that a vertex may keep, the largest ones, scaled to sum to one;
            all where None.

    Raises:
        ExportError: a weight is negative or not a number, or a vertex's do not sum to one.
    """
    _refuse_bad_weights(skin)
    joints, weights = _merged(skin.joint_indices.long(), skin.weights.double())
    weights, order = weights.sort(dim=1, descending=True, stable=True)
    used = int((weights > 0).sum(1).max())
    kept = min(limit or used, used)
    weights, joints = weights[:, :kept], joints.gather(1, order)[:, :kept]
    steps = (weights / weights.sum(1, keepdim=True) * STEPS).round()
    steps[:, 0] += STEPS - steps.sum(1)
    missing = (0, -kept % SET)
    joints = torch.nn.functional.pad(joints.where(steps > 0, 0), missing)
    return joints, torch.nn.functional.pad(steps / STEPS, missing).float()


def _merged(joints: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """The same influences with every joint at most once a vertex with a weight above zero."""
    joints, order = joints.sort(dim=1, stable=True)
    weights = weights.gather(1, order)
    for column in range(1, joints.shape[1]):
        carried = weights[:, column - 1].where(joints[:, column] == joints[:, column - 1], 0.0)
        weights[:, column] += carried
        weights[:, column - 1] -= carried
    return joints, weights


def _refuse_bad_weights(skin: Skin) -> None:
    at = first(~(skin.weights >= 0))
    if at is not None:
        raise ExportError(
            f"a skin weight is {float(skin.weights[at]):g}", where=f"vertex {at[0]}", remedy="weights are from 0 to 1"
        )
    sums = skin.weights.double().sum(1)
    at = first(~((sums - 1).abs() <= UNIT_TOLERANCE))
    if at is not None:
        raise ExportError(
            f"the skin weights sum to {float(sums[at]):g}",
            where=f"vertex {at[0]}",
            remedy="divide the weights of each vertex by their sum",
        )

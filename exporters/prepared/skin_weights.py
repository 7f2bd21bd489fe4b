"""Skin weights as every reader understands them: a joint once a vertex, largest first, summing to exactly one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from motionloom.core.data import Skin
from motionloom.core.errors import ExportError
from motionloom.exporters.prepared.arrays import Floats, floats
from motionloom.exporters.prepared.refusals import UNIT_TOLERANCE, first

Joints = NDArray[np.int64]

STEPS = 2**24
"""Weights become multiples of 1/2^24. Every such number up to one, and so every partial sum of them, is
a float32, which makes the sum of a vertex exactly one in whatever order a reader adds."""


def influences(skin: Skin, limit: int | None = None) -> tuple[Joints, Floats]:
    """Joints and weights of every vertex, (V, K) each, largest first, summing to exactly one.

    A joint that a vertex names twice is merged, an influence of weight zero names joint 0.

    Args:
        skin: joints and weights as they are.
        limit: the most influences that a vertex may keep, the largest ones, scaled to sum to one;
            all where None.

    Raises:
        ExportError: a weight is negative or not a number, or a vertex's do not sum to one.
    """
    weights = floats(skin.weights).astype(np.float64)
    _refuse_bad_weights(weights)
    joints = skin.joint_indices.cpu().numpy().astype(np.int64)
    weights = _merged(joints, weights)
    used = int((weights > 0).sum(1).max())
    largest = np.argsort(-weights, axis=1, kind="stable")[:, : min(limit or used, used)]
    joints, steps = _chosen(joints, largest), _steps(_chosen(weights, largest))
    return np.where(steps > 0, joints, 0), (steps / STEPS).astype(np.float32)


def _steps(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Whole numbers in the proportions of the weights that sum to `STEPS`; the first takes what rounding leaves."""
    steps = np.round(weights / weights.sum(1, keepdims=True) * STEPS)
    steps[:, 0] += STEPS - steps.sum(1)
    return steps


def _merged(joints: Joints, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weights with every joint at most once a vertex above zero: the first time takes the others' share."""
    joints, merged = np.asfortranarray(joints), weights.copy(order="F")
    for later in range(1, joints.shape[1]):
        for earlier in range(later):
            share = np.where(joints[:, later] == joints[:, earlier], merged[:, later], 0.0)
            merged[:, earlier] += share
            merged[:, later] -= share
    return np.ascontiguousarray(merged)


def _chosen(values: NDArray[Any], order: Joints) -> NDArray[Any]:
    return np.take_along_axis(values, order, axis=1)


def _refuse_bad_weights(weights: NDArray[np.float64]) -> None:
    at = first(~(weights >= 0))
    if at is not None:
        raise ExportError(
            f"a skin weight is {weights[at]:g}", where=f"vertex {at[0]}", remedy="weights are from 0 to 1"
        )
    sums = weights.sum(1)
    at = first(~(abs(sums - 1) <= UNIT_TOLERANCE))
    if at is not None:
        raise ExportError(
            f"the skin weights sum to {sums[at]:g}",
            where=f"vertex {at[0]}",
            remedy="divide the weights of each vertex by their sum",
        )

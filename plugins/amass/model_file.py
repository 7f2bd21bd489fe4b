"""The joints of a subject, from the user's own licensed body model."""

from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from numpy.typing import NDArray

from motionloom.core.errors import ReadError, place
from motionloom.plugins.amass.archive import Arrays, doubles_of, read_arrays
from motionloom.plugins.amass.body_models import BODY, MODELS, BodyModel

ARRAYS: Final = ("v_template", "J_regressor", "shapedirs", "kintree_table")

FARTHEST: Final = 100.0
"""Metres: no joint of a body is as far from its origin."""


def subject_joints(
    path: Path, model: BodyModel, betas: Float64[ndarray, "coefficients"]
) -> Float64[ndarray, "joints 3"]:
    """Joints of a body of this shape in the zero pose, metres in the model's own axes (Y up, +Z forward).

    J(beta) = J_regressor (v_template + shapedirs beta): Loper et al. 2015, equations 8 and 10.

    Args:
        path: the model, .npz.
        model: the joints that are wanted.
        betas: (B,) shape coefficients; those that the model has no directions for must be zero.

    Raises:
        ReadError: an array is missing or has a wrong shape, or the model has other joints.
    """
    arrays = read_arrays(path, ARRAYS)
    template, regressor, directions = (_numbers(path, arrays, name) for name in ARRAYS[:3])
    vertices, joints = len(template), len(regressor)
    for name, values, shape in (
        ("v_template", template, (vertices, 3)),
        ("J_regressor", regressor, (joints, vertices)),
        ("shapedirs", directions, (vertices, 3, directions.shape[-1] if directions.ndim else 0)),
    ):
        if values.shape != shape:
            what = f"the array {name} has shape {values.shape}, expected {shape}"
            raise ReadError(what, where=place(path), remedy="give an unchanged SMPL, SMPL-H or SMPL-X model")
    _check_joints(path, arrays, joints, model)
    used = min(len(betas), directions.shape[2])
    if np.any(betas[used:]):
        what = f"the motion's shape has {len(betas)} coefficients, the model directions for {used}"
        raise ReadError(what, where=place(path), remedy="give the model with 300 shape directions")
    with np.errstate(all="ignore"):
        rest = regressor @ (template + directions[..., :used] @ betas[:used])
    if not (np.abs(rest) < FARTHEST).all():
        raise ReadError("the model's joints lie out of the world", where=place(path), remedy="give a model in metres")
    return rest[: len(model.names)]


def _check_joints(path: Path, arrays: Arrays, joints: int, model: BodyModel) -> None:
    """A body without hands may stand on any model; every other motion needs its own."""
    wanted, own = len(model.names), MODELS.get(joints)
    if own is None or (joints != wanted and wanted != len(BODY)):
        what = f"the model has {joints} joints, the motion is {model.label}'s with {wanted}"
        raise ReadError(what, where=place(path), remedy=f"give a model of {model.label}, or leave model out")
    parents = _numbers(path, arrays, "kintree_table").reshape(-1)[1:joints]
    if parents.tolist() != list(own.parents[1:]):
        raise ReadError(
            f"the joints hang together otherwise than {own.label}'s",
            where=f"{path}, array 'kintree_table'",
            remedy="give an unchanged model",
        )


def _numbers(path: Path, arrays: Arrays, name: str) -> NDArray[Any]:
    values = doubles_of(arrays[name]) if name in arrays else None
    if values is None:
        what = f"the model has no array {name} of numbers"
        raise ReadError(what, where=place(path), remedy="give SMPL, SMPL-H or SMPL-X as .npz, with dense arrays")
    return values

"""A parametric model as the .npz archive that FLAME's own files are."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from motionloom.core.data import ParametricModel
from motionloom.core.errors import ExportError, place

IDENTITIES, EXPRESSIONS = 300, 100
"""Directions of FLAME's files: a model of fewer is filled up with zeros, so that readers tell the two apart."""

JOINTS = 5


def write_model(model: ParametricModel, path: Path, half: bool) -> None:
    """Write a model with FLAME's joints.

    Args:
        model: of at most 300 identity and 100 expression coefficients.
        path: the file, .npz.
        half: whether offsets and skin weights are stored in half precision, exact to 0.05 %; the surface is not.

    Raises:
        ExportError: the model is larger than FLAME or has other joints, or the file cannot be written.
    """
    _refuse_another(model, path)
    try:
        arrays: dict[str, Any] = model_arrays(model, np.float16 if half else np.float32)
        np.savez_compressed(path, **arrays)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ExportError(f"cannot be written: {reason}", where=place(path), remedy="choose another path") from error


def model_arrays(model: ParametricModel, kind: type[np.floating[Any]]) -> dict[str, NDArray[Any]]:
    """The arrays of FLAME's files by name.

    Args:
        model: of at most 300 identity and 100 expression coefficients.
        kind: of offsets and skin weights.
    """
    return {
        "v_template": _array(model.template),
        "f": _array(model.faces).astype(np.uint32),
        "shapedirs": np.concatenate(
            (_directions(model.shape_basis, IDENTITIES), _directions(model.expression_basis, EXPRESSIONS)), axis=2
        ).astype(kind),
        "posedirs": _array(model.pose_basis).transpose(1, 2, 0).astype(kind),
        "J_regressor": _array(model.joint_regressor),
        # The root's parent is the largest number of 32 bits in FLAME's own files.
        "kintree_table": np.array([model.parents, range(JOINTS)]).astype(np.uint32),
        "weights": _array(model.weights).astype(kind),
    }


def _refuse_another(model: ParametricModel, path: Path) -> None:
    sizes = len(model.shape_basis), len(model.expression_basis), len(model.joint_names)
    if sizes[0] > IDENTITIES or sizes[1] > EXPRESSIONS or sizes[2] != JOINTS:
        what = "the model has {} identity and {} expression coefficients and {} joints".format(*sizes)
        remedy = f"FLAME's files hold {IDENTITIES}, {EXPRESSIONS} and {JOINTS}: read or make it with no more"
        raise ExportError(what, where=place(path), remedy=remedy)


def _directions(basis: Tensor, count: int) -> NDArray[Any]:
    filled = np.zeros((*basis.shape[1:], count), dtype=np.float32)
    filled[..., : len(basis)] = _array(basis).transpose(1, 2, 0)
    return filled


def _array(tensor: Tensor) -> NDArray[Any]:
    array: NDArray[Any] = tensor.detach().cpu().numpy()
    return array

"""FLAME and SMPL-X from the user's own licensed files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from motionloom.core.data import ParametricModel
from motionloom.core.errors import DataError, ReadError, place
from motionloom.plugins.amass.archive import Arrays, doubles_of
from motionloom.plugins.amass.body_models import MODELS
from motionloom.plugins.flame.joint_names import JOINTS, PARENTS
from motionloom.plugins.flame.model_arrays import model_arrays

ARRAYS: Final = ("v_template", "f", "shapedirs", "posedirs", "J_regressor", "kintree_table", "weights")

IDENTITIES: Final = {400: 300, 20: 10}
"""How many of a file's `shapedirs` are identity; the others are expression. Both models come in both sizes."""

SUM_TOLERANCE: Final = 1e-2


@dataclass(frozen=True)
class Family:
    """A kind of model.

    Args:
        label: what messages call it.
        joint_names: in the order of the pose parameters.
        parents: index of each joint's parent, -1 for the root.
    """

    label: str
    joint_names: tuple[str, ...]
    parents: tuple[int, ...]


FLAME: Final = Family("FLAME", JOINTS, PARENTS)
SMPLX: Final = Family("SMPL-X", MODELS[55].names, MODELS[55].parents)


def read_model(
    path: Path, family: Family, identities: int | None, expressions: int | None, identity_directions: int | None
) -> ParametricModel:
    """Read a model.

    Args:
        path: .npz or .pkl.
        family: which model it must be.
        identities: identity coefficients to keep; all where None.
        expressions: expression coefficients to keep; all where None.
        identity_directions: how many of `shapedirs` are identity, for files of unusual size.

    Raises:
        ReadError: an array is missing, damaged or of a wrong shape, or the joints are another model's.
    """
    arrays = model_arrays(path, ARRAYS)
    try:
        return _model(path.stem, arrays, family, (identities, expressions), identity_directions)
    except DataError as error:
        where = f"{path}, {error.where}" if error.where else place(path)
        remedy = error.remedy or f"give an unchanged {family.label} model"
        raise ReadError(error.what, where=where, remedy=remedy) from error


def _model(
    name: str, arrays: Arrays, family: Family, wanted: tuple[int | None, int | None], identity_directions: int | None
) -> ParametricModel:
    _check_joints(arrays, family)
    template = _numbers(arrays, "v_template", None, 3)
    joints, vertices = len(family.joint_names), len(template)
    if not vertices:
        raise DataError("the model has no vertices", where="array 'v_template'")
    directions = _numbers(arrays, "shapedirs", vertices, 3, None)
    split = _split(directions.shape[-1], identity_directions)
    weights = _floats(_numbers(arrays, "weights", vertices, joints), "weights")
    if float((weights.sum(1) - 1).abs().max()) > SUM_TOLERANCE:
        raise DataError("the skin weights of a vertex do not sum to one", where="array 'weights'")
    return ParametricModel(
        name=name,
        template=_floats(template, "v_template"),
        faces=_faces(arrays),
        shape_basis=_basis(directions[..., :split][..., : wanted[0]], "shapedirs"),
        expression_basis=_basis(directions[..., split:][..., : wanted[1]], "shapedirs"),
        pose_basis=_basis(_numbers(arrays, "posedirs", vertices, 3, 9 * (joints - 1)), "posedirs"),
        joint_regressor=_floats(_numbers(arrays, "J_regressor", joints, vertices), "J_regressor"),
        joint_names=family.joint_names,
        parents=family.parents,
        weights=weights,
    )


def _split(directions: int, told: int | None) -> int:
    known = IDENTITIES.get(directions) if told is None else told
    if known is None or known > directions:
        sizes = " or ".join(f"{both} ({one} identity)" for both, one in IDENTITIES.items())
        what = f"there are {directions} shape directions, where {sizes} are usual"
        raise DataError(what, where="array 'shapedirs'", remedy="say how many are identity: identity_directions")
    return known


def _check_joints(arrays: Arrays, family: Family) -> None:
    # The root's parent is -1 in some files and 2^32 - 1 in others.
    parents = _numbers(arrays, "kintree_table", 2, None)[0]
    if len(parents) != len(family.parents):
        what = f"the model has {len(parents)} joints, {family.label} has {len(family.parents)}"
        raise DataError(what, where="array 'kintree_table'", remedy=f"give a model of {family.label}")
    if tuple(parents[1:].tolist()) != family.parents[1:]:
        raise DataError(f"the joints hang together otherwise than {family.label}'s", where="array 'kintree_table'")


def _found(arrays: Arrays, name: str) -> NDArray[Any]:
    if name not in arrays or not arrays[name].ndim:
        raise DataError(f"there is no array {name}")
    return arrays[name]


def _numbers(arrays: Arrays, name: str, *shape: int | None) -> NDArray[np.float64]:
    """An array of numbers of a shape; None stands for any size."""
    values = doubles_of(_found(arrays, name))
    fits = values is not None and len(values.shape) == len(shape)
    if (
        values is None
        or not fits
        or any(size not in (None, own) for size, own in zip(shape, values.shape, strict=True))
    ):
        told = ", ".join("any" if size is None else str(size) for size in shape)
        found = arrays[name]
        what = f"{found.dtype.name} of shape {found.shape}, expected numbers of shape ({told})"
        raise DataError(what, where=f"array {name!r}")
    return values


def _floats(values: NDArray[np.float64], name: str) -> Tensor:
    with np.errstate(over="ignore", invalid="ignore"):
        single = torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))
    if not single.isfinite().all():
        at = (~single.isfinite()).nonzero()[0].tolist()
        raise DataError(f"entry {at} is no finite number", where=f"array {name!r}", remedy="fetch the file again")
    return single


def _basis(directions: NDArray[np.float64], name: str) -> Tensor:
    """(V, 3, D) as files have them to (D, V, 3)."""
    return _floats(np.moveaxis(directions, -1, 0), name)


def _faces(arrays: Arrays) -> Tensor:
    faces = _found(arrays, "f")
    if faces.dtype.kind not in "iu" or faces.ndim != 2 or faces.shape[1] != 3:
        what = f"{faces.dtype.name} of shape {faces.shape}, expected rows of three whole numbers"
        raise DataError(what, where="array 'f'")
    return torch.from_numpy(faces.astype(np.int64))

"""ICT-FaceKit packed into one .npz archive."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from motionloom.core.errors import DataError, ReadError, place
from motionloom.plugins.amass.archive import read_arrays, texts_of
from motionloom.plugins.ict.landmarks import landmarks_beside
from motionloom.plugins.ict.model import IctModel
from motionloom.plugins.ict.polygons import triangulated
from motionloom.plugins.ict.topology import VERTICES
from motionloom.plugins.ict.where import METRES, REMEDY

REQUIRED: Final[dict[str, tuple[int | None, ...]]] = {
    "neutral": (VERTICES, 3),
    "faces": (None, 4),
    "expression_names": (None,),
    "expression_deltas": (None, VERTICES, 3),
    "identity_deltas": (None, VERTICES, 3),
}
OPTIONAL: Final[dict[str, tuple[int | None, ...]]] = {"uv": (None, 2), "face_uv": (None, 4)}
"""Arrays and their shapes, None where any length will do; positions in centimetres, faces with -1 as a
triangle's fourth corner."""

Arrays = Mapping[str, NDArray[Any]]


def read_packed(path: Path) -> IctModel:
    """Read the archive: `neutral`, `faces`, `expression_names`, `expression_deltas` and `identity_deltas`.

    `uv` and `face_uv` are read where it has them, and the landmarks from `vertex_indices.json` beside it.

    Args:
        path: the .npz file.

    Raises:
        ReadError: it is no such archive; with the array.
    """
    if not path.is_file():
        raise ReadError("there is no such file", where=place(path), remedy=REMEDY)
    arrays = read_arrays(path, (*REQUIRED, *OPTIONAL))
    missing = [name for name in REQUIRED if name not in arrays]
    if missing:
        raise ReadError(f"the archive lacks {', '.join(missing)}", where=place(path), remedy=REMEDY)
    for name, shape in (REQUIRED | OPTIONAL).items():
        if name in arrays:
            _check(path, name, arrays[name], shape)
    try:
        return _model(path, arrays)
    except DataError as error:
        raise ReadError(error.what, where=place(path), remedy=error.remedy or REMEDY) from error


def _model(path: Path, arrays: Arrays) -> IctModel:
    names = texts_of(arrays["expression_names"])
    if names is None:
        raise DataError("expression_names holds no names")
    uv, face_uv = arrays.get("uv"), arrays.get("face_uv")
    return IctModel(
        neutral=_metres(arrays["neutral"]),
        faces=torch.from_numpy(triangulated(arrays["faces"].astype(np.int64), VERTICES)),
        expression_names=names,
        expressions=_metres(arrays["expression_deltas"]),
        identities=_metres(arrays["identity_deltas"]),
        uv=None if uv is None else torch.from_numpy(_top_left(uv)),
        face_uv=None if uv is None or face_uv is None else _corners(face_uv, len(uv)),
        landmarks=landmarks_beside(path.parent),
    )


def _corners(face_uv: NDArray[Any], count: int) -> torch.Tensor:
    return torch.from_numpy(triangulated(face_uv.astype(np.int64), count))


def _metres(centimetres: NDArray[Any]) -> torch.Tensor:
    return torch.from_numpy((centimetres * METRES).astype(np.float32))


def _top_left(uv: NDArray[Any]) -> NDArray[np.float32]:
    return np.stack((uv[:, 0], 1 - uv[:, 1]), axis=-1).astype(np.float32)


def _check(path: Path, name: str, array: NDArray[Any], shape: tuple[int | None, ...]) -> None:
    where = f"{path}, array {name!r}"
    fits = len(array.shape) == len(shape) and all(
        wanted in (None, size) for size, wanted in zip(array.shape, shape, strict=True)
    )
    if not fits:
        expected = ", ".join("any" if size is None else str(size) for size in shape)
        raise ReadError(f"it has the shape {array.shape}, ICT-FaceKit's is ({expected})", where=where, remedy=REMEDY)
    if name == "expression_names":
        return
    if array.dtype.kind not in ("iu" if name in ("faces", "face_uv") else "f"):
        raise ReadError(f"it holds {array.dtype.name}", where=where, remedy=REMEDY)
    if not np.isfinite(array).all():
        raise ReadError("it holds what is no number", where=where, remedy=REMEDY)

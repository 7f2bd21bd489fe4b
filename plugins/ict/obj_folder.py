"""ICT-FaceKit as it is published: a folder of Wavefront OBJ files, one a shape."""

from itertools import takewhile
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from motionloom.core.errors import DataError, ReadError, place
from motionloom.plugins.ict.landmarks import landmarks_beside
from motionloom.plugins.ict.model import IctModel
from motionloom.plugins.ict.obj_file import Surface, read_positions, read_surface
from motionloom.plugins.ict.polygons import triangulated
from motionloom.plugins.ict.shape_names import ICT_SHAPES
from motionloom.plugins.ict.topology import VERTICES
from motionloom.plugins.ict.where import METRES, REMEDY

NEUTRAL: Final = "generic_neutral_mesh.obj"
MOST_IDENTITIES: Final = 1_000
"""The names of the files have three digits."""


def read_obj_folder(folder: Path) -> IctModel:
    """Read `generic_neutral_mesh.obj`, the 53 expressions and `identity000.obj` and on, as many as there are.

    Other OBJ files of the folder, like `PupilDilate_L.obj`, are not read.

    Args:
        folder: `FaceXModel` of the published kit.

    Raises:
        ReadError: a file is missing, is no such OBJ file, or has another mesh; with the line.
    """
    neutral_file = folder / NEUTRAL
    files = [folder / f"{name}.obj" for name in ICT_SHAPES]
    missing = [file.name for file in (neutral_file, *files) if not file.is_file()]
    if missing:
        raise ReadError(f"the folder lacks {', '.join(missing)}", where=place(folder), remedy=REMEDY)
    surface = read_surface(neutral_file, VERTICES)
    numbered = (folder / f"identity{number:03}.obj" for number in range(MOST_IDENTITIES))
    identities = list(takewhile(Path.is_file, numbered))
    try:
        return _model(folder, surface, _deltas(files, surface), _deltas(identities, surface))
    except DataError as error:
        raise ReadError(error.what, where=place(neutral_file), remedy=error.remedy or REMEDY) from error


def _deltas(files: list[Path], surface: Surface) -> NDArray[np.float32]:
    """(N, V, 3) what each file differs from the neutral surface by, centimetres."""
    deltas = np.empty((len(files), VERTICES, 3), dtype=np.float32)
    for index, file in enumerate(files):
        deltas[index] = read_positions(file, VERTICES) - surface.positions
    return deltas


def _model(
    folder: Path, surface: Surface, expressions: NDArray[np.float32], identities: NDArray[np.float32]
) -> IctModel:
    textured = bool(len(surface.uv))
    uv = np.stack((surface.uv[:, 0], 1 - surface.uv[:, 1]), axis=-1).astype(np.float32)
    corners = triangulated(surface.polygon_uv, len(uv)) if textured else None
    return IctModel(
        neutral=torch.from_numpy((surface.positions * METRES).astype(np.float32)),
        faces=torch.from_numpy(triangulated(surface.polygons, VERTICES)),
        expression_names=ICT_SHAPES,
        expressions=torch.from_numpy(expressions * np.float32(METRES)),
        identities=torch.from_numpy(identities * np.float32(METRES)),
        uv=torch.from_numpy(uv) if textured else None,
        face_uv=None if corners is None else torch.from_numpy(corners),
        landmarks=landmarks_beside(folder),
    )

"""A motion as an .npz archive."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from motionloom.core.data import FaceMotion, Motion, Take, bare_character
from motionloom.core.errors import DataError, ExportError
from motionloom.exporters.npz.archive import write_archive
from motionloom.exporters.npz.layout import Arrays, layout_arrays
from motionloom.exporters.npz.smpl import amass_arrays, model_of
from motionloom.exporters.prepared.refusals import refuse_unwritable


def write_npz(motion: Motion, face: FaceMotion | None, path: Path, warn: Callable[[str], None]) -> None:
    """Write a motion and perhaps a face; see the node `export.npz`.

    Args:
        motion: on any skeleton.
        face: as long and as fast as the motion.
        path: the file.
        warn: told of what AMASS's arrays cannot hold.

    Raises:
        ExportError: motion and face are not in step, or hold what no reader could use.
    """
    try:
        take = Take(path.stem, bare_character(path.stem, motion.skeleton), motion, face)
    except DataError as error:
        raise ExportError(error.what, where=path.name, remedy=error.remedy) from error
    refuse_unwritable(take)
    arrays, model = layout_arrays(motion, face), model_of(motion.skeleton)
    if model is not None:
        arrays |= amass_arrays(motion, model)
        if motion.joint_translations is not None:
            warn("AMASS has no joints that slide: poses and trans leave that out, joint_translations holds it")
    _refuse_infinite(arrays)
    write_archive(path, arrays)


def _refuse_infinite(arrays: Arrays) -> None:
    for name, array in arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            at = np.argwhere(~np.isfinite(array))[0].tolist()
            raise ExportError("a number is not finite", where=f"array {name!r}, entry {at}", remedy="mend the motion")

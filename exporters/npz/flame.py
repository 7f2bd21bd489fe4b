"""FLAME parameters as arrays, under the names that the library smplx uses."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import roma
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from motionloom.core.data import FlameMotion
from motionloom.core.errors import ExportError
from motionloom.exporters.npz.archive import write_archive
from motionloom.exporters.prepared.arrays import floats, lengths
from motionloom.exporters.prepared.refusals import UNIT_TOLERANCE, first

TURNS: Final = {
    "root_rotation": "global_orient",
    "neck": "neck_pose",
    "jaw": "jaw_pose",
    "left_eye": "leye_pose",
    "right_eye": "reye_pose",
}


def write_flame(motion: FlameMotion, path: Path) -> None:
    """Write FLAME parameters; see the node `export.flame_npz`.

    Raises:
        ExportError: a number is not finite, or a rotation no unit quaternion; with its frame.
    """
    arrays: dict[str, NDArray[Any]] = {"betas": floats(motion.shape), "expression": floats(motion.expression)}
    for field, name in TURNS.items():
        turn = getattr(motion, field)
        if turn is not None:
            arrays[name] = _rotation_vectors(turn, field)
    if motion.root_translation is not None:
        arrays["transl"] = floats(motion.root_translation)
    for name, values in arrays.items():
        at = first(~np.isfinite(values))
        if at is not None:
            what = f"the number is {values[at]}"
            raise ExportError(what, where=f"array {name!r}, entry {list(at)}", remedy="mend the motion")
    write_archive(path, arrays | {"fps": np.array(motion.fps, dtype="<f8")})


def _rotation_vectors(turns: Float[Tensor, "frames 4"], field: str) -> NDArray[np.float32]:
    """(T, 3) radians."""
    found = lengths(floats(turns))
    # Negated, so that a length that is not a number is refused as well.
    at = first(~(abs(found - 1) <= UNIT_TOLERANCE))
    if at is not None:
        what = f"the rotation is a quaternion of length {found[at]:g}"
        raise ExportError(what, where=f"{field}, frame {at[0]}", remedy="rotations are unit quaternions")
    precise = turns.double()
    return floats(roma.unitquat_to_rotvec(precise / precise.norm(dim=-1, keepdim=True)))

"""Arrays as an .npz archive whose bytes depend on nothing but the arrays."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can name."""

UNIX: Final = 3


def write_archive(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays in the given order, as `numpy.savez` does but without date and system.

    Args:
        path: the file.
        arrays: of numbers and text.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy", EPOCH)
            member.create_system = UNIX
            with archive.open(member, "w", force_zip64=True) as file:
                np.lib.format.write_array(file, array, allow_pickle=False)

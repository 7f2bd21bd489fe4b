"""The arrays of a body model's file, be it an archive or a pickle."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

from motionloom.core.errors import DataError, ReadError, place
from motionloom.plugins.amass.archive import ALWAYS_ALLOWED, GROWTH, Arrays, read_arrays
from motionloom.plugins.flame.pickle_arrays import KNOWN, array_of
from motionloom.plugins.flame.pickle_values import Value, read_pickle

ZIP: Final = b"PK"


def model_arrays(path: Path, names: Sequence[str]) -> Arrays:
    """Those of the named arrays that a model has; what else is in the file is not looked at.

    Args:
        path: an .npz archive or a pickle, told apart by how they begin.
        names: of arrays.

    Raises:
        ReadError: it is neither, an array is damaged, or the pickle names a class that no model needs.
    """
    with path.open("rb") as file:
        start = file.read(len(ZIP))
    return read_arrays(path, names) if start == ZIP else _pickled_arrays(path, names)


def _pickled_arrays(path: Path, names: Sequence[str]) -> Arrays:
    content = read_pickle(path, KNOWN)
    if not isinstance(content, dict):
        what = f"the pickle holds a {type(content).__name__}, not a table of arrays"
        raise ReadError(what, where=place(path), remedy="give FLAME or SMPL-X as it was downloaded")
    budget = GROWTH * path.stat().st_size + ALWAYS_ALLOWED
    arrays: dict[str, NDArray[Any]] = {}
    for name in names:
        if name in content:
            arrays[name] = _array(path, name, content[name], budget)
            budget -= arrays[name].nbytes
    return arrays


def _array(path: Path, name: str, value: Value, budget: int) -> NDArray[Any]:
    where = f"{path}, array {name!r}"
    try:
        return array_of(value, budget)
    except DataError as error:
        raise ReadError(error.what, where=where, remedy=error.remedy) from error
    # NumPy about shapes and kinds that no memory could hold.
    except (ValueError, OverflowError) as error:
        raise ReadError(f"damaged: {str(error)[:200]}", where=where, remedy="fetch the file again") from error

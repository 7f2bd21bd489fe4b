"""Face shape names as people and devices write them."""

import difflib

from motionloom.core.data import ARKIT_SHAPES
from motionloom.core.errors import DataError

_SPELLING = {name.lower(): name for name in ARKIT_SHAPES}


def arkit_name(written: str) -> str:
    """ARKit's own spelling of a shape's name in any case.

    Raises:
        DataError: it is not the name of a shape; the remedy is the most similar one.
    """
    name = _SPELLING.get(written.strip().lower())
    if name is None:
        close = difflib.get_close_matches(written.strip().lower(), _SPELLING, n=1)
        remedy = f"did you mean {_SPELLING[close[0]]}?" if close else "use one of ARKit's 52 names, like jawOpen"
        raise DataError(f"{written!r} is no face shape of ARKit's", remedy=remedy)
    return name

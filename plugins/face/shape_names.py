"""Face shape names as people and devices write them."""

import difflib

from motionloom.core.data import ARKIT_SHAPES

_SPELLING = {name.lower(): name for name in ARKIT_SHAPES}


def arkit_name(written: str) -> str | None:
    """ARKit's own spelling of a shape's name in any case; None for what is not one."""
    return _SPELLING.get(written.strip().lower())


def nearest(written: str) -> str:
    """A remedy for a name that is not ARKit's: the most similar one that is."""
    close = difflib.get_close_matches(written.strip().lower(), _SPELLING, n=1)
    return f"did you mean {_SPELLING[close[0]]}?" if close else "use one of ARKit's 52 names, like jawOpen"

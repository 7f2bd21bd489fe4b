"""Any .npz of motion as takes, whichever layout it has."""

from collections.abc import Callable
from pathlib import Path

from motionloom.core.data import Take, bare_character
from motionloom.plugins.amass.archive import read_arrays
from motionloom.plugins.amass.own_layout import read_own_layout
from motionloom.plugins.amass.reader import read_amass_file


def read_npz_file(path: Path, warn: Callable[[str], None]) -> tuple[Take, ...]:
    """The one take of an archive: our own layout where the file says so, else AMASS's.

    Args:
        path: the file, .npz.
        warn: called with what the file leaves open.

    Raises:
        ReadError: with the array, joint and frame.
    """
    if "layout" in read_arrays(path, ("layout",)):
        return (read_own_layout(path),)
    motion = read_amass_file(path, warn=warn)
    return (Take(path.stem, bare_character(path.stem, motion.skeleton), motion),)

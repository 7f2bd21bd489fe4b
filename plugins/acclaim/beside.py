"""The skeleton file that belongs to a motion file."""

from pathlib import Path

from motionloom.core.errors import ReadError, place


def skeleton_beside(motion: Path) -> Path:
    """The Acclaim skeleton file in the folder of a motion file.

    That is the one with the motion's name, else with the part of it before the first underscore, as
    in the CMU database (`01.asf` for `01_05.amc`), else the only one.

    Args:
        motion: the motion file.

    Raises:
        ReadError: there is none, or several and none has the name.
    """
    found = sorted(path for path in motion.parent.glob("*") if path.suffix.lower() == ".asf")
    for name in (motion.stem.lower(), motion.stem.lower().partition("_")[0]):
        for path in found:
            if path.stem.lower() == name:
                return path
    if len(found) == 1:
        return found[0]
    names = f"several skeleton files are beside it: {', '.join(path.name for path in found[:5])}"
    raise ReadError(
        names if found else "no skeleton file (.asf) is beside it",
        where=place(motion),
        remedy="name the one that the motion was recorded with: skeleton: FILE.asf",
    )

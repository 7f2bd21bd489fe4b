"""ICT-FaceKit, packed or as published."""

from pathlib import Path

from motionloom.plugins.ict.model import IctModel
from motionloom.plugins.ict.obj_folder import read_obj_folder
from motionloom.plugins.ict.packed import read_packed


def read_ict(path: Path) -> IctModel:
    """Read ICT-FaceKit from the packed .npz, or from a folder of OBJ files as it is published.

    Args:
        path: the archive, or the folder (`FaceXModel`).

    Raises:
        ReadError: it is neither, or something in it is missing or damaged; with the place.
    """
    return read_obj_folder(path) if path.is_dir() else read_packed(path)

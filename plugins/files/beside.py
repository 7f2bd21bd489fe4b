"""Which further files a file refers to, so that an edit of them is seen."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from motionloom.core.errors import ReadError
from motionloom.plugins.acclaim.beside import skeleton_beside
from motionloom.plugins.fbx.companions import pictures_beside
from motionloom.plugins.gltf.reader import files_beside as gltf_files
from motionloom.plugins.usd.companions import layers_beside


def _acclaim_files(path: Path) -> Iterable[Path]:
    try:
        return [skeleton_beside(path)]
    except ReadError:
        # The reader says so when it runs, with what is missing.
        return []


COMPANIONS: Final[dict[str, Callable[[Path], Iterable[Path]]]] = {
    ".amc": _acclaim_files,
    ".fbx": pictures_beside,
    ".gltf": gltf_files,
    ".usd": layers_beside,
    ".usda": layers_beside,
    ".usdc": layers_beside,
}


def files_beside(path: Path) -> Iterable[Path]:
    """The files that `read_file` will read beside one.

    Args:
        path: the file, of any format.
    """
    companions = COMPANIONS.get(path.suffix.lower())
    return [] if companions is None else companions(path)

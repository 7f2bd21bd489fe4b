"""The pictures that an FBX file may show."""

from collections.abc import Iterable
from pathlib import Path

from motionloom.plugins.scene_graph.companions import PICTURES, files_named_in


def pictures_beside(path: Path) -> Iterable[Path]:
    """The pictures in the file's folder or below that it names: FBX stores names uncompressed.

    Args:
        path: a binary or text FBX file.
    """
    try:
        return files_named_in(path, PICTURES)
    except OSError:
        # The reader says what is wrong with the file when it runs.
        return []

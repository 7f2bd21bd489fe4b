"""FBX files as takes."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from motionloom.core.data import Take
from motionloom.plugins.scene_graph.located import located
from motionloom.plugins.scene_graph.restored import extracted_scene
from motionloom.plugins.scene_graph.sandbox import Child, Limits
from motionloom.plugins.scene_graph.takes import takes_of

EXTRACTOR: Final = "motionloom.plugins.fbx.extract"
"""The module that the child process runs."""

LIMITS: Final = Limits(memory=6 * 2**30, seconds=300.0)
"""With room: the most transforms that are read take about a minute to sample."""


def read_fbx_file(path: Path, warn: Callable[[str], None]) -> tuple[Take, ...]:
    """All takes of an FBX file, on the CPU; the node documents the conventions.

    Args:
        path: the file.
        warn: told in one sentence of everything that was mended, guessed or left out.

    Raises:
        ReadError: the file is not FBX, is damaged, or crashes or starves the library that reads it.
    """
    with Child(EXTRACTOR, LIMITS) as child:
        return takes_through(child, path, warn)


def takes_through(child: Child, path: Path, warn: Callable[[str], None]) -> tuple[Take, ...]:
    """The same through a process that goes on to other files.

    Args:
        child: runs `EXTRACTOR`.
        path: the file.
        warn: told as in `read_fbx_file`.

    Raises:
        ReadError: as in `read_fbx_file`.
    """
    scene = extracted_scene(child, path, {}, warn)
    with located(path):
        return takes_of(scene, warn)

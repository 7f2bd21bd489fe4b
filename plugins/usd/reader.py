"""USD files as takes: the file looked at, extracted in a child process, and converted."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from motionloom.core.data import Take
from motionloom.core.errors import ReadError, place
from motionloom.plugins.scene_graph.located import located
from motionloom.plugins.scene_graph.model import Scene
from motionloom.plugins.scene_graph.restored import extracted_scene
from motionloom.plugins.scene_graph.sandbox import Child, Limits
from motionloom.plugins.scene_graph.takes import takes_of
from motionloom.plugins.usd.package import MOST_BYTES, unpack

EXTRACTOR = "motionloom.plugins.usd.extract"

LIBRARIES = 3 * 2**30
GROWTH = 24
"""Address space of a child: bytes for the libraries and small files, and bytes for each byte of the file."""


def read_usd_file(path: Path, warn: Callable[[str], None]) -> tuple[Take, ...]:
    """Read the takes of a USD file, in our conventions, on the CPU; the node documents what is read.

    Args:
        path: a usd, usda, usdc or usdz file.
        warn: told in one sentence of what is left out or done in another way.

    Raises:
        ReadError: the file cannot be read; with the prim, where it is one that is wrong.
    """
    with usd_child(path) as child:
        return takes_in(path, child, warn)


def usd_child(path: Path) -> Child:
    """A process that reads USD, with memory for a file of that size.

    Raises:
        ReadError: the file is not there, or too large.
    """
    return Child(EXTRACTOR, Limits(memory=LIBRARIES + GROWTH * _size(path)))


def takes_in(path: Path, child: Child, warn: Callable[[str], None]) -> tuple[Take, ...]:
    """The takes of a USD file, extracted in a process that may read others after it.

    Args:
        path: the file.
        child: a process that reads USD.
        warn: told of what is left out or done in another way.

    Raises:
        ReadError: the file cannot be read.
    """
    scene = _scene(path, child, warn)
    with located(path):
        return takes_of(scene, warn)


def _scene(path: Path, child: Child, warn: Callable[[str], None]) -> Scene:
    _size(path)
    if not _is_zip(path):
        real = path.resolve()
        return extracted_scene(child, path, _request(real, real.parent, path.stem), warn)
    with TemporaryDirectory(prefix="motionloom-") as folder:
        inside = Path(folder).resolve()
        return extracted_scene(child, path, _request(unpack(path, inside), inside, path.stem), warn)


def _request(layer: Path, folder: Path, name: str) -> dict[str, str]:
    return {"path": str(layer), "folder": str(folder), "name": name}


def _size(path: Path) -> int:
    try:
        size = path.stat().st_size
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ReadError(f"cannot be read: {reason}", where=place(path), remedy="give a readable file") from error
    if size > MOST_BYTES:
        raise ReadError(f"is larger than {MOST_BYTES >> 30} GB", where=place(path), remedy="split the file")
    return size


def _is_zip(path: Path) -> bool:
    """By its first bytes too: USD itself goes by the suffix, and a zip under another one is nothing it reads."""
    with path.open("rb") as file:
        return path.suffix.lower() == ".usdz" or file.read(4) == b"PK\x03\x04"

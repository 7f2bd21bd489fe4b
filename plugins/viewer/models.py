"""A file as the page wants it: a GLB, and what it says about its takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from motionloom.core.data import Take
from motionloom.core.errors import ReadError
from motionloom.exporters.gltf.nodes import export_gltf
from motionloom.plugins.files.reader import read_file

INFLUENCES: Final = 4
"""The most joints that three.js lets move a vertex."""


@dataclass(frozen=True)
class ViewedModel:
    """A file that is ready to be shown.

    Args:
        file: the GLB that was made of it.
        name: what the page calls it.
        takes: what it holds.
        first: index of the take to begin with.
        warnings: what its reader had to say.
    """

    file: Path
    name: str
    takes: tuple[Take, ...]
    first: int
    warnings: tuple[str, ...]

    def description(self) -> dict[str, Any]:
        """What the page is told, as JSON."""
        character = self.takes[0].character
        return {
            "url": self.file.name,
            "name": self.name,
            "first": self.first,
            "warnings": list(self.warnings),
            "takes": [{"name": take.name, "frames": len(take), "fps": take.fps} for take in self.takes],
            "joints": len(character.skeleton),
            "vertices": len(character.mesh.vertices),
            "triangles": len(character.mesh.faces),
            "shapes": len(character.face_rig.names) if character.face_rig is not None else 0,
        }


def prepare_file(path: Path, target: Path, animation: str | None = None) -> ViewedModel:
    """Read a file of any known format and write the GLB that the page shows.

    Args:
        path: the file.
        target: where the GLB goes.
        animation: the take to begin with; the first where None.

    Raises:
        ReadError: the file is missing or cannot be read, or has no such take.
        ExportError: what it holds cannot be shown.
    """
    if not path.is_file():
        raise ReadError("there is no such file", where=str(path), remedy="check the path")
    warnings: list[str] = []
    takes = read_file(path, warnings.append)
    return prepare_takes(takes, path.name, target, animation, warnings)


def prepare_takes(
    takes: Sequence[Take], name: str, target: Path, animation: str | None = None, warnings: Sequence[str] = ()
) -> ViewedModel:
    """Write the GLB that the page shows for takes of one character.

    Args:
        takes: what to show.
        name: what the page calls them together.
        target: where the GLB goes.
        animation: the take to begin with; the first where None.
        warnings: shown on the page.

    Raises:
        ReadError: there is no such take.
        ExportError: the takes cannot be shown.
    """
    first = _index(takes, name, animation)
    export_gltf(tuple(takes), path=target, influences=INFLUENCES)
    return ViewedModel(target, name, tuple(takes), first, tuple(warnings))


def _index(takes: Sequence[Take], name: str, animation: str | None) -> int:
    names = [take.name for take in takes]
    if animation is None:
        return 0
    if animation not in names:
        what = f"there is no take {animation!r}"
        raise ReadError(what, where=name, remedy=f"it has {', '.join(map(repr, names))}")
    return names.index(animation)

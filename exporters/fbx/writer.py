"""Takes as an FBX file, by the backend that was asked for."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from motionloom.core.data import Take
from motionloom.core.errors import ExportError
from motionloom.exporters.fbx.container import write_builtin
from motionloom.exporters.fbx.takes import scene_of

Backend = Literal["auto", "builtin", "autodesk"]

AUTODESK_MODULE = "fbx"


def write_fbx(
    takes: Sequence[Take],
    path: Path,
    *,
    backend: Backend = "auto",
    ascii: bool = False,
    influences: int | None = None,
) -> None:
    """Write takes of one character as FBX; the node documents the conventions.

    Args:
        takes: of one character at one frame rate.
        path: the file to write, .fbx.
        backend: what writes; `auto` is Autodesk's module where it is installed, and `builtin` elsewhere.
        ascii: whether as text.
        influences: the most joints that may move a vertex; all where None.

    Raises:
        ExportError: the suffix or the takes are refused, Autodesk's module is asked for and absent, or
            the file cannot be written.
    """
    if path.suffix.lower() != ".fbx":
        what = f"{path.suffix or 'a file without suffix'} is not an FBX file"
        raise ExportError(what, where=path.name, remedy="use .fbx")
    chosen = chosen_backend(backend)
    scene = scene_of(takes, influences)
    if chosen == "builtin":
        write_builtin(scene, path, ascii)
    else:
        from motionloom.exporters.fbx.autodesk import write_autodesk

        write_autodesk(scene, path, ascii)


def chosen_backend(backend: Backend) -> Literal["builtin", "autodesk"]:
    """What writes.

    Raises:
        ExportError: Autodesk's module is asked for and absent.
    """
    installed = importlib.util.find_spec(AUTODESK_MODULE) is not None
    if backend == "autodesk" and not installed:
        raise ExportError(
            "Autodesk's Python module `fbx` is not installed",
            remedy="install the FBX Python SDK from Autodesk's site, or use backend: builtin",
        )
    return "autodesk" if installed and backend != "builtin" else "builtin"

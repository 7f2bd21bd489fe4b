"""The layers and pictures that a USD file may be composed of."""

from collections.abc import Iterable
from pathlib import Path

from motionloom.plugins.scene_graph.companions import PICTURES, files_below, files_named_in

LAYERS = frozenset({".usd", ".usda", ".usdc", ".usdz"})
TEXT = b"#usda"


def layers_beside(path: Path) -> Iterable[Path]:
    """The files that a change of may change what is read; a package stands alone.

    A text layer names what it refers to, and so do the text layers that it names. A binary layer
    names it too, but compressed: every layer and picture in its folder and below may be meant.

    Args:
        path: a usd, usda, usdc or usdz file.
    """
    if path.suffix.lower() == ".usdz":
        return []
    try:
        return _reachable(path)
    except OSError:
        # The reader says what is wrong with the file when it runs.
        return []


def _reachable(path: Path) -> list[Path]:
    found: dict[Path, None] = {}
    waiting = [path]
    while waiting:
        layer = waiting.pop()
        if not _is_text(layer):
            return [file for file in files_below(path.parent, LAYERS | PICTURES) if file != path]
        named = [file for file in files_named_in(layer, LAYERS | PICTURES) if file not in found and file != path]
        found.update(dict.fromkeys(named))
        waiting += [file for file in named if file.suffix.lower() in LAYERS - {".usdz"}]
    return sorted(found)


def _is_text(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(TEXT)) == TEXT

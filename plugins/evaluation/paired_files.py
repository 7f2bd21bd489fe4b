"""Folders of paired BVH files: FOLDER/CHARACTER/CLIP.bvh.

The same clip name under two characters is the same performance. Every ordered pair of characters that
share a clip is a case: the clip of one is retargeted onto the skeleton of the other, whose own clip is
the truth.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Literal

from motionloom.core.data import Motion, Skeleton, Unit
from motionloom.core.errors import ReadError, place
from motionloom.plugins.bvh.reader import read_bvh_file

LAYOUT = "FOLDER/CHARACTER/CLIP.bvh, where one CLIP name under two characters is one performance"
FILES_HELD = 64
"""Files that stay in memory: the cases of a clip follow each other."""

Warn = Callable[[str], None]


@dataclass(frozen=True)
class Case:
    """A clip of one character that another is to perform.

    Args:
        clip: its name.
        source: the character that gives it.
        target: the character that gets it, and whose own clip is the truth.
    """

    clip: str
    source: str
    target: str


@dataclass(frozen=True)
class PairedFolder:
    """A folder of paired files.

    Args:
        path: the folder.
        unit: what lengths are in.
        warn: told what had to be guessed about a file.
    """

    path: Path
    unit: Literal["auto"] | Unit
    warn: Warn

    def clips(self) -> dict[str, list[str]]:
        """The characters that have each clip, all by name.

        Raises:
            ReadError: there are no files of that layout, or no clip of two characters.
        """
        found: dict[str, list[str]] = {}
        for file in sorted(self.path.glob("*/*")):
            if file.suffix.lower() == ".bvh":
                found.setdefault(file.stem, []).append(file.parent.name)
        if not any(len(characters) > 1 for characters in found.values()):
            what = "no clip of this folder is performed by two characters" if found else "this folder has no such files"
            raise ReadError(what, where=place(self.path), remedy=f"lay files out as {LAYOUT}")
        return dict(sorted(found.items()))

    def read(self, character: str, clip: str) -> Motion:
        """A character's clip.

        Raises:
            ReadError: the file is not a well-formed BVH file.
        """
        return _read(self.path / character / f"{clip}.bvh", self.unit, self.warn)


@lru_cache(maxsize=FILES_HELD)
def _read(path: Path, unit: Literal["auto"] | Unit, warn: Warn) -> Motion:
    file = path if path.exists() else next(other for other in path.parent.iterdir() if other.stem == path.stem)
    return read_bvh_file(file, unit=unit, up="y", warn=warn)


def cases_of(
    clips: dict[str, list[str]],
    sources: Sequence[str] = ("*",),
    targets: Sequence[str] = ("*",),
    wanted: Sequence[str] = ("*",),
    limit: int | None = None,
) -> list[Case]:
    """The cases of a folder, those of a clip after each other.

    Args:
        clips: the characters that have each clip.
        sources: names or patterns of the characters that give.
        targets: names or patterns of the characters that get.
        wanted: names or patterns of clips.
        limit: at most so many cases, spread evenly over all of them; no limit where None.

    Raises:
        ReadError: the patterns leave nothing.
    """
    cases = [
        Case(clip, source, target)
        for clip, characters in clips.items()
        if _matches(clip, wanted)
        for source in characters
        if _matches(source, sources)
        for target in characters
        if target != source and _matches(target, targets)
    ]
    if not cases:
        raise ReadError("no case is left", remedy="widen --from, --onto or --clips; they take names and patterns as a*")
    if limit is None or limit >= len(cases):
        return cases
    return [cases[slot * len(cases) // limit] for slot in range(limit)]


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def same_structure(one: Skeleton, other: Skeleton) -> bool:
    """Whether two skeletons have the same joints under the same parents, in any order."""
    return _structure(one) == _structure(other)


def _structure(skeleton: Skeleton) -> dict[str, str | None]:
    above = [None, *(skeleton.names[parent] for parent in skeleton.parents[1:])]
    return dict(zip(skeleton.names, above, strict=True))

"""Any file that holds a performance, as takes, by its suffix."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from motionloom.core.data import Motion, Take, Unit, bare_character
from motionloom.core.errors import ReadError
from motionloom.plugins.acclaim.beside import skeleton_beside
from motionloom.plugins.acclaim.reader import read_amc_file
from motionloom.plugins.amass.npz_file import read_npz_file
from motionloom.plugins.bvh.reader import read_bvh_file
from motionloom.plugins.bvh.up_axis import UpAxis
from motionloom.plugins.fbx.reader import read_fbx_file
from motionloom.plugins.gltf.reader import read_gltf_file
from motionloom.plugins.usd.reader import read_usd_file

BvhUnit = Literal["auto"] | Unit
BvhUp = Literal["auto"] | UpAxis
BvhPathUnit = Literal["same"] | Unit
Warn = Callable[[str], None]
Reader = Callable[[Path, Warn], tuple[Take, ...]]


@dataclass(frozen=True)
class BvhOptions:
    """What a BVH file does not say itself; every other format does.

    Args:
        unit: what lengths are in.
        up: the axis that points up.
        path_unit: what the root's positions are in, where that differs from the rest.
        ground: move the motion up or down to y = 0.
    """

    unit: BvhUnit = "auto"
    up: BvhUp = "auto"
    path_unit: BvhPathUnit = "same"
    ground: bool = False


AS_JUDGED: Final = BvhOptions()
"""Unit and up axis as the reader judges them."""


def _amc(path: Path, warn: Warn) -> tuple[Take, ...]:
    return (bare_take(path.stem, read_amc_file(path, skeleton_beside(path), None)),)


def _bvh(path: Path, warn: Warn, told: BvhOptions = AS_JUDGED) -> tuple[Take, ...]:
    motion = read_bvh_file(path, unit=told.unit, up=told.up, path_unit=told.path_unit, ground=told.ground, warn=warn)
    return (bare_take(path.stem, motion),)


READERS: Final[dict[str, Reader]] = {
    ".amc": _amc,
    ".bvh": _bvh,
    ".fbx": read_fbx_file,
    ".glb": read_gltf_file,
    ".gltf": read_gltf_file,
    ".npz": read_npz_file,
    ".usd": read_usd_file,
    ".usda": read_usd_file,
    ".usdc": read_usd_file,
    ".usdz": read_usd_file,
    ".vrm": read_gltf_file,
    ".vrma": read_gltf_file,
}
"""What reads a file, by its suffix in lower case."""

INSTEAD: Final = {".asf": "give the .amc file beside it, which holds the motion"}
"""What to give in place of a file that holds no performance."""


def read_file(path: Path, warn: Warn, bvh: BvhOptions = AS_JUDGED) -> tuple[Take, ...]:
    """Every take in a file; a file of motion alone gives a character that is a skeleton alone.

    Args:
        path: the file, of any format in `READERS`.
        warn: told what had to be guessed, mended or left out.
        bvh: what a BVH file does not say itself.

    Raises:
        ReadError: the suffix is of no known format, or the file is not what its suffix says.
    """
    if path.suffix.lower() == ".bvh":
        return _bvh(path, warn, bvh)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        what = f"no reader takes {path.suffix or 'a file without suffix'}"
        raise ReadError(what, where=str(path), remedy=f"known are {', '.join(READERS)}")
    return reader(path, warn)


def bare_take(name: str, motion: Motion) -> Take:
    """A motion performed by a skeleton alone.

    Args:
        name: what files call it.
        motion: what is performed.
    """
    return Take(name, bare_character(name, motion.skeleton), motion)

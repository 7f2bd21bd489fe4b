"""The mapping between what two arguments of a command line name: files, or rigs of the default character."""

from collections.abc import Callable
from pathlib import Path
from typing import get_args

from motionloom.core.data import Skeleton
from motionloom.core.errors import ReadError
from motionloom.core.node import Context
from motionloom.plugins.anny.nodes import character
from motionloom.plugins.anny.rig import RigName
from motionloom.plugins.files.reader import read_file
from motionloom.plugins.retarget.roles.mapping import search_mapping
from motionloom.plugins.retarget.roles.mapping_text import mapping_text
from motionloom.plugins.retarget.roles.parts import NEEDED, JointRoles, spelled

RIGS: tuple[RigName, ...] = get_args(RigName)


def mapping_between(source: Path, target: str, warn: Callable[[str], None]) -> str:
    """The text of the mapping from a file to another, or to a rig of `character.anny`.

    Args:
        source: any file that holds a skeleton.
        target: such a file, or the name of a rig.
        warn: told what readers had to guess, and which roles a person has to fill in.

    Raises:
        ReadError: one of them cannot be read.
    """
    one, other = _skeleton_in(source, warn), _target(target, warn)
    mapping = search_mapping(one, other)
    for name, roles in ((str(source), mapping.source), (target, mapping.target)):
        _warn_of_gaps(name, roles, warn)
    return mapping_text(source.name, Path(target).name, one, other, mapping)


def _target(target: str, warn: Callable[[str], None]) -> Skeleton:
    for rig in RIGS:
        if rig == target and not Path(target).exists():
            return character(rig=rig, face_shapes=False, ctx=Context()).skeleton
    if not Path(target).exists():
        what = f"there is no file and no rig {target!r}"
        raise ReadError(what, remedy=f"give a file, or one of the rigs {', '.join(RIGS)}")
    return _skeleton_in(Path(target), warn)


def _skeleton_in(path: Path, warn: Callable[[str], None]) -> Skeleton:
    takes = read_file(path, warn)
    if not takes:
        raise ReadError("it holds no skeleton", where=str(path), remedy="give a file with a character or a motion")
    return takes[0].character.skeleton


def _warn_of_gaps(name: str, roles: JointRoles, warn: Callable[[str], None]) -> None:
    missing = roles.missing(NEEDED)
    if missing:
        warn(f"{name}: no joint was found for {spelled(missing)}; fill them in, or the mapping is refused")

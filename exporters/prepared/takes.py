"""Several takes of one character, as one file holds them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch

from motionloom.core.data import Character, Take, tensors_in
from motionloom.core.errors import ExportError
from motionloom.exporters.prepared.refusals import refuse_unwritable

NAMED = 5
"""Of many takes, how many a message names."""


def performances(takes: Sequence[Take]) -> Character:
    """Check that takes can share a file, and give the character that performs them all.

    Raises:
        ExportError: there is none, they are of different characters, two share a name, or one holds
            what no reader could use.
    """
    if not takes:
        raise ExportError("there is no take to write", remedy="connect at least one")
    names: set[str] = set()
    for take in takes:
        if take.name in names:
            raise ExportError(f"two takes are called {take.name!r}", remedy="give take.perform another name")
        names.add(take.name)
        _check_character(take, takes[0])
        refuse_unwritable(take)
    return takes[0].character


def only_take(takes: Sequence[Take], where: str) -> Take:
    """The take that a file of one take will hold.

    Args:
        takes: as the exporter got them.
        where: the file's name.

    Raises:
        ExportError: there is none, or several (five are named), or it holds what no reader could use.
    """
    performances(takes)
    if len(takes) > 1:
        names = ", ".join(repr(take.name) for take in takes[:NAMED]) + (", ..." if len(takes) > NAMED else "")
        what = f"the file holds one take, and there are {len(takes)}: {names}"
        remedy = "choose one: read.file and the pipeline convert take its name as `animation`"
        raise ExportError(what, where=where, remedy=remedy)
    return takes[0]


def _check_character(take: Take, first: Take) -> None:
    if not same_character(take.character, first.character):
        raise ExportError(
            f"the takes {first.name!r} and {take.name!r} are of different characters",
            remedy="write them to files of their own",
        )


def same_character(one: Character, other: Character) -> bool:
    """Whether two values describe the same character, number for number."""
    if one is other:
        return True
    if _names_in(one) != _names_in(other):
        return False
    pairs = tensors_in(one), tensors_in(other)
    return len(pairs[0]) == len(pairs[1]) and all(map(torch.equal, *pairs))


def _names_in(character: Character) -> tuple[Any, ...]:
    """All that a character is but tensors."""
    skeleton, rig = character.skeleton, character.face_rig
    shapes = None if rig is None else rig.names
    return skeleton.names, skeleton.parents, skeleton.tip_joints, character.mesh.parts, shapes, _looks(character)


def _looks(character: Character) -> list[Any]:
    # A texture's picture is a tensor, which == would compare byte by byte.
    pictures = [material.texture for material in character.materials]
    names = [picture and (picture.name, picture.media_type) for picture in pictures]
    return [*names, *(replace(material, texture=None) for material in character.materials)]

"""Joint names taken apart, prefix, side and what is left, and listed."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from motionloom.plugins.retarget.roles.name_table import HELPERS, NOISE, SIDES, TWISTS
from motionloom.plugins.retarget.roles.parts import Side

NAMESPACE = re.compile(r"^.*[:|]")
"""Maya and Mixamo put `namespace:` before a name, FBX paths `parent|`."""

PREFIX = re.compile(
    r"^(?:(?i:mixamorig\d*|bip ?\d+|j_bip_c|j_bip|valvebiped\W?bip\d+|cc_base|def|org|character\d*)(?=[A-Z_\-. ])"
    r"|[jmp](?=[A-Z]))"
)
"""What rig makers put before every name: Mixamo, 3ds Max Biped, VRM, Source, Character Creator, Rigify, HumanIK;
Second Life puts m, Xsens j and p."""

DEFORMING = (re.compile(r"DEF[-_]"), re.compile(r"m(?=[A-Z])"))
"""Rigify and Second Life mark the joints that move the body; beside them stand controls and volumes of like names."""

SHARED = 0.8
"""The share of the joints from which a first word counts as the name of the character."""

WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[左右]|捩り?|[^\W\d_A-Za-z左右捩]+")

VERTEBRA = re.compile(r"[CLT]\d\d?(?:[CLST]\d\d?|Head)?")
"""Xsens calls joints after vertebrae: `L5` is no left joint."""

SEPARATOR = re.compile(r"[_\-. :|]+")


@dataclass(frozen=True)
class Words:
    """A name taken apart.

    Args:
        side: that it names.
        key: the rest in lower case, without prefix and punctuation.
        twist: whether it calls itself a twist.
        helper: whether it calls itself an end, a control or another joint that no bone hangs on.
    """

    side: Side | None
    key: str
    twist: bool = False
    helper: bool = False


def listed(names: tuple[str, ...], most: int = 8) -> str:
    """The first names, and how many more there are."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def split_names(names: tuple[str, ...], is_sided_name: Callable[[str], bool]) -> list[Words]:
    """Take the names of a skeleton apart.

    Args:
        names: of all its joints: what they share says nothing about any of them.
        is_sided_name: whether a key is the name of a part that exists on both sides.
    """
    bare = [NAMESPACE.sub("", unicodedata.normalize("NFKC", name)) or name for name in names]
    ignored = _controls(bare)
    told = [PREFIX.sub("", name).lstrip("_-. ") or name for name in bare]
    return [
        Words(None, "", helper=True) if joint in ignored else _words(name, is_sided_name)
        for joint, name in enumerate(_without_shared_words(told))
    ]


def _controls(names: list[str]) -> set[int]:
    """The joints beside those that are marked as deforming, if any are."""
    for mark in DEFORMING:
        marked = {joint for joint, name in enumerate(names) if mark.match(name)}
        if len(marked) > 10:
            return set(range(len(names))) - marked
    return set()


def _without_shared_words(names: list[str]) -> list[str]:
    """The names without the first words that nearly all have: `f_avg_L_Hip`, `Actor_LThigh`."""
    while len(names) > 10:
        firsts = Counter(parts[0] for name in names if len(parts := SEPARATOR.split(name, maxsplit=1)) > 1 and parts[1])
        word, times = firsts.most_common(1)[0] if firsts else ("", 0)
        if times < SHARED * len(names) or word.lower() in SIDES:
            break
        shared = re.compile(re.escape(word) + SEPARATOR.pattern + "(?=.)")
        names = [shared.sub("", name, count=1) if shared.match(name) else name for name in names]
    return names


def _words(name: str, is_sided_name: Callable[[str], bool]) -> Words:
    words = [word.lower() for word in WORD.findall(name)]
    if VERTEBRA.fullmatch(name):
        return Words(None, name.lower())
    sides = [SIDES[word] for word in words if word in SIDES]
    told = [word for word in words if word not in SIDES and word not in NOISE]
    key = re.sub(r"(?<=\d) (?=\d)", "_", " ".join(told)).replace(" ", "")
    # Character Creator calls its two neck joints twists; on a limb the word marks a helper.
    twist = bool(TWISTS.intersection(told)) and key not in ("necktwist01", "necktwist02")
    helper = bool(HELPERS.intersection(told))
    if sides:
        return Words(sides[0], key, twist, helper)
    side, key = _joined_side(key, is_sided_name)
    return Words(side, key, twist, helper)


def _joined_side(key: str, is_sided_name: Callable[[str], bool]) -> tuple[Side | None, str]:
    """The side where nothing sets it apart: `lfemur` of Acclaim, `leftupleg`."""
    for word, side in SIDES.items():
        if key.startswith(word) and is_sided_name(key[len(word) :]):
            return side, key[len(word) :]
    return None, key

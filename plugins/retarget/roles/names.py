"""What joint names say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from motionloom.plugins.retarget.roles.name_table import AMBIGUOUS, NUMBERED_FINGER, PATTERNS
from motionloom.plugins.retarget.roles.parts import CENTRAL_PARTS, FINGER_PARTS, Part, Side
from motionloom.plugins.retarget.roles.words import Words, split_names


@dataclass(frozen=True)
class Meaning:
    """What one name says."""

    part: Part
    side: Side | None


def read_names(names: tuple[str, ...]) -> dict[int, Meaning]:
    """What the names of a skeleton's joints say, by joint index; names that say nothing are left out."""
    words = {
        joint: found
        for joint, found in enumerate(split_names(names, _is_sided_name))
        if not (found.twist or found.helper)
    }
    meanings = {joint: meaning for joint, word in words.items() if (meaning := _plain_meaning(word)) is not None}
    meanings.update(_numbered_fingers(words, meanings))
    for pattern, preferred, otherwise in AMBIGUOUS:
        _settle(pattern, preferred, otherwise, words, meanings)
    return dict(sorted(meanings.items()))


def twist_joints(names: tuple[str, ...]) -> frozenset[int]:
    """The joints that call themselves twists; `LeafLeftArmRoll1` and other ends are none."""
    found = split_names(names, _is_sided_name)
    return frozenset(joint for joint, word in enumerate(found) if word.twist and not word.helper)


def sides_of_names(names: tuple[str, ...]) -> tuple[Side | None, ...]:
    """The side that each name speaks of."""
    return tuple(word.side for word in split_names(names, _is_sided_name))


def plain_names(names: tuple[str, ...]) -> dict[int, tuple[Side | None, str]]:
    """Side and rest of each name, spelled alike whoever wrote it: `Tail_01` and `tail1` are the same."""
    return {
        joint: (word.side, re.sub(r"0*(\d+)", r"\1", word.key))
        for joint, word in enumerate(split_names(names, _is_sided_name))
        if word.key and not (word.twist or word.helper)
    }


def _is_sided_name(key: str) -> bool:
    return _part_of(key, sided=True) is not None or any(re.fullmatch(pattern, key) for pattern, _, _ in AMBIGUOUS)


@cache
def _compiled() -> tuple[tuple[Part, re.Pattern[str]], ...]:
    return tuple((part, re.compile(pattern)) for part, pattern in PATTERNS)


def _part_of(key: str, sided: bool) -> Part | None:
    for part, pattern in _compiled():
        if (part in CENTRAL_PARTS) != sided and pattern.fullmatch(key):
            return part
    return None


def _plain_meaning(word: Words) -> Meaning | None:
    part = _part_of(word.key, sided=word.side is not None)
    return None if part is None else Meaning(part, word.side)


def _numbered_fingers(words: dict[int, Words], meanings: dict[int, Meaning]) -> Iterator[tuple[int, Meaning]]:
    """Fingers that have numbers: from 0 or 1 for the thumb on, or from the index on where the thumb has a name."""
    found = {
        joint: (match, word.side)
        for joint, word in words.items()
        if word.side is not None and (match := re.fullmatch(NUMBERED_FINGER, word.key))
    }
    numbers = {int(match["finger"]) for match, _ in found.values()}
    has_thumb = any(meaning.part is Part.THUMB for meaning in meanings.values())
    parts = FINGER_PARTS if has_thumb else (Part.THUMB, *FINGER_PARTS)
    for joint, (match, side) in found.items():
        place = int(match["finger"]) - (0 if 0 in numbers else 1)
        if len(numbers) == 1:
            yield joint, Meaning(Part.FINGERS, side)
        elif place < len(parts) and (match["bone"] != "metacarpal" or parts[place] is Part.THUMB):
            yield joint, Meaning(parts[place], side)


def _settle(
    pattern: str, preferred: Part, otherwise: Part | None, words: dict[int, Words], meanings: dict[int, Meaning]
) -> None:
    taken = {meaning.side for meaning in meanings.values() if meaning.part is preferred}
    for joint, word in words.items():
        if joint in meanings or word.side is None or not re.fullmatch(pattern, word.key):
            continue
        part = otherwise if word.side in taken else preferred
        if part is not None:
            meanings[joint] = Meaning(part, word.side)

"""What joint names say, in the conventions of the rigs that people use."""

import re
from dataclasses import dataclass

from motionloom.plugins.retarget.roles.parts import CENTRAL_PARTS, Part, Side

NAMESPACE = re.compile(r"^.*[:|]")
"""Maya and Mixamo put `namespace:` before a name, FBX paths `parent|`."""

PREFIX = re.compile(
    r"^(?i:mixamorig\d*|bip ?\d+|j_bip_c|j_bip|valvebiped\W?bip\d+|cc_base|def|org|character\d*)(?=[A-Z_\-. ])"
)
"""What rig makers put before every name: Mixamo, 3ds Max Biped, VRM, Source, Character Creator, Rigify."""

WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")

SIDES = {"l": Side.LEFT, "left": Side.LEFT, "lft": Side.LEFT, "r": Side.RIGHT, "right": Side.RIGHT, "rgt": Side.RIGHT}

HELPERS = frozenset(
    {"adj", "aim", "control", "ctl", "ctrl", "eff", "effector", "end", "handle", "helper", "ik", "jiggle", "leaf"}
    | {"mch", "nub", "offset", "pole", "prop", "roll", "site", "slot", "socket", "target", "tip", "twist", "volume"}
)
"""Words of joints that no bone hangs on: ends, controls, twist helpers. They keep their rest pose."""

PATTERNS: tuple[tuple[Part, str], ...] = (
    (Part.HIPS, r"hips|pelvis|hipscenter|hipcenter|hip"),
    (Part.SPINE, r"spine\d*[a-e]?|lowerback|upperback|thorax|chest\d*|upperchest|torso\d*|abdomen\d*|waist|lumbar"),
    (Part.NECK, r"neck\d*|lowerneck|upperneck|necktwist\d*"),
    (Part.HEAD, r"head"),
    (Part.CLAVICLE, r"clavicle\d*|clav|collar|collarbone"),
    (Part.UPPER_ARM, r"upperarm\d*|uparm|humerus|bicep"),
    (Part.FOREARM, r"forearm\d*|lowerarm\d*|lowarm|radius|elbow"),
    (Part.HAND, r"hand|wrist|fingerbase|palm"),
    (Part.THUMB, r"(?:hand)?(?:finger)?thumb(?:\d*|metacarpal|proximal|distal)|finger1[123]"),
    (Part.INDEX, r"(?:hand|f)?(?:finger)?index(?:finger)?(?:\d*|proximal|intermediate|distal)|finger2[123]"),
    (Part.MIDDLE, r"(?:hand|f)?(?:finger)?mid(?:dle)?(?:finger)?(?:\d*|proximal|intermediate|distal)|finger3[123]"),
    (Part.RING, r"(?:hand|f)?(?:finger)?ring(?:finger)?(?:\d*|proximal|intermediate|distal)|finger4[123]"),
    (Part.PINKY, r"(?:hand|f)?(?:finger)?(?:pinky|little)(?:finger)?(?:\d*|proximal|intermediate|distal)|finger5[123]"),
    (Part.FINGERS, r"(?:hand)?fingers?1?"),
    (Part.UPPER_LEG, r"upperleg\d*|upleg|thigh|femur"),
    (Part.LOWER_LEG, r"lowerleg\d*|lowleg|calf|shin|tibia|knee"),
    (Part.FOOT, r"ankle"),
    (Part.TOES, r"toes?|toes?base|ball|(?:big|index|mid|ring|pinky)?toe\d\d?"),
)
"""The one table of names: lower case, without prefix, side and punctuation."""

AMBIGUOUS: tuple[tuple[str, Part, Part | None], ...] = (
    ("arm", Part.UPPER_ARM, Part.FOREARM),
    (r"shoulder\d*", Part.UPPER_ARM, Part.CLAVICLE),
    ("hip", Part.UPPER_LEG, None),
    ("leg", Part.UPPER_LEG, Part.LOWER_LEG),
    ("foot", Part.FOOT, Part.TOES),
)
"""Names that mean the first part, or the second where that side has the first under a plainer name."""


@dataclass(frozen=True)
class Meaning:
    """What one name says."""

    part: Part
    side: Side | None


@dataclass(frozen=True)
class _Words:
    """A name without prefix and punctuation: its side, and the rest in lower case."""

    side: Side | None
    key: str


def read_names(names: tuple[str, ...]) -> dict[int, Meaning]:
    """What the names of a skeleton's joints say, by joint index; names that say nothing are left out."""
    words = {joint: found for joint, name in enumerate(names) if (found := _words(name)) is not None}
    meanings = {joint: meaning for joint, word in words.items() if (meaning := _plain_meaning(word)) is not None}
    for pattern, preferred, otherwise in AMBIGUOUS:
        _settle(pattern, preferred, otherwise, words, meanings)
    return dict(sorted(meanings.items()))


def _words(name: str) -> _Words | None:
    bare = NAMESPACE.sub("", name)
    words = [word.lower() for word in WORD.findall(PREFIX.sub("", bare) or bare)]
    sides = [SIDES[word] for word in words if word in SIDES]
    # Character Creator calls its two neck joints twists; on a limb the word marks a helper.
    if HELPERS.intersection(words) - (set() if sides else {"twist"}):
        return None
    if not sides:
        return _acclaim_words("".join(words))
    return _Words(sides[0], "".join(word for word in words if word not in SIDES))


def _acclaim_words(key: str) -> _Words:
    """Acclaim writes the side as a first letter: `lfemur`, `rclavicle`."""
    if _part_of(key, sided=False) is None and key[:1] in SIDES and _is_sided_name(key[1:]):
        return _Words(SIDES[key[0]], key[1:])
    return _Words(None, key)


def _is_sided_name(key: str) -> bool:
    return _part_of(key, sided=True) is not None or any(re.fullmatch(pattern, key) for pattern, _, _ in AMBIGUOUS)


def _part_of(key: str, sided: bool) -> Part | None:
    for part, pattern in PATTERNS:
        if (part in CENTRAL_PARTS) != sided and re.fullmatch(pattern, key):
            return part
    return None


def _plain_meaning(word: _Words) -> Meaning | None:
    part = _part_of(word.key, sided=word.side is not None)
    return None if part is None else Meaning(part, word.side)


def _settle(
    pattern: str, preferred: Part, otherwise: Part | None, words: dict[int, _Words], meanings: dict[int, Meaning]
) -> None:
    taken = {meaning.side for meaning in meanings.values() if meaning.part is preferred}
    for joint, word in words.items():
        if joint in meanings or word.side is None or not re.fullmatch(pattern, word.key):
            continue
        part = otherwise if word.side in taken else preferred
        if part is not None:
            meanings[joint] = Meaning(part, word.side)

"""How the same shape's name is spelled here and there: `eyeBlinkLeft`, `Eye_Blink_L`, `blendShape1.eyeBlink.L`."""

import re
from typing import Final

PIECE: Final = re.compile(r"[^\W_]+")
WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^A-Za-z]+")
SIDES: Final = {"l": "left", "r": "right", "left": "left", "right": "right"}

SIDE: Final = re.compile(
    r"""
      (?<![A-Za-z])(?P<whole>[LRlr]|left|right|LEFT|RIGHT|Left|Right)(?![A-Za-z])  # eyeBlink_L, left_eye_blink
    | (?P<camel>Left|Right)(?![a-z])                                              # eyeBlinkLeft, eyeLookLeftL
    | (?<=[a-z])(?P<end>left|right)$                                              # eyeblinkleft
    | (?<=[a-zUD])(?P<letter>[LR])(?![A-Za-z])                                    # eyeBlinkL, mouthFunnelUL
    """,
    re.VERBOSE,
)
OTHER: Final = {"l": "r", "r": "l", "left": "right", "right": "left"}


def pieces_of(name: str) -> list[str]:
    """The parts of a name between underscores, dots, colons and other separators."""
    return PIECE.findall(name)


def spellings(name: str) -> tuple[str, str]:
    """What a name is compared by: its letters and digits alone, and the same with its side written out at the end.

    All in lower case: `Eye_Blink_L` gives `eyeblinkl` and `eyeblinkleft`.
    """
    words = [word.lower() for piece in pieces_of(name) for word in WORD.findall(piece)]
    plain = "".join(words)
    if words and words[-1] in SIDES:
        words[-1] = SIDES[words[-1]]
    elif words and words[0] in SIDES:
        words = [*words[1:], SIDES[words[0]]]
    return plain, "".join(words)


def other_side(name: str) -> str:
    """The name of the same thing on the other side, in the same spelling; itself where it is of no side.

    Sides are whole words or letters set apart, capitalised words, and letters at the end:
    `mouthSmileLeft`, `mouthSmile_L`, `mouthSmile.l`, `CTRL_expressions_mouthFunnelUL`.
    """
    return SIDE.sub(lambda match: _other(match[0]), name)


def _other(side: str) -> str:
    other = OTHER[side.lower()]
    if side.isupper():
        return other.upper()
    return other.capitalize() if side[0].isupper() else other

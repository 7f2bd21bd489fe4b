"""What a mouth does for each sound, in ARKit's shapes, and a few sentences in those sounds."""

from dataclasses import dataclass

Weights = dict[str, float]
"""Shapes and their weights. A name that ends in `*` stands for both sides."""

VISEMES: dict[str, Weights] = {
    "sil": {"mouthSmile*": 0.06},
    "p": {"mouthPress*": 0.3, "mouthRollLower": 0.3, "mouthRollUpper": 0.22, "jawOpen": 0.02},
    "f": {"mouthRollLower": 0.4, "mouthUpperUp*": 0.22, "jawOpen": 0.08, "mouthShrugUpper": 0.1},
    "th": {"jawOpen": 0.13, "mouthLowerDown*": 0.2, "mouthUpperUp*": 0.12, "tongueOut": 0.12},
    "t": {"jawOpen": 0.11, "mouthLowerDown*": 0.24, "mouthUpperUp*": 0.12, "mouthStretch*": 0.08},
    "k": {"jawOpen": 0.17, "mouthLowerDown*": 0.14, "mouthUpperUp*": 0.08},
    "s": {"jawOpen": 0.05, "mouthLowerDown*": 0.3, "mouthUpperUp*": 0.12, "mouthStretch*": 0.22, "mouthSmile*": 0.1},
    "sh": {"jawOpen": 0.1, "mouthFunnel": 0.42, "mouthPucker": 0.18, "mouthLowerDown*": 0.14, "mouthUpperUp*": 0.1},
    "r": {"jawOpen": 0.12, "mouthPucker": 0.32, "mouthFunnel": 0.2},
    "w": {"jawOpen": 0.07, "mouthPucker": 0.68, "mouthFunnel": 0.22},
    "n": {"jawOpen": 0.12, "mouthLowerDown*": 0.18, "mouthUpperUp*": 0.06},
    "h": {"jawOpen": 0.2, "mouthLowerDown*": 0.08},
    "aa": {"jawOpen": 0.5, "mouthLowerDown*": 0.26, "mouthUpperUp*": 0.14, "mouthStretch*": 0.05},
    "ae": {"jawOpen": 0.4, "mouthLowerDown*": 0.28, "mouthUpperUp*": 0.18, "mouthStretch*": 0.2, "mouthSmile*": 0.1},
    "eh": {"jawOpen": 0.3, "mouthLowerDown*": 0.24, "mouthUpperUp*": 0.14, "mouthStretch*": 0.18, "mouthSmile*": 0.1},
    "ih": {"jawOpen": 0.2, "mouthLowerDown*": 0.2, "mouthUpperUp*": 0.1, "mouthStretch*": 0.2, "mouthSmile*": 0.14},
    "ee": {"jawOpen": 0.14, "mouthLowerDown*": 0.26, "mouthUpperUp*": 0.12, "mouthStretch*": 0.26, "mouthSmile*": 0.26},
    "uh": {"jawOpen": 0.28, "mouthLowerDown*": 0.16, "mouthFunnel": 0.06},
    "oh": {"jawOpen": 0.34, "mouthFunnel": 0.46, "mouthPucker": 0.22},
    "oo": {"jawOpen": 0.16, "mouthPucker": 0.62, "mouthFunnel": 0.32},
}
"""Sounds of one look share an entry: p, b and m; t, d and l; k and g; s and z; sh, ch and j; f and v."""

DOMINANCE = {"p": 3.0, "f": 2.2, "w": 1.6, "sh": 1.5, "oo": 1.4, "sil": 1.2, "h": 0.4, "n": 0.7, "k": 0.6}
"""How firmly a sound insists on its shape against its neighbours; 1 where not listed. Lips that must
close do; a breath takes whatever shape the vowel has."""


@dataclass(frozen=True)
class Sound:
    """One sound of a sentence.

    Args:
        viseme: a key of `VISEMES`.
        seconds: how long it lasts.
        stressed: whether its syllable is, which brows and head underline.
    """

    viseme: str
    seconds: float
    stressed: bool = False


VOWELS = frozenset({"aa", "ae", "eh", "ih", "ee", "uh", "oh", "oo"})

# Hello, I am a clip. / Nobody filmed me. / Give me a face, and I will speak for you.
_SENTENCES = (
    "sil3 h eh t 'oh sil1 aa ee ae p uh k t 'ih p sil4",
    "n 'oh p uh t ee f 'ih t p t p 'ee sil5",
    "k 'ih f p ee uh f 'eh ee s sil2 ae n t aa ee w ih t s p 'ee k f oh r 'oo sil6",
)
"""Visemes; `'` marks the vowel of a stressed syllable, `sil` a pause in tenths of a second."""


def sentences() -> tuple[tuple[Sound, ...], ...]:
    """The sentences, sound by sound, at about 12 sounds a second."""
    return tuple(tuple(_sound(token) for token in sentence.split()) for sentence in _SENTENCES)


def _sound(token: str) -> Sound:
    stressed, name = token.startswith("'"), token.lstrip("'")
    if name.startswith("sil"):
        return Sound("sil", int(name[3:]) / 10)
    if name in VOWELS:
        return Sound(name, 0.15 if stressed else 0.095, stressed)
    return Sound(name, 0.075)


def both_sides(weights: Weights) -> Weights:
    """The weights with `*` written out; the left side moves a little more, as faces do."""
    written: Weights = {}
    for name, weight in weights.items():
        if name.endswith("*"):
            written |= {f"{name[:-1]}Left": weight, f"{name[:-1]}Right": 0.92 * weight}
        else:
            written[name] = weight
    return written

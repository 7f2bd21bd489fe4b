"""Face shapes as the expressions of VRM: VRM 1.0 specification, expressions.md."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from motionloom.core.data import FaceMotion
from motionloom.exporters.prepared.arrays import Floats, floats
from motionloom.plugins.face.vrm_names import VRM_PARTS

Group = Literal["preset", "custom"]

PRESETS: Final[tuple[str, ...]] = (
    *("happy", "angry", "sad", "relaxed", "surprised", "neutral"),
    *("aa", "ih", "ou", "ee", "oh"),
    *("blink", "blinkLeft", "blinkRight"),
)

FORBIDDEN: Final = ("lookUp", "lookDown", "lookLeft", "lookRight")
"""Presets that an animation must not move."""

SAME_THING: Final = {shape: name for shape, (name,) in VRM_PARTS.items()}
"""Shapes of ARKit's that a preset is another name of. No vowel is: a mouth is open in many ways."""


@dataclass(frozen=True)
class Expression:
    """One expression that moves.

    Args:
        group: whether its name is VRM's or the model's own.
        name: of the expression.
        weights: (T,) from 0 to 1.
    """

    group: Group
    name: str
    weights: Floats


def expressions_of(face: FaceMotion, presets: bool, warn: Callable[[str], None]) -> list[Expression]:
    """The expressions that a face moves, presets first.

    Args:
        face: weights by name.
        presets: whether shapes that a preset is another name of move it as well.
        warn: told of weights that are cut and shapes that are left out.
    """
    weights = _cut(face, warn)
    forbidden = [name for name in face.names if name in FORBIDDEN]
    if forbidden:
        warn(f"an animation must not move {', '.join(forbidden)}; they are left out")
    columns = dict(zip(face.names, weights.T, strict=True))
    found = {name: columns[name] for name in PRESETS if name in columns}
    if presets:
        found = {SAME_THING[name]: columns[name] for name in SAME_THING if name in columns} | found
    custom = [Expression("custom", name, columns[name]) for name in columns if name not in (*PRESETS, *FORBIDDEN)]
    return [Expression("preset", name, values) for name, values in found.items()] + custom


def _cut(face: FaceMotion, warn: Callable[[str], None]) -> Floats:
    weights = floats(face.weights)
    outside = [name for name, values in zip(face.names, weights.T, strict=True) if ((values < 0) | (values > 1)).any()]
    if outside:
        warn(f"weights of expressions end at 0 and 1; those of {', '.join(outside)} are cut there")
    return np.clip(weights, 0.0, 1.0)

"""The expressions of ICT-FaceKit: ARKit's with `_L` and `_R`, two of them split (its README, "Expression Shapes")."""

from typing import Final

from motionloom.core.data import ARKIT_SHAPES

SPLIT: Final = ("browInnerUp", "cheekPuff")
"""Shapes that ICT has a left and a right half of."""

LACKING: Final = ("tongueOut",)

ONE_EACH: Final = ("jawLeft", "jawRight", "mouthLeft", "mouthRight")
"""Shapes that move to a side, rather than being of one."""


def _parts(shape: str) -> tuple[str, ...]:
    if shape in SPLIT:
        return f"{shape}_L", f"{shape}_R"
    for side in ("Left", "Right"):
        if shape.endswith(side) and shape not in ONE_EACH:
            return (f"{shape.removesuffix(side)}_{side[0]}",)
    return (shape,)


ICT_PARTS: Final[dict[str, tuple[str, ...]]] = {name: _parts(name) for name in ARKIT_SHAPES if name not in LACKING}
"""What each shape of ARKit's is made of."""

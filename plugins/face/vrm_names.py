"""Expressions of VRM that are shapes of ARKit's (VRM 1.0 specification, expressions.md; VRM 0.x `Blink_L`).

No vowel is a shape of ARKit's, and no emotion: `aa` or `happy` are many shapes at once, each model in its
own way. They are reported as unknown rather than guessed.
"""

from typing import Final

VRM_PARTS: Final[dict[str, tuple[str, ...]]] = {"eyeBlinkLeft": ("blinkLeft",), "eyeBlinkRight": ("blinkRight",)}

VRM_SHARED: Final[dict[str, tuple[str, ...]]] = {
    "blink": ("eyeBlinkLeft", "eyeBlinkRight"),
    "lookUp": ("eyeLookUpLeft", "eyeLookUpRight"),
    "lookDown": ("eyeLookDownLeft", "eyeLookDownRight"),
    "lookLeft": ("eyeLookOutLeft", "eyeLookInRight"),
    "lookRight": ("eyeLookInLeft", "eyeLookOutRight"),
}
"""Expressions that are two shapes of ARKit's at once."""

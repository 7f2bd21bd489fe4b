"""Control curves of Unreal's MetaHuman, `CTRL_expressions_...`, that are shapes of ARKit's in other words.

The rig has some 250 curves and answers them nonlinearly, so that a correspondence is one of meaning: the
same action (of the Facial Action Coding System) on the same part of the face. Left out for want of one are
`mouthClose` (`mouthLipsTogether` is a share of how far the jaw is open, not a shape of its own) and every
curve that ARKit has no word for, like `browLateralL` or `noseNostrilDilateL`.
"""

from typing import Final

PREFIX: Final = "CTRL_expressions_"

SIDED: Final[dict[str, tuple[str, ...]]] = {
    "browDown": ("browDown",),
    "browOuterUp": ("browRaiseOuter",),
    "cheekSquint": ("eyeCheekRaise",),
    "eyeBlink": ("eyeBlink",),
    "eyeLookDown": ("eyeLookDown",),
    "eyeLookUp": ("eyeLookUp",),
    "eyeSquint": ("eyeSquintInner",),
    "eyeWide": ("eyeWiden",),
    "mouthDimple": ("mouthDimple",),
    "mouthFrown": ("mouthCornerDepress",),
    "mouthLowerDown": ("mouthLowerLipDepress",),
    "mouthPress": ("mouthPressU", "mouthPressD"),
    "mouthSmile": ("mouthCornerPull",),
    "mouthStretch": ("mouthStretch",),
    "mouthUpperUp": ("mouthUpperLipRaise",),
    "noseSneer": ("noseWrinkle",),
}
"""Both without their side."""

CENTRAL: Final[dict[str, tuple[str, ...]]] = {
    "browInnerUp": ("browRaiseInL", "browRaiseInR"),
    "cheekPuff": ("mouthCheekBlowL", "mouthCheekBlowR"),
    "eyeLookInLeft": ("eyeLookRightL",),
    "eyeLookInRight": ("eyeLookLeftR",),
    "eyeLookOutLeft": ("eyeLookLeftL",),
    "eyeLookOutRight": ("eyeLookRightR",),
    "jawForward": ("jawFwd",),
    "jawLeft": ("jawLeft",),
    "jawOpen": ("jawOpen",),
    "jawRight": ("jawRight",),
    "mouthFunnel": ("mouthFunnelUL", "mouthFunnelUR", "mouthFunnelDL", "mouthFunnelDR"),
    "mouthLeft": ("mouthLeft",),
    "mouthPucker": ("mouthLipsPurseUL", "mouthLipsPurseUR", "mouthLipsPurseDL", "mouthLipsPurseDR"),
    "mouthRight": ("mouthRight",),
    "mouthRollLower": ("mouthLowerLipRollInL", "mouthLowerLipRollInR"),
    "mouthRollUpper": ("mouthUpperLipRollInL", "mouthUpperLipRollInR"),
    "mouthShrugLower": ("jawChinRaiseDL", "jawChinRaiseDR"),
    "mouthShrugUpper": ("jawChinRaiseUL", "jawChinRaiseUR"),
    "tongueOut": ("tongueOut",),
}

METAHUMAN_PARTS: Final[dict[str, tuple[str, ...]]] = CENTRAL | {
    f"{shape}{side}": tuple(f"{part}{side[0]}" for part in parts)
    for shape, parts in SIDED.items()
    for side in ("Left", "Right")
}
"""What each shape of ARKit's is made of, without the prefix."""

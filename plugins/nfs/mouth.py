"""What is in the mouth: lower teeth and tongue go with the jaw, upper teeth stay."""

from typing import Final

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from motionloom.plugins.ict.shape_names import ICT_SHAPES
from motionloom.plugins.nfs.around_face import AroundFace
from motionloom.plugins.nfs.rigid import rigid_motion

JAW_SHAPES: Final = ("jawOpen", "jawForward", "jawLeft", "jawRight")
"""Expressions that move the jaw's bone."""

INSIDE: Final = (0.045, 0.045, 0.12)
"""Metres behind the middle of the lips within which a mouth is: to either side, up and down, and back."""

BITE, BLEND = 0.007, 0.008
"""Metres above the middle of the lips where the upper teeth end, and over how much the jaw's share fades there."""

SMALL = 0.02
"""Metres of height up to which a piece goes with one jaw as a whole: a tooth, or a row of them."""


def follow_jaw(
    around: AroundFace, moved: Float[Tensor, "expressions vertices 3"], skin: Tensor, loose: Bool[Tensor, "vertices"]
) -> Bool[Tensor, "vertices"]:
    """Move what is in the mouth with the chin, as a rigid body.

    Args:
        around: the mesh.
        moved: (53, V, 3) changed in place, metres, standard frame.
        skin: (53, N, 3) of the skin.
        loose: (V,) where to look for pieces.

    Returns:
        (V,) what is in the mouth.
    """
    inside = loose.clone()
    lips = around.middle("lips")
    middles = around.means(around.places, loose)
    across, up, back = (middles - lips).abs().unbind(-1)
    behind = middles[:, 2] < lips[2]
    inside[loose] = behind & (across < INSIDE[0]) & (up < INSIDE[1]) & (back < INSIDE[2])
    if not inside.any():
        return inside
    places = around.places[inside]
    share = ((lips[1] + BITE - _deciding_heights(around, inside)) / BLEND + 0.5).clamp(0.0, 1.0).unsqueeze(-1)
    for name in JAW_SHAPES:
        number = ICT_SHAPES.index(name)
        rest = around.head.vertices
        motion = rigid_motion(rest, (rest + skin[number]).unsqueeze(0), around.share("jaw").unsqueeze(0))
        moved[number, inside] = share * (motion.applied(places)[0] - places)
    return inside


def _deciding_heights(around: AroundFace, inside: Bool[Tensor, "vertices"]) -> Float[Tensor, "inside"]:
    """Each vertex's own height; that of its piece's middle where the piece is small."""
    own = around.places[inside, 1]
    mean = around.means(around.places, inside)[:, 1]
    spread = (around.places[:, 1:2]).clone()
    spread[inside, 0] = (own - mean).abs()
    numbers = around.pieces[inside]
    tallest = torch.zeros(int(around.pieces.max()) + 1).scatter_reduce(0, numbers, spread[inside, 0], "amax")[numbers]
    return torch.where(2 * tallest < SMALL, mean, own)

"""What is in the mouth: lower teeth and tongue go with the jaw, upper teeth stay."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import torch
from jaxtyping import Bool, Float
from numpy.typing import NDArray
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

LINING_BLEND = 0.025
"""Metres of height over which the lining goes over from the upper jaw to the lower, as cheeks do."""

PALATE, THROAT = 0.05, 0.1
"""Metres behind the middle of the lips up to which the lining goes with the jaw, and from which it stays."""

SMALL, NARROW = 0.02, 0.02
"""Metres of height, or of width, up to which a piece goes with one jaw as a whole: a row of teeth, or a tooth
with its root."""


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
    inside[loose] = _behind_lips(around, around.means(around.places, loose))
    if inside.any():
        heights = _deciding_heights(around, inside)
        share = ((around.middle("lips")[1] + BITE - heights) / BLEND + 0.5).clamp(0.0, 1.0).unsqueeze(-1)
        for number, offsets in _jaw_offsets(around, skin, around.places[inside]):
            moved[number, inside] = share * offsets
    return inside


def lining_with_jaw(
    around: AroundFace, skin: Float[Tensor, "expressions kept 3"], some: NDArray[np.int64]
) -> Float[Tensor, "expressions some 3"]:
    """How the lining of a mouth moves with the jaw: its lower half does, less towards the throat.

    Args:
        around: the mesh.
        skin: (53, N, 3) of the skin.
        some: vertices; those that are not in the mouth do not move.
    """
    places, lips = around.places[some], around.middle("lips")
    lower = ((lips[1] - places[:, 1]) / LINING_BLEND + 0.5).clamp(0.0, 1.0)
    deep = ((THROAT - lips[2] + places[:, 2]) / (THROAT - PALATE)).clamp(0.0, 1.0)
    across, up, _ = (places - lips).abs().unbind(-1)
    share = (lower * deep * (across < INSIDE[0]) * (up < INSIDE[1])).unsqueeze(-1)
    offsets = skin.new_zeros(len(skin), len(places), 3)
    for number, moved in _jaw_offsets(around, skin, places):
        offsets[number] = share * moved
    return offsets


def _behind_lips(around: AroundFace, places: Float[Tensor, "some 3"]) -> Bool[Tensor, "some"]:
    lips = around.middle("lips")
    across, up, back = (places - lips).abs().unbind(-1)
    return (places[:, 2] < lips[2]) & (across < INSIDE[0]) & (up < INSIDE[1]) & (back < INSIDE[2])


def _jaw_offsets(
    around: AroundFace, skin: Float[Tensor, "expressions kept 3"], places: Float[Tensor, "some 3"]
) -> Iterator[tuple[int, Float[Tensor, "some 3"]]]:
    """By number of the expression, how the chin moves what hangs on it at these places."""
    rest, jaw = around.head.vertices, around.share("jaw")
    for name in JAW_SHAPES if bool(jaw.any()) else ():
        number = ICT_SHAPES.index(name)
        motion = rigid_motion(rest, (rest + skin[number]).unsqueeze(0), jaw.unsqueeze(0))
        yield number, motion.applied(places)[0] - places


def _deciding_heights(around: AroundFace, inside: Bool[Tensor, "vertices"]) -> Float[Tensor, "inside"]:
    """Each vertex's own height; that of its piece's middle where the piece goes as a whole."""
    own, mean = around.places[inside, :2], around.means(around.places, inside)[:, :2]
    numbers = around.pieces[inside].unsqueeze(-1).expand_as(own)
    farthest = own.new_zeros(int(around.pieces.max()) + 1, 2).scatter_reduce(0, numbers, (own - mean).abs(), "amax")
    width, height = (2 * farthest[around.pieces[inside]]).unbind(-1)
    return torch.where((height < SMALL) | (width < NARROW), mean[:, 1], own[:, 1])

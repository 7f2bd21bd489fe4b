"""The regions that the network sees on a mesh, as weights and as a painted character."""

import colorsys
from dataclasses import dataclass, replace
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Character, Material
from motionloom.plugins.nfs.infer import skin_weights
from motionloom.plugins.nfs.network import Nfs
from motionloom.plugins.nfs.segments import SEGMENTS
from motionloom.plugins.nfs.subject import Subject

GREY: Final = (0.5, 0.5, 0.5, 1.0)
"""Linear colour of what is not the head's skin."""

STEP = 0.618034
"""Of the hue from one region to the next, the golden section: neighbours in the list differ."""


@dataclass(frozen=True)
class FaceRegions:
    """Which muscles move each vertex.

    Args:
        names: of the 20 regions.
        weights: (V, 20) summing to one on the skin of the head, zero elsewhere.
        character: the mesh, each face in the colour of the region that its corners belong to most; for
            export.preview through take.perform.
    """

    names: tuple[str, ...]
    weights: Float[Tensor, "vertices regions"]
    character: Character


def face_regions(model: Nfs, subject: Subject, character: Character) -> FaceRegions:
    """What the skinning encoder says of every vertex.

    Args:
        model: the network.
        subject: its view of the character.
        character: whose mesh it is.
    """
    targets = subject.head.targets
    own = skin_weights(model, subject.prepared)
    weights = own[targets.clamp_min(0)] * (targets >= 0).unsqueeze(-1)
    corners = weights[subject.mesh.faces.long()]
    chosen = corners.sum(1).argmax(-1)
    chosen = torch.where((corners.sum(-1) > 0.5).all(-1), chosen, len(SEGMENTS))
    painted = replace(character, mesh=replace(character.mesh, face_materials=chosen), materials=_paints())
    return FaceRegions(SEGMENTS, weights, painted)


def _paints() -> tuple[Material, ...]:
    colours = [(*colorsys.hsv_to_rgb(STEP * number % 1.0, 0.7, 0.8), 1.0) for number in range(len(SEGMENTS))]
    return tuple(
        Material(name, base_color=colour) for name, colour in zip((*SEGMENTS, "other"), (*colours, GREY), strict=True)
    )

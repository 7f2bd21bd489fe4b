"""Who is trained on, who is looked at on the way, and who is kept for the end."""

from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.errors import ReadError
from motionloom.plugins.ict.model import IctModel
from motionloom.plugins.ict.reader import read_ict
from motionloom.plugins.nfs.network import IDENTITIES
from motionloom.plugins.nfs.segments import segments
from motionloom.plugins.nfs.surface_input import DECIMETRES

TRAINED, WATCHED, KEPT = 100, 1, 10
"""Identities to train on, to watch a run with, and to report on (Cha et al., section 3.2)."""

SEED = 2025
"""Of the identities' coefficients; they do not change with a recipe."""


@dataclass(frozen=True)
class People:
    """ICT-FaceKit's head in decimetres, without eyes and mouth cavity, and 111 identities.

    Args:
        model: cropped to the head, metres.
        neutral: (11248, 3) the mean head, decimetres.
        expressions: (53, 11248, 3) decimetres.
        segments: (11248,) index of each vertex's region.
        coefficients: (111, 100) of the identities: those to train on, to watch with, to report on.
    """

    model: IctModel
    neutral: Float[Tensor, "vertices 3"]
    expressions: Float[Tensor, "expressions vertices 3"]
    segments: Int[Tensor, "vertices"]
    coefficients: Float[Tensor, "people identities"]

    def head(self, person: int) -> Float[Tensor, "vertices 3"]:
        """The neutral head of an identity, decimetres."""
        return self.model.surface(self.coefficients[person], region="head") * DECIMETRES

    @property
    def trained(self) -> range:
        """Identities to train on."""
        return range(TRAINED)

    @property
    def watched(self) -> range:
        """Identities that a run is watched with."""
        return range(TRAINED, TRAINED + WATCHED)

    @property
    def kept(self) -> range:
        """Identities that no decision was taken on."""
        return range(TRAINED + WATCHED, TRAINED + WATCHED + KEPT)


def read_people(path: Path) -> People:
    """The people that ICT-FaceKit makes.

    Args:
        path: its packed archive or its folder.

    Raises:
        ReadError: it cannot be read, or has no landmarks.
    """
    whole = read_ict(path)
    model, landmarks = whole.cropped("head"), whole.landmarks
    if landmarks is None or len(model.identities) < IDENTITIES:
        what = "the segments need the 68 landmarks of ICT-FaceKit, the people its 100 identities"
        raise ReadError(what, where=str(path), remedy="give the file as it was published")
    neutral = model.neutral * DECIMETRES
    generator = torch.Generator().manual_seed(SEED)
    coefficients = torch.randn(TRAINED + WATCHED + KEPT, IDENTITIES, generator=generator)
    labels = segments(neutral, model.faces, landmarks)
    return People(model, neutral, model.expressions * DECIMETRES, labels, coefficients)

"""Plain colours for ICT-FaceKit's parts, which have none."""

from typing import Final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.core.data import Material, MeshPart
from motionloom.plugins.ict.eyes import eye_centre
from motionloom.plugins.ict.topology import EYE_PARTS, RANGES

MATERIALS: Final = (
    Material("skin", (0.6, 0.42, 0.34, 1.0), roughness=0.6),
    Material("mouth", (0.45, 0.15, 0.15, 1.0), roughness=0.4),
    Material("teeth", (0.8, 0.77, 0.7, 1.0), roughness=0.3),
    Material("sclera", (0.85, 0.85, 0.82, 1.0), roughness=0.2),
    Material("iris", (0.14, 0.07, 0.03, 1.0), roughness=0.2),
    Material("pupil", (0.005, 0.005, 0.005, 1.0), roughness=0.2),
    Material("eye_film", (1.0, 1.0, 1.0, 0.0), roughness=0.1),
    Material("eyelashes", (0.05, 0.04, 0.035, 0.4)),
)
SKIN, MOUTH, TEETH, SCLERA, IRIS, PUPIL, FILM, LASHES = range(len(MATERIALS))

OF_PARTS: Final = {
    "skin": SKIN,
    "gums_and_tongue": MOUTH,
    "teeth": TEETH,
    "left_eye": SCLERA,
    "right_eye": SCLERA,
    "left_eyelashes": LASHES,
    "right_eyelashes": LASHES,
}
"""The other parts are shells in front of the eyes, which a shader is meant to make wet, and are not seen."""

CORNEA_EDGE: Final = 33.0
IRIS_EDGE: Final = 28.0
PUPIL_EDGE: Final = 7.0
FUNDUS_EDGE: Final = 45.0
"""Degrees from an eyeball's axis, as measured on the neutral face; beyond the last the inner shell is its back."""


def materials_of(
    neutral: Float[Tensor, "vertices 3"], faces: Int[Tensor, "faces 3"], parts: tuple[MeshPart, ...]
) -> Int[Tensor, "faces"]:
    """Which of `MATERIALS` each face of the whole mesh has.

    Args:
        neutral: (V, 3) the mean face, metres.
        faces: (F, 3) part by part.
        parts: with how many faces they have.
    """
    of_parts = torch.tensor([OF_PARTS.get(part.name, FILM) for part in parts])
    materials = of_parts.repeat_interleave(torch.tensor([part.faces for part in parts]))
    for eye in EYE_PARTS:
        _colour_eye(materials, neutral, faces, eye)
    return materials


def _colour_eye(materials: Tensor, neutral: Tensor, faces: Tensor, eye: str) -> None:
    """Make the cornea clear, and the shell behind it iris and pupil."""
    outside, inside = EYE_PARTS[eye]
    angles = _angles(neutral, eye)[faces].amax(-1)
    first = faces[:, 0]
    materials[_within(first, outside) & (angles < CORNEA_EDGE)] = FILM
    materials[_within(first, inside) & (angles < IRIS_EDGE)] = IRIS
    # The iris has a hole, through which the back of the eyeball is seen.
    materials[_within(first, inside) & ((angles < PUPIL_EDGE) | (angles > FUNDUS_EDGE))] = PUPIL


def _angles(neutral: Tensor, eye: str) -> Float[Tensor, "vertices"]:
    """Degrees of every vertex from the eyeball's axis, which goes from its centre through the cornea's front."""
    away = neutral - eye_centre(neutral, eye)
    shell = away[list(RANGES[eye])]
    axis = shell[shell[:, 2].argmax()]
    return torch.nn.functional.cosine_similarity(away, axis, dim=-1).clamp(-1, 1).acos().rad2deg()


def _within(vertices: Tensor, run: range) -> Tensor:
    return (vertices >= run.start) & (vertices < run.stop)

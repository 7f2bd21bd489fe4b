"""Eyeballs that turn where the shapes look: ICT-FaceKit's own shapes move the lids and leave them still."""

from math import radians
from typing import Final

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import quat_action
from motionloom.plugins.ict.model import IctModel
from motionloom.plugins.ict.topology import RANGES

TURNS: Final[dict[str, tuple[str, tuple[float, float, float]]]] = {
    "eyeLookUp_L": ("left_eye", (-1.0, 0.0, 0.0)),
    "eyeLookUp_R": ("right_eye", (-1.0, 0.0, 0.0)),
    "eyeLookDown_L": ("left_eye", (1.0, 0.0, 0.0)),
    "eyeLookDown_R": ("right_eye", (1.0, 0.0, 0.0)),
    "eyeLookIn_L": ("left_eye", (0.0, -1.0, 0.0)),
    "eyeLookIn_R": ("right_eye", (0.0, 1.0, 0.0)),
    "eyeLookOut_L": ("left_eye", (0.0, 1.0, 0.0)),
    "eyeLookOut_R": ("right_eye", (0.0, -1.0, 0.0)),
}
"""The eyeball that each shape looks with, and the axis that it turns about."""


def eye_centre(vertices: Float[Tensor, "vertices 3"], eye: str) -> Float[Tensor, "3"]:
    """The centre of the sphere that fits an eyeball's vertices best (algebraic least squares), metres.

    Args:
        vertices: (V, 3) the whole surface, metres.
        eye: `left_eye` or `right_eye`.
    """
    points = vertices[list(RANGES[eye])].double()
    middle = points.mean(0)
    around = points - middle
    # |p - c|^2 = r^2 is linear in c and in r^2 - |c|^2.
    unknowns = torch.cat((2 * around, torch.ones_like(around[:, :1])), dim=-1)
    solved = torch.linalg.lstsq(unknowns, around.square().sum(-1, keepdim=True)).solution
    return (middle + solved[:3, 0]).to(vertices)


def with_turning_eyes(
    model: IctModel, vertices: Float[Tensor, "vertices 3"], degrees: float
) -> Float[Tensor, "expressions vertices 3"]:
    """The model's expressions, with each eyeball turned about its centre by the shapes that look with it.

    A blend shape goes straight where a turn goes round: at half weight of 30 degrees the eyeball is 3.4 %
    smaller about the axis, which the lids hide.

    Args:
        model: the whole of it.
        vertices: (V, 3) the person's surface, metres.
        degrees: of the turn at weight one; 0 leaves the shapes as published.
    """
    if not degrees:
        return model.expressions
    deltas = model.expressions.clone()
    for name, (eye, axis) in TURNS.items():
        if name in model.expression_names:
            rows = list(RANGES[eye])
            offset = vertices[rows] - eye_centre(vertices, eye)
            turn = roma.rotvec_to_unitquat(vertices.new_tensor(axis) * radians(degrees))
            deltas[model.expression_names.index(name), rows] += quat_action(turn, offset) - offset
    return deltas

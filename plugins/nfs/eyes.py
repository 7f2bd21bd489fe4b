"""Eyeballs that turn where the eyeLook shapes look, which the skin alone does not say."""

from collections.abc import Mapping
from dataclasses import replace
from math import radians

import roma
import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.core.data import Mesh, quat_action
from motionloom.core.errors import DataError
from motionloom.plugins.flame.eyeballs import Eyeball, find_eyeballs
from motionloom.plugins.ict.eyes import TURNS
from motionloom.plugins.ict.shape_names import ICT_SHAPES
from motionloom.plugins.nfs.around_face import AroundFace

LOW, HIGH, WIDE, BACK = -0.01, 0.1, 0.08, 0.02
"""Metres of the standard frame between which eyes are: below, above, to either side, and behind."""


def eyes_of(around: AroundFace) -> dict[str, Eyeball]:
    """`left_eye` and `right_eye`, in the standard frame; nothing where the mesh has no eyeballs of their own."""
    x, y, z = around.places.unbind(-1)
    near = (y > LOW) & (y < HIGH) & (x.abs() < WIDE) & (z > BACK)
    faces = around.faces[near[around.faces].all(dim=1)]
    used, corners = torch.unique(faces, return_inverse=True)
    try:
        found = find_eyeballs(Mesh(around.places[used], corners))
    except DataError:
        return {}
    return {name: _on_all(eye, used, len(x)) for name, eye in zip(("left_eye", "right_eye"), found, strict=True)}


def _on_all(eye: Eyeball, used: Tensor, vertices: int) -> Eyeball:
    whole = torch.zeros(vertices, dtype=torch.bool)
    whole[used] = eye.vertices
    return replace(eye, vertices=whole)


def turn_eyes(
    around: AroundFace, moved: Float[Tensor, "expressions vertices 3"], eyes: Mapping[str, Eyeball], degrees: float
) -> None:
    """Turn eyeballs about their centres.

    Args:
        around: the mesh.
        moved: (53, V, 3) changed in place, metres, standard frame.
        eyes: by name.
        degrees: at weight one.
    """
    for name, (which, axis) in TURNS.items():
        if which not in eyes:
            continue
        eye = eyes[which]
        turn = roma.rotvec_to_unitquat(around.places.new_tensor(axis) * radians(degrees))
        arms = around.places[eye.vertices] - eye.centre
        moved[ICT_SHAPES.index(name), eye.vertices] = quat_action(turn, arms) - arms

"""The blend shapes of a rig on the surface of a model."""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from scipy.spatial import cKDTree
from torch import Tensor

from motionloom.core.data import ARKIT_SHAPES, Character, FaceRig, Mesh, ParametricModel, Skeleton, Skin
from motionloom.core.errors import NodeError
from motionloom.plugins.shape_transfer.head import head_vertices
from motionloom.plugins.shape_transfer.nodes import left_behind, remarks
from motionloom.plugins.shape_transfer.transfer import transfer_shapes

SAME_PLACE = 1e-5
"""Metres within which two vertices are the same."""

Warn = Callable[[str], None]


def shapes_on_model(
    model: ParametricModel, neutral: Float[Tensor, "vertices 3"], rig: Character, warn: Warn
) -> FaceRig:
    """The rig's ARKit shapes, in ARKit's order, as offsets of the model's vertices.

    A rig on the model's own mesh, or on one of which the model's vertices are a part (a head cut from a
    body), is taken as it is. Any other is transferred to the model's neutral first.

    Args:
        model: in FLAME's format.
        neutral: the model's vertices at the motion's identity, metres.
        rig: whose blend shapes have ARKit's names; the names of others are not looked at.
        warn: told which shapes are missing, how well the faces fit, and which pieces of the model stay still.

    Raises:
        NodeError: the rig has no shape of ARKit's, or its face could not be brought together with the model's.
    """
    shapes = _arkit_shapes(rig, warn)
    if len(rig.mesh.vertices) == len(neutral) and torch.equal(rig.mesh.faces, model.faces):
        return shapes
    for surface in (neutral, model.template):
        own = _same_vertices(surface, rig.mesh.vertices)
        if own is not None:
            return FaceRig(shapes.names, shapes.deltas[:, own])
    return _transferred(shapes, rig, Mesh(neutral, model.faces), warn)


def character_on_model(
    model: ParametricModel, neutral: Float[Tensor, "vertices 3"], rig: Character, warn: Warn
) -> Character:
    """The rig's ARKit shapes as a character whose surface is the model's, on a single joint.

    Args:
        model: in FLAME's format.
        neutral: the model's vertices at an identity, metres.
        rig: as for `shapes_on_model`.
        warn: told which shapes are missing.

    Raises:
        NodeError: as `shapes_on_model` does.
    """
    shapes = shapes_on_model(model, neutral, rig, warn)
    unturned = neutral.new_tensor([[0.0, 0.0, 0.0, 1.0]])
    skeleton = Skeleton(("head",), (-1,), neutral.new_zeros(1, 3), unturned)
    skin = Skin(torch.zeros_like(model.faces[:1, :1]).expand(len(neutral), 1), neutral.new_ones(len(neutral), 1))
    return Character(model.name, skeleton, Mesh(neutral, model.faces), skin, shapes)


def _arkit_shapes(rig: Character, warn: Warn) -> FaceRig:
    known = rig.face_rig.names if rig.face_rig is not None else ()
    names = tuple(name for name in ARKIT_SHAPES if name in known)
    if rig.face_rig is None or not names:
        what = f"the character {rig.name!r} has no blend shape with one of ARKit's names"
        raise NodeError(what, remedy="give a rig that has them, or make them (rig.transfer)")
    if len(names) < len(ARKIT_SHAPES):
        missing = ", ".join(name for name in ARKIT_SHAPES if name not in known)
        warn(f"the rig lacks the shapes {missing}; the others stand in for them as far as they can")
    return FaceRig(names, rig.face_rig.deltas[[known.index(name) for name in names]])


def _same_vertices(
    surface: Float[Tensor, "vertices 3"], vertices: Float[Tensor, "others 3"]
) -> Int[Tensor, "vertices"] | None:
    """Which of the others each vertex is; None where one of them is nowhere."""
    if len(surface) > len(vertices):
        return None
    distances, indices = cKDTree(vertices.cpu().numpy()).query(surface.cpu().numpy(), distance_upper_bound=SAME_PLACE)
    if not bool((torch.from_numpy(distances) <= SAME_PLACE).all()):
        return None
    return torch.from_numpy(indices).to(surface.device)


def _transferred(shapes: FaceRig, rig: Character, target: Mesh, warn: Warn) -> FaceRig:
    carried = transfer_shapes(rig.mesh, shapes.deltas, target, source_head=head_vertices(rig, "the rig"))
    for message in [*remarks(shapes.names, carried.fit), *left_behind(carried.skin, carried.still)]:
        warn(message)
    return FaceRig(shapes.names, carried.deltas.to(target.vertices))

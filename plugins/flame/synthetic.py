"""A model in FLAME's format made from any head that has blend shapes."""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from motionloom.core.data import Character, FaceRig, ParametricModel
from motionloom.core.errors import DataError
from motionloom.plugins.flame.articulated import (
    Articulation,
    articulate,
    jaw_residual,
    turned_back,
    without_eye_turns,
)
from motionloom.plugins.flame.bases import mixed, principal_directions
from motionloom.plugins.flame.joint_names import JAW, JOINTS, PARENTS

MIDDLE_ROW, LAST_ROW = 1, 2
"""Of a rotation about +X: its sine is at (2, 1), and at (1, 2) with the other sign."""


def flame_format_model(
    head: Character,
    people: Sequence[Character],
    expressions: int,
    opening: str,
    generator: torch.Generator,
) -> ParametricModel:
    """A model whose parameters are FLAME's in kind, on the surface of a head with blend shapes.

    The jaw turns about a hinge fitted to the shape that opens the mouth; what its turn lacks of that shape
    is the pose basis, in proportion to the sine of the angle. Eyeballs turn about their centres. What is
    left of the shapes, and what undoes the jaw's turn of them, spans the expression basis: principal
    components, then a random rotation of them, so that no coefficient is a shape.

    Args:
        head: surface and blend shapes; facing +Z. Its skeleton does not matter.
        people: other persons on the same surface, whose principal differences are the identity basis.
        expressions: how many expression coefficients at most.
        opening: the blend shape that opens the mouth.
        generator: draws the rotation.

    Raises:
        DataError: the head has no such shape or no eyeballs, a person has another surface, or a number is
            not finite.
    """
    rig = head.face_rig
    if rig is None:
        raise DataError(f"the character {head.name!r} has no blend shapes", remedy="give one with a face rig")
    for character in (head, *people):
        _refuse_infinite(character)
    found = articulate(head.mesh, rig, opening)
    basis = principal_directions(_expressions(head, rig, opening, found), expressions)
    return ParametricModel(
        name=head.name,
        template=head.mesh.vertices,
        faces=head.mesh.faces,
        shape_basis=_identities(head, people),
        expression_basis=mixed(basis, generator),
        pose_basis=_pose_basis(head, rig.deltas[rig.names.index(opening)], found),
        joint_regressor=found.regressor,
        joint_names=JOINTS,
        parents=PARENTS,
        weights=found.weights,
    )


def _refuse_infinite(character: Character) -> None:
    bad = _first(~character.mesh.vertices.isfinite().all(1))
    if bad is not None:
        where = f"{character.name!r}, vertex {bad}"
        raise DataError("a position is not finite", where=where, remedy="mend the mesh")
    rig = character.face_rig
    bad = None if rig is None else _first(~rig.deltas.flatten(1).isfinite().all(1))
    if rig is not None and bad is not None:
        where = f"{character.name!r}, shape {rig.names[bad]!r}"
        raise DataError("an offset is not finite", where=where, remedy="mend the shape")


def _first(mask: Bool[Tensor, "items"]) -> int | None:
    """The first place where a mask is true."""
    places = mask.nonzero()
    return int(places[0, 0]) if len(places) else None


def _expressions(
    head: Character, rig: FaceRig, opening: str, found: Articulation
) -> Float[Tensor, "examples vertices 3"]:
    """All that expressions must reach: the shapes without the joints' part, also while the mouth is open."""
    number = rig.names.index(opening)
    others = [shape for shape in range(len(rig.names)) if shape != number]
    shapes = without_eye_turns(head.mesh, rig.deltas[others], found.eyes)
    while_open = turned_back(shapes, found.jaw) - shapes
    # Half a turn is not half the way: what the sine of the pose basis leaves.
    vertices, whole = head.mesh.vertices, rig.deltas[number]
    halfway = jaw_residual(vertices, whole, found.jaw, 0.5) - _sine(found) * jaw_residual(vertices, whole, found.jaw, 1)
    return torch.cat((shapes, while_open, halfway.unsqueeze(0)))


def _sine(found: Articulation) -> float:
    """How much of the pose basis a half-open jaw calls for, as a share of an open one's."""
    return math.sin(found.jaw.angle / 2) / math.sin(found.jaw.angle)


def _pose_basis(
    head: Character, opening: Float[Tensor, "vertices 3"], found: Articulation
) -> Float[Tensor, "corrections vertices 3"]:
    residual = jaw_residual(head.mesh.vertices, opening, found.jaw, 1.0) / (2 * math.sin(found.jaw.angle))
    basis = residual.new_zeros(len(JOINTS) - 1, 3, 3, *residual.shape)
    basis[JAW - 1, LAST_ROW, MIDDLE_ROW] = residual
    basis[JAW - 1, MIDDLE_ROW, LAST_ROW] = -residual
    return basis.flatten(0, 2)


def _identities(head: Character, people: Sequence[Character]) -> Float[Tensor, "identities vertices 3"]:
    """The principal differences of other heads from this one, each moved to where it is nearest to it."""
    vertices = head.mesh.vertices
    for person in people:
        if not torch.equal(person.mesh.faces, head.mesh.faces) or len(person.mesh.vertices) != len(vertices):
            what = f"{person.name!r} has another surface than {head.name!r}"
            raise DataError(what, remedy="give people who share faces and vertices, cut alike")
    if not people:
        return vertices.new_zeros(0, len(vertices), 3)
    differences = torch.stack([person.mesh.vertices for person in people]) - vertices
    return principal_directions(differences - differences.mean(1, keepdim=True), len(people))

"""The posed face seen through a few directions, without posing a vertex.

What a posed face is along a set of fields over its vertices (the blend shapes of a rig, the columns of a
Jacobian) is linear in its coefficients plus, for each joint, bilinear in the joint's turn and the
coefficients. The sums over vertices can be taken once an identity; after that a frame costs some hundred
thousand multiplications, whatever the mesh.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.plugins.flame_arkit.identity import MOVING, Identity, Pose

FRAMES_AT_ONCE = 4096
"""Frames projected together: memory stays bounded however long the clip is."""


@dataclass(frozen=True)
class Projection:
    """Sums over vertices that do not change from frame to frame.

    Args:
        linear: (M, K) of a field with what each coefficient moves.
        turned: of each joint, (M, 9, 1 + K) of a field with what each entry of the turn does to the neutral
            (first) and to what each coefficient moves; None for a joint that holds no vertex.
    """

    linear: Float[Tensor, "fields coefficients"]
    turned: tuple[Float[Tensor, "fields 9 terms"] | None, ...]


def projection_of(identity: Identity, fields: Float[Tensor, "fields vertices 3"]) -> Projection:
    """Prepare to see an identity's displacements along fields.

    Args:
        identity: whose vertices the fields are on.
        fields: (M, V, 3), with the vertices' weights multiplied in.
    """
    linear = fields.flatten(1) @ identity.basis.flatten(1).T
    return Projection(linear, tuple(_turned(identity, fields, joint) for joint in range(len(MOVING))))


def _turned(
    identity: Identity, fields: Float[Tensor, "fields vertices 3"], joint: int
) -> Float[Tensor, "fields 9 terms"] | None:
    held = identity.weights[:, joint].nonzero().flatten()
    if not len(held):
        return None
    part = identity.at(held)
    arms = torch.cat((part.neutral.unsqueeze(0), part.basis))
    centres = torch.cat((part.centres.unsqueeze(0), part.centre_basis))[:, joint]
    arms = (arms - centres.unsqueeze(1)) * part.weights[:, joint].unsqueeze(-1)
    seen = fields[:, held]
    # One axis at a time: (M, V) by (V, K) products, never a table of fields by vertices by coefficients.
    products = [seen[..., row] @ arms[..., column].T for row in range(3) for column in range(3)]
    return torch.stack(products, 1)


def projected(projection: Projection, pose: Pose) -> Float[Tensor, "frames fields"]:
    """The displacements of a pose along the fields: the sum over vertices of field times displacement."""
    parts = [
        _projected(projection, pose.at(slice(at, at + FRAMES_AT_ONCE))) for at in range(0, len(pose), FRAMES_AT_ONCE)
    ]
    return torch.cat(parts)


def _projected(projection: Projection, pose: Pose) -> Float[Tensor, "frames fields"]:
    seen = pose.coefficients @ projection.linear.T
    terms = torch.cat((torch.ones_like(seen[:, :1]), pose.coefficients), 1)
    for joint, turned in enumerate(projection.turned):
        if turned is not None:
            along = (terms @ turned.flatten(0, 1).T).unflatten(1, turned.shape[:2])
            seen = seen + (along * pose.turns[:, joint].reshape(-1, 1, 9)).sum(-1)
    return seen

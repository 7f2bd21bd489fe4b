"""The losses of Neural Face Skinning (Cha et al., section 3.4)."""

from dataclasses import dataclass, fields

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize, pad

from motionloom.plugins.nfs.network import EXPRESSIONS, IDENTITIES, Face, displaced, measured
from motionloom.plugins.nfs.training.heads import Head
from motionloom.plugins.nfs.training.loss_weights import LossWeights

SMALLEST = 1e-4
"""Decimetres, root mean square over a head: an expression that moves less is not asked for more exactly than that."""


@dataclass(frozen=True)
class Losses:
    """The terms of a step; see `LossWeights`."""

    vertex: Float[Tensor, ""]
    shapes: Float[Tensor, ""]
    normal: Float[Tensor, ""]
    jacobian: Float[Tensor, ""]
    identity: Float[Tensor, ""]
    expression: Float[Tensor, ""]
    projection: Float[Tensor, ""]
    reconstruction: Float[Tensor, ""]
    segments: Float[Tensor, ""]
    range: Float[Tensor, ""]

    def total(self, weights: LossWeights) -> Float[Tensor, ""]:
        """The weighted sum; a term of no weight is left out, whatever it is."""
        parts = [getattr(self, part.name) * getattr(weights, part.name) for part in fields(self)]
        counted = [part for part, name in zip(parts, fields(self), strict=True) if getattr(weights, name.name)]
        return torch.stack(counted).sum()


@dataclass(frozen=True)
class Batch:
    """What one step looks at.

    Args:
        head: whose expressions they are.
        weights: (T, 53) true expression weights.
        faces: (S,) triangles that normals and Jacobians are compared on.
        shaped: frames that they are compared in, from the first on; drawn in random order.
        from_truth: whether only true weights are decoded, not the encoded ones as well.
    """

    head: Head
    weights: Float[Tensor, "frames 53"]
    faces: Int[Tensor, "chosen"]
    shaped: int
    from_truth: bool


def losses(face: Face, batch: Batch) -> Losses:
    """All terms of a step.

    Args:
        face: what the network made of the head.
        batch: the expressions.
    """
    head, weights = batch.head, batch.weights
    truth, codes = blended(head, weights), measured(face.measure, blended(head, weights))
    full = pad(weights, (0, codes.shape[-1] - EXPRESSIONS))
    found = displaced(face.basis, full)
    steady = codes.detach()
    reached = displaced(face.basis, steady) - blended(head, steady[:, :EXPRESSIONS])
    normal, jacobian = _shape(head, found[: batch.shaped], truth[: batch.shaped], batch.faces)
    return Losses(
        vertex=_vertex(face, found, codes, batch, truth),
        shapes=_shapes(face, head),
        normal=normal,
        jacobian=jacobian,
        identity=_identity(face, head),
        expression=(codes - full).square().mean(),
        projection=blended(head, codes[:, :EXPRESSIONS] - weights).square().mean(),
        reconstruction=reached.square().mean(),
        segments=cross_entropy(face.segments, head.segments),
        range=_outside(codes) if head.identity is None else codes.new_zeros(()),
    )


def blended(head: Head, weights: Float[Tensor, "frames 53"]) -> Float[Tensor, "frames vertices 3"]:
    """What ICT's own shapes do at these weights, decimetres."""
    return (weights @ head.expressions.flatten(1)).unflatten(-1, (-1, 3))


def _vertex(face: Face, found: Tensor, codes: Tensor, batch: Batch, truth: Tensor) -> Tensor:
    """The decoder learns from true weights alone: from encoded ones it would learn to make up for their errors."""
    own = (found - truth).square().mean()
    if batch.from_truth:
        return own
    return (own + (displaced(face.basis.detach(), codes) - truth).square().mean()) / 2


def _shapes(face: Face, head: Head) -> Tensor:
    shapes = face.basis[..., :EXPRESSIONS].movedim(-1, 0)
    sizes = head.expressions.square().mean((1, 2)).clamp_min(SMALLEST**2)
    return ((shapes - head.expressions).square().mean((1, 2)) / sizes).mean()


def _identity(face: Face, head: Head) -> Tensor:
    if head.identity is None:
        return face.identity.new_zeros(())
    wanted = pad(head.identity, (0, len(face.identity) - IDENTITIES))
    return (face.identity - wanted).square().mean()


def _outside(codes: Tensor) -> Tensor:
    return (torch.relu(-codes) + torch.relu(codes - 1.0)).mean()


def _shape(head: Head, found: Tensor, truth: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor]:
    """Squared errors of the triangles' normals and of their deformation gradients, the latter weighted by area."""
    corners = head.faces[chosen]
    neutral = _sides(head.surface.vertices[corners])
    across = torch.linalg.cross(neutral[:, 0], neutral[:, 1])
    area = across.norm(dim=-1).clamp_min(1e-6)
    frame = torch.cat((neutral, (across / area.unsqueeze(-1)).unsqueeze(1)), 1)
    inverse = torch.linalg.pinv(frame, rtol=1e-3)[..., :2]
    sides = [_sides(head.surface.vertices[corners] + moved[:, corners]) for moved in (found, truth)]
    normals = [normalize(torch.linalg.cross(side[..., 0, :], side[..., 1, :]), dim=-1) for side in sides]
    gradients = (inverse @ (sides[0] - sides[1])).square().mean((0, 2, 3))
    return (normals[0] - normals[1]).square().mean(), (gradients * area / area.sum()).sum()


def _sides(corners: Float[Tensor, "*batch faces 3 3"]) -> Float[Tensor, "*batch faces 2 3"]:
    return corners[..., 1:, :] - corners[..., :1, :]

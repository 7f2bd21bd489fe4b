"""Turning, scaling and moving points, and finding how from pairs of points."""

from dataclasses import dataclass

import roma
import torch
from jaxtyping import Float
from torch import Tensor


@dataclass(frozen=True)
class Similarity:
    """A rotation, a scale and a translation: `scale * rotation @ point + translation`; batches broadcast.

    Args:
        rotation: (*batch, 3, 3) without reflection.
        scale: (*batch,) above zero.
        translation: (*batch, 3).
    """

    rotation: Float[Tensor, "*batch 3 3"]
    scale: Float[Tensor, "*batch"]
    translation: Float[Tensor, "*batch 3"]

    def points(self, positions: Float[Tensor, "... points 3"]) -> Float[Tensor, "... points 3"]:
        """Positions moved along."""
        return self.offsets(positions) + self.translation.unsqueeze(-2)

    def offsets(self, offsets: Float[Tensor, "... points 3"]) -> Float[Tensor, "... points 3"]:
        """Differences of positions, as those of blend shapes, turned and scaled."""
        return self.scale[..., None, None] * self.directions(offsets)

    def directions(self, directions: Float[Tensor, "... points 3"]) -> Float[Tensor, "... points 3"]:
        """Directions turned, their lengths kept."""
        return directions @ self.rotation.mT

    def inverse(self) -> "Similarity":
        """The way back."""
        turned = (self.rotation.mT @ self.translation.unsqueeze(-1)).squeeze(-1)
        return Similarity(self.rotation.mT, 1 / self.scale, -turned / self.scale.unsqueeze(-1))

    def after(self, first: "Similarity") -> "Similarity":
        """The similarity that does `first`, then what `self` does."""
        moved = self.points(first.translation.unsqueeze(-2)).squeeze(-2)
        return Similarity(self.rotation @ first.rotation, self.scale * first.scale, moved)


def fit_similarity(
    source: Float[Tensor, "*batch points 3"],
    target: Float[Tensor, "*batch points 3"],
    weights: Float[Tensor, "*batch points"],
) -> Similarity:
    """The similarity that takes source to target with the least weighted squared error.

    Umeyama, "Least-Squares Estimation of Transformation Parameters Between Two Point Patterns", IEEE
    TPAMI 13(4), 1991, equations 40 to 43.

    Args:
        source: (*batch, N, 3) at least three points that are not on a line.
        target: (*batch, N, 3) where they are to go.
        weights: (*batch, N) not negative, not all zero.
    """
    shares = (weights / weights.sum(-1, keepdim=True)).unsqueeze(-1)
    source_mean, target_mean = (shares * source).sum(-2, keepdim=True), (shares * target).sum(-2, keepdim=True)
    centred, aimed = source - source_mean, target - target_mean
    left, singular, right = torch.linalg.svd((shares * aimed).mT @ centred)
    # The smallest direction is turned over where the best fit would be a mirror image.
    turn = torch.ones_like(singular)
    turn[..., 2] = torch.linalg.det(left @ right).sign()
    rotation = (left * turn.unsqueeze(-2)) @ right
    spread = (shares * centred.square()).sum((-2, -1))
    scale = (singular * turn).sum(-1) / spread.clamp_min(torch.finfo(spread.dtype).tiny)
    moved = scale[..., None, None] * (source_mean @ rotation.mT)
    return Similarity(rotation, scale, (target_mean - moved).squeeze(-2))


STICKING = 0.1
"""How much a point's way along the surface counts beside its way off it."""


def fit_to_planes(
    source: Float[Tensor, "*batch points 3"],
    target: Float[Tensor, "*batch points 3"],
    normals: Float[Tensor, "*batch points 3"],
    weights: Float[Tensor, "*batch points"],
) -> Similarity:
    """A small similarity that takes source towards the planes of the target, by one step of Gauss and Newton.

    Args:
        source: (*batch, N, 3) points that are nearly in place.
        target: (*batch, N, 3) a point of each plane.
        normals: (*batch, N, 3) unit normals of the planes.
        weights: (*batch, N) not negative, not all zero.
    """
    middle = source.mean(-2, keepdim=True)
    arms = source - middle
    size = arms.square().sum(-1).mean(-1).sqrt()[..., None, None]
    arms, missing = arms / size, (target - source) / size
    identity = torch.eye(3).to(source).expand(*arms.shape, 3)
    turning = torch.linalg.cross(identity, arms.unsqueeze(-2).expand_as(identity))
    # Columns: turn about three axes, growth, shift; rows: the three directions of the world.
    moves = torch.cat((turning.mT, arms.unsqueeze(-1), identity), dim=-1)
    metric = STICKING * identity + (1 - STICKING) * normals.unsqueeze(-1) * normals.unsqueeze(-2)
    weighed = moves.mT @ metric * weights[..., None, None]
    squares, sides = (weighed @ moves).sum(-3), (weighed @ missing.unsqueeze(-1)).sum(-3)
    step = torch.linalg.solve(squares, sides).squeeze(-1)
    rotation, scale = roma.rotvec_to_rotmat(step[..., :3]), step[..., 3].exp()
    fixed = middle.squeeze(-2)
    turned = scale.unsqueeze(-1) * (rotation @ fixed.unsqueeze(-1)).squeeze(-1)
    return Similarity(rotation, scale, fixed + size[..., 0] * step[..., 4:] - turned)

"""Rigid motions between corresponding points, many at once."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from motionloom.plugins.surface.similarity import fit_similarity


@dataclass(frozen=True)
class RigidMotion:
    """A rotation about the origin, then a translation, for every frame.

    Args:
        rotation: (T, 3, 3).
        translation: (T, 3) metres.
    """

    rotation: Float[Tensor, "frames 3 3"]
    translation: Float[Tensor, "frames 3"]

    def applied(self, points: Float[Tensor, "*#frames points 3"]) -> Float[Tensor, "frames points 3"]:
        """Points moved along."""
        return points @ self.rotation.mT + self.translation.unsqueeze(-2)

    def undone(self, points: Float[Tensor, "*#frames points 3"]) -> Float[Tensor, "frames points 3"]:
        """Points moved back."""
        return (points - self.translation.unsqueeze(-2)) @ self.rotation


def rigid_motion(
    source: Float[Tensor, "*#frames points 3"],
    target: Float[Tensor, "frames points 3"],
    weights: Float[Tensor, "#frames points"],
) -> RigidMotion:
    """The rigid motion that takes source to target with the least weighted squared error (Kabsch 1976).

    Args:
        source: (N, 3) or (T, N, 3) points.
        target: (T, N, 3) where they are to go.
        weights: (T, N) or (1, N) not negative.
    """
    source, weights = source.expand_as(target), weights.expand(target.shape[:-1])
    rotation = fit_similarity(source, target, weights).rotation
    shares = (weights / weights.sum(-1, keepdim=True)).unsqueeze(-1)
    middle, aim = (shares * source).sum(-2, keepdim=True), (shares * target).sum(-2, keepdim=True)
    return RigidMotion(rotation, (aim - middle @ rotation.mT).squeeze(-2))

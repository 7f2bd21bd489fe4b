"""Faces that no person has: smooth random deformations of a head and of the expressions on it."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

BUMPS = 12
"""Places that are pushed somewhere."""

REACH, PUSH = (0.4, 1.2), 0.12
"""Decimetres: how far each push reaches, from and to, and how strong it is (standard deviation)."""

STRETCH, TURN, SHIFT = 0.08, 0.06, 0.06
"""Standard deviations of the logarithm of each axis' length, of a rotation in radians and of a shift in decimetres:
what is left when a mesh has been standardised."""


@dataclass(frozen=True)
class Deformation:
    """Gaussian pushes, then a linear map.

    Args:
        centres: (B, 3) of the pushes, decimetres.
        pushes: (B, 3) how far they move what is at their centre.
        reach: (B,) their standard deviations.
        linear: (3, 3) what follows them.
        shift: (3,) added in the end.
    """

    centres: Float[Tensor, "bumps 3"]
    pushes: Float[Tensor, "bumps 3"]
    reach: Float[Tensor, "bumps"]
    linear: Float[Tensor, "3 3"]
    shift: Float[Tensor, "3"]

    def moved(self, points: Float[Tensor, "points 3"]) -> Float[Tensor, "points 3"]:
        """Where points go."""
        return (points + self._falls(points) @ self.pushes) @ self.linear.T + self.shift

    def carried(
        self, points: Float[Tensor, "points 3"], offsets: Float[Tensor, "shapes points 3"]
    ) -> Float[Tensor, "shapes points 3"]:
        """What becomes of small offsets from the points: the derivative of `moved` times each."""
        slopes = -(self._falls(points) / self.reach**2).unsqueeze(-1) * (points.unsqueeze(1) - self.centres)
        jacobian = torch.eye(3).to(points) + torch.einsum("bi,vbj->vij", self.pushes, slopes)
        return torch.einsum("vij,svj->svi", self.linear @ jacobian, offsets)

    def _falls(self, points: Tensor) -> Float[Tensor, "points bumps"]:
        away = (points.unsqueeze(1) - self.centres).square().sum(-1)
        return torch.exp(-away / (2 * self.reach**2))


def random_deformation(vertices: Float[Tensor, "vertices 3"], generator: torch.Generator) -> Deformation:
    """A deformation of a head that leaves it a head.

    Args:
        vertices: (V, 3) of the head, decimetres; the pushes are at some of them.
        generator: draws it.
    """
    centres = vertices[torch.randint(len(vertices), (BUMPS,), generator=generator)]
    pushes = torch.randn(BUMPS, 3, generator=generator) * PUSH
    reach = REACH[0] + (REACH[1] - REACH[0]) * torch.rand(BUMPS, generator=generator)
    linear, shift = _linear(generator), torch.randn(3, generator=generator) * SHIFT
    return Deformation(centres, pushes, reach, linear, shift)


def _linear(generator: torch.Generator) -> Float[Tensor, "3 3"]:
    """A small rotation after a stretch along the axes."""
    axis = torch.randn(3, generator=generator) * TURN
    cross = torch.zeros(3, 3)
    cross[[2, 0, 1], [1, 2, 0]], cross[[1, 2, 0], [2, 0, 1]] = axis, -axis
    return torch.linalg.matrix_exp(cross) @ torch.diag(torch.exp(torch.randn(3, generator=generator) * STRETCH))

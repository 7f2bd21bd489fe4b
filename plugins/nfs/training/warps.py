"""Faces that no person has: smooth random deformations of a head and of the expressions on it."""

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


def warped(
    vertices: Float[Tensor, "vertices 3"],
    displacements: Float[Tensor, "shapes vertices 3"],
    generator: torch.Generator,
) -> tuple[Float[Tensor, "vertices 3"], Float[Tensor, "shapes vertices 3"]]:
    """A head deformed, and its expressions carried along to first order.

    Args:
        vertices: (V, 3) decimetres.
        displacements: (S, V, 3) decimetres.
        generator: draws the deformation.
    """
    centres = vertices[torch.randint(len(vertices), (BUMPS,), generator=generator)]
    pushes = torch.randn(BUMPS, 3, generator=generator) * PUSH
    reach = REACH[0] + (REACH[1] - REACH[0]) * torch.rand(BUMPS, generator=generator)
    linear, shift = _linear(generator), torch.randn(3, generator=generator) * SHIFT
    offsets = vertices.unsqueeze(1) - centres
    falls = torch.exp(-offsets.square().sum(-1) / (2 * reach**2))
    # The derivative of the pushes: pushes times the gradients of what they fall off by.
    slopes = -(falls / reach**2).unsqueeze(-1) * offsets
    jacobian = torch.eye(3) + torch.einsum("bi,vbj->vij", pushes, slopes)
    moved = (vertices + falls @ pushes) @ linear.T + shift
    return moved, torch.einsum("vij,svj->svi", linear @ jacobian, displacements)


def _linear(generator: torch.Generator) -> Float[Tensor, "3 3"]:
    """A small rotation after a stretch along the axes."""
    axis = torch.randn(3, generator=generator) * TURN
    cross = torch.zeros(3, 3)
    cross[[2, 0, 1], [1, 2, 0]], cross[[1, 2, 0], [2, 0, 1]] = axis, -axis
    return torch.linalg.matrix_exp(cross) @ torch.diag(torch.exp(torch.randn(3, generator=generator) * STRETCH))

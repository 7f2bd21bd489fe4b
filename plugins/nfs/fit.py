"""Codes that repeat a frame: the encoder's guess, corrected by what the decoder makes of it."""

import torch
from jaxtyping import Float
from torch import Tensor

from motionloom.plugins.nfs.network import EXPRESSIONS, displaced

TRUST = 3e-5
"""Square decimetres, times square decimetres of surface, that a change of one in a code is worth: see `fitted`.
Chosen on the identity that training runs are watched with: it minimises the error of inverse rigging."""


def fitted(
    basis: Float[Tensor, "vertices 3 128"],
    mass: Float[Tensor, "vertices"],
    codes: Float[Tensor, "frames 128"],
    displacements: Float[Tensor, "frames vertices 3"],
) -> Float[Tensor, "frames 128"]:
    """Codes near the encoder's whose decoding is near the frame: regularised least squares.

    Minimises the squared distance over the surface plus `TRUST` times the squared change of the first 53
    numbers; the others, which no expression needs, stay.

    Args:
        basis: of the `Face`.
        mass: (V,) square decimetres.
        codes: the encoder's.
        displacements: of the frames, decimetres.
    """
    own = basis[..., :EXPRESSIONS].flatten(0, 1)
    weighted = own * mass.repeat_interleave(3).unsqueeze(-1)
    normal = weighted.T @ own + TRUST * torch.eye(EXPRESSIONS).to(own)
    left = (displacements - displaced(basis, codes)).flatten(1)
    change = torch.linalg.solve(normal.double(), (left @ weighted).T.double()).T.to(codes)
    return torch.cat((codes[:, :EXPRESSIONS] + change, codes[:, EXPRESSIONS:]), -1)

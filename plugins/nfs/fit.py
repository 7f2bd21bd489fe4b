"""Codes that repeat a frame: the encoder's guess, corrected by what the decoder makes of it."""

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from motionloom.plugins.nfs.network import EXPRESSIONS, displaced

TRUST = 2e-6
"""Square decimetres, times square decimetres of surface, that a change of one in a code is worth: see `fitted`.
Chosen on the identity that training runs are watched with: smaller gains nothing, larger halves what small
muscles do, as those of the eyelids."""

SWEEPS = 30
"""Over all numbers of the code; three times as many change the errors by less than two per cent."""


def fitted(
    basis: Float[Tensor, "vertices 3 128"],
    mass: Float[Tensor, "vertices"],
    codes: Float[Tensor, "frames 128"],
    displacements: Float[Tensor, "frames vertices 3"],
) -> Float[Tensor, "frames 128"]:
    """Codes between nothing and all whose decoding is near the frame: bounded least squares.

    Minimises the squared distance over the surface plus `TRUST` times the squared distance from the encoder's
    first 53 numbers, which stay from 0 to 1 as blend-shape weights do; without that bound expressions that look
    alike would cancel each other. The other numbers, which no expression needs, are the encoder's.

    Args:
        basis: of the `Face`.
        mass: (V,) square decimetres.
        codes: the encoder's.
        displacements: of the frames, decimetres.
    """
    own = basis[..., :EXPRESSIONS].flatten(0, 1)
    weighted = (own * mass.repeat_interleave(3).unsqueeze(-1)).double()
    quadratic = weighted.T @ own.double() + TRUST * torch.eye(EXPRESSIONS).to(weighted)
    guess, others = codes[:, :EXPRESSIONS].clamp(0.0, 1.0).double(), codes[:, EXPRESSIONS:]
    left = displacements - displaced(basis[..., EXPRESSIONS:].contiguous(), others)
    found = _descended(quadratic, left.flatten(1).double() @ weighted + TRUST * guess, guess)
    return torch.cat((found.to(codes), others), -1)


def _descended(
    quadratic: Float64[Tensor, "codes codes"], linear: Float64[Tensor, "frames codes"], start: Tensor
) -> Float64[Tensor, "frames codes"]:
    """The minimum of `x A x / 2 - b x` from 0 to 1, one number after the other, all frames at once."""
    found = start.T.contiguous()
    slope = quadratic @ found - linear.T
    for _ in range(SWEEPS):
        for number in range(len(quadratic)):
            moved = (found[number] - slope[number] / quadratic[number, number]).clamp(0.0, 1.0)
            slope += quadratic[:, number : number + 1] * (moved - found[number])
            found[number] = moved
    return found.T

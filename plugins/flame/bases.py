"""Linear bases of example surfaces, and regressors that find points of them."""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

NEGLIGIBLE = 1e-4
"""Singular values below this share of the largest are rounding."""


def principal_directions(
    examples: Float[Tensor, "examples vertices 3"], most: int
) -> Float[Tensor, "directions vertices 3"]:
    """Orthogonal directions that span examples best, the strongest first: unit coefficients are typical ones.

    Principal components about zero, each scaled by the root mean square of its coefficients.

    Args:
        examples: (N, V, 3) displacements, metres.
        most: how many directions at most; there are no more than the examples span.
    """
    rows = examples.flatten(1).double()
    # Few examples of many vertices: the small product has the same spectrum.
    squares, left = torch.linalg.eigh(rows @ rows.mT)
    strong = squares > NEGLIGIBLE**2 * squares.max()
    kept = left[:, strong].flip(1)[:, :most]
    return ((kept.mT @ rows) / math.sqrt(max(len(rows), 1))).unflatten(1, (-1, 3)).to(examples)


def mixed(
    basis: Float[Tensor, "directions vertices 3"], generator: torch.Generator
) -> Float[Tensor, "directions vertices 3"]:
    """The same space by other coordinates: turned by a random rotation, so that none stands for a shape.

    Args:
        basis: (D, V, 3) directions.
        generator: on any device; draws the rotation.
    """
    drawn = torch.randn(len(basis), len(basis), generator=generator, device=generator.device, dtype=torch.float64)
    turn, triangle = torch.linalg.qr(drawn)
    # The signs make the rotation uniformly distributed (Mezzadri 2007).
    turn = turn * triangle.diagonal().sign()
    return (turn.to(basis.device) @ basis.flatten(1).double()).unflatten(1, (-1, 3)).to(basis)


def regressor_row(
    vertices: Float[Tensor, "vertices 3"], chosen: Int[Tensor, "chosen"], target: Float[Tensor, "3"]
) -> Float[Tensor, "vertices"]:
    """Weights of vertices, summing to one, whose mean is a point: the nearest such to equal weights.

    The point follows when the vertices are moved, turned or scaled.

    Args:
        vertices: (V, 3) metres.
        chosen: (C,) those that may have weights, not all in one plane.
        target: (3,) the point, metres.
    """
    around = (vertices[chosen] - target).double()
    conditions = torch.cat((around.mT, around.new_ones(1, len(chosen))))
    equal = around.new_full((len(chosen),), 1 / len(chosen))
    wanted = around.new_tensor([0.0, 0.0, 0.0, 1.0])
    change = torch.linalg.pinv(conditions) @ (wanted - conditions @ equal)
    return vertices.new_zeros(len(vertices)).index_copy(0, chosen, (equal + change).to(vertices))

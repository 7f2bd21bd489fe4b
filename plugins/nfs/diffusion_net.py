"""DiffusionNet: learning on surfaces whatever their triangles (Sharp et al., ACM Transactions on Graphics 2022)."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from motionloom.plugins.surface.operators import SurfaceOperators

SHORTEST, LONGEST = 1e-3, 1.0
"""Diffusion times at the start of a training run, squared decimetres: from a wrinkle to a face."""


class Diffusion(nn.Module):
    """Heat flow for a learned time a channel, through the eigenvectors of the Laplacian (section 3.1).

    Args:
        width: channels.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        span = math.log(LONGEST / SHORTEST)
        self.log_times = nn.Parameter(torch.rand(width) * span + math.log(SHORTEST))

    def forward(
        self, values: Float[Tensor, "vertices width"], operators: SurfaceOperators
    ) -> Float[Tensor, "vertices width"]:
        """Values after their time."""
        spectrum = operators.eigenvectors.T @ (values * operators.mass.unsqueeze(-1))
        decay = torch.exp(-operators.eigenvalues.unsqueeze(-1) * self.log_times.exp())
        spread: Tensor = operators.eigenvectors @ (spectrum * decay)
        return spread


class GradientFeatures(nn.Module):
    """Products of tangent gradients that do not depend on the tangent frame (section 3.4).

    Args:
        width: channels.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.real = nn.Linear(width, width, bias=False)
        self.imaginary = nn.Linear(width, width, bias=False)

    def forward(
        self, values: Float[Tensor, "vertices width"], operators: SurfaceOperators
    ) -> Float[Tensor, "vertices width"]:
        """Between -1 and 1."""
        x, y = operators.gradient_x @ values, operators.gradient_y @ values
        turned_x = self.real(x) - self.imaginary(y)
        turned_y = self.real(y) + self.imaginary(x)
        return torch.tanh(x * turned_x + y * turned_y)


class Block(nn.Module):
    """Diffusion, gradient features and a small network a vertex, added to what came in (figure 5).

    Args:
        width: channels.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.diffusion = Diffusion(width)
        self.gradient = GradientFeatures(width)
        self.mix = nn.Sequential(nn.Linear(3 * width, width), nn.ReLU(), nn.Linear(width, width))

    def forward(
        self, values: Float[Tensor, "vertices width"], operators: SurfaceOperators
    ) -> Float[Tensor, "vertices width"]:
        """Values of the next block."""
        spread = self.diffusion(values, operators)
        mixed: Tensor = self.mix(torch.cat((values, spread, self.gradient(spread, operators)), -1))
        return values + mixed


class DiffusionNet(nn.Module):
    """Values a vertex from values a vertex.

    Args:
        inputs: channels that come in.
        outputs: channels that come out.
        width: channels within.
        blocks: how many.
    """

    def __init__(self, inputs: int, outputs: int, width: int, blocks: int) -> None:
        super().__init__()
        self.first = nn.Linear(inputs, width)
        self.blocks = nn.ModuleList(Block(width) for _ in range(blocks))
        self.last = nn.Linear(width, outputs)

    def forward(
        self, values: Float[Tensor, "vertices inputs"], operators: SurfaceOperators
    ) -> Float[Tensor, "vertices outputs"]:
        """One pass over the surface."""
        values = self.first(values)
        for block in self.blocks:
            values = block(values, operators)
        result: Tensor = self.last(values)
        return result

"""Least squares with bounds, sparse and smooth in time, for all frames at once."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

LEAST_ITERATIONS, MOST_ITERATIONS = 20, 2000

LOOK_EVERY = 20
"""Iterations between looks at whether the weights still move: a look waits for the device."""

SETTLED = 1e-5
"""The weights are settled when an iteration moves none of them by more than this share of a weight of one."""


@dataclass(frozen=True)
class Terms:
    """What is asked of the weights besides that they fit.

    Args:
        sparsity: pull of every weight towards 0, as a share of the root mean square of the shapes' sizes.
        exclusion: price of two opposing shapes being on at once, as a share of the product of their sizes.
        smoothing: time constant of the smoothing, in frames.
        upper: largest weight.
    """

    sparsity: float = 0.0
    exclusion: float = 0.0
    smoothing: float = 0.0
    upper: float = 1.0


def solve_bounded(
    gram: Float[Tensor, "shapes shapes"],
    seen: Float[Tensor, "frames shapes"],
    terms: Terms,
    opposing: Float[Tensor, "shapes shapes"] | None = None,
) -> Float[Tensor, "frames shapes"]:
    """Weights from 0 to `upper` of which `weights @ shapes` is nearest to the displacements.

    With `G` the Gram matrix, `b` the displacements along the shapes and `s = sqrt(diag G)`, it minimises

        sum_t w_t G w_t / 2 - b_t w_t + sparsity |s w_t|_1 + exclusion (s w_t) P (s w_t) / 2
              + smoothing^2 |s (w_t - w_{t-1})|^2 / 2

    by accelerated projected gradients (Beck and Teboulle 2009) on `s w`, restarted whenever the momentum
    points uphill (O'Donoghue and Candes 2015). All frames take every step together, so the result does not
    depend on how many there are, and is the same every time.

    Args:
        gram: products of the shapes, none of them of size 0.
        seen: displacements along the shapes.
        terms: what is asked besides.
        opposing: 1 where two shapes exclude each other.
    """
    sizes = gram.diagonal().sqrt()
    unit = gram / (sizes.unsqueeze(1) * sizes)
    if opposing is not None:
        unit = unit + terms.exclusion * opposing
    typical = gram.diagonal().mean().sqrt()
    target = seen / sizes - terms.sparsity * typical
    highest = (terms.upper * sizes).expand_as(target)
    steepest = torch.linalg.eigvalsh(unit.double())[-1].to(unit.dtype) + 4 * terms.smoothing**2
    return (
        _descended(unit, target, highest, float(1 / steepest), terms.smoothing**2, sizes * SETTLED) / sizes + 0.0
    )  # no -0


def _descended(
    unit: Float[Tensor, "shapes shapes"],
    target: Float[Tensor, "frames shapes"],
    highest: Float[Tensor, "frames shapes"],
    step: float,
    stiffness: float,
    settled: Float[Tensor, "shapes"],
) -> Float[Tensor, "frames shapes"]:
    point = torch.zeros_like(target)
    ahead, momentum = point, torch.ones_like(target[:, :1])
    for iteration in range(1, MOST_ITERATIONS + 1):
        slope = ahead @ unit - target
        if stiffness:
            slope = slope + stiffness * _bend(ahead)
        moved = (ahead - step * slope).clamp_min(0.0).minimum(highest)
        change = moved - point
        uphill = ((ahead - moved) * change).sum(1, keepdim=True) > 0
        following = (1 + (1 + 4 * momentum**2).sqrt()) / 2
        share = torch.where(uphill, 0.0, (momentum - 1) / following)
        ahead, momentum = moved + share * change, torch.where(uphill, 1.0, following)
        point = moved
        if iteration % LOOK_EVERY == 0 and iteration >= LEAST_ITERATIONS and bool((change.abs() <= settled).all()):
            break
    return point


def _bend(values: Float[Tensor, "frames shapes"]) -> Float[Tensor, "frames shapes"]:
    """The slope of half the summed squares of the differences between neighbouring frames."""
    differences = values[1:] - values[:-1]
    bend = torch.zeros_like(values)
    bend[1:] += differences
    bend[:-1] -= differences
    return bend

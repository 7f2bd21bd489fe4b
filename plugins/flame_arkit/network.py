"""A small network that does in one pass what the solver does in hundreds of iterations."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import torch
from jaxtyping import Float
from torch import Tensor, nn

from motionloom.core.data import ARKIT_SHAPES
from motionloom.plugins.flame_arkit.gaze import LOOKS

FITTED: tuple[str, ...] = tuple(name for name in ARKIT_SHAPES if name not in LOOKS)
"""The shapes that the network decides, in its order; the others follow from the eyes."""

START_RIDGE = 1e-3
"""Of the first guess, as a share of every shape's energy."""

FARTHEST = 0.5
"""How far outside 0 to 1 a guess may lie that a block sees."""

LEAK = 0.05
"""Slope outside 0 to 1 while training, so that what is cut off can find back."""

SIZE = "size."
"""What the names of the entries begin with that hold the network's size."""


@dataclass(frozen=True)
class Size:
    """How large the network is.

    Args:
        width: of the hidden layers.
        blocks: steps from the first guess to the weights.
    """

    width: int = 128
    blocks: int = 4


@dataclass(frozen=True)
class Problem:
    """Bounded least squares problems as the network sees them: products of shapes, never the shapes.

    No coefficient of a model and no vertex of a rig is in it, so that weights trained on some rigs serve
    any rig, and any basis of expressions.

    Args:
        gram: (..., S, S) products of the shapes of `FITTED`; rows and columns of absent ones are 0.
        seen: (..., T, S) displacements along the shapes.
    """

    gram: Float[Tensor, "*rigs shapes shapes"]
    seen: Float[Tensor, "*rigs frames shapes"]


class Unrolled(nn.Module):
    """Descent with learned steps: each block sees a guess, its slope and Newton's step, and improves it.

    After Gregor and LeCun, "Learning fast approximations of sparse coding" (ICML 2010), with the Gram
    matrix as input rather than learned.

    Args:
        size: of the network.
    """

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        self.blocks = nn.ModuleList(_block(size.width) for _ in range(size.blocks))

    def forward(self, problem: Problem) -> Float[Tensor, "*rigs frames shapes"]:
        """Weights that may lie a little outside 0 to 1; those of absent shapes mean nothing."""
        energies = problem.gram.diagonal(dim1=-2, dim2=-1)
        sizes = torch.where(energies > 0, energies, 1.0).sqrt().unsqueeze(-2)
        unit = problem.gram / (sizes.mT * sizes)
        target = problem.seen / sizes
        inverse = _inverse(unit)
        guess = (target @ inverse) / sizes
        for block in self.blocks:
            point = guess.clamp(0.0, 1.0)
            slope = (point * sizes) @ unit - target
            newton = (slope @ inverse) / sizes
            known = (guess.clamp(-FARTHEST, 1.0 + FARTHEST), slope / sizes, newton.clamp(-1.0, 1.0), target / sizes)
            guess = guess + block(torch.cat(known, -1))
        return guess


def _block(width: int) -> nn.Module:
    last = nn.Linear(width, len(FITTED))
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    return nn.Sequential(nn.Linear(4 * len(FITTED), width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(), last)


def _inverse(unit: Float[Tensor, "*rigs shapes shapes"]) -> Float[Tensor, "*rigs shapes shapes"]:
    eye = torch.eye(unit.shape[-1], dtype=torch.float64, device=unit.device)
    # Absent shapes have a diagonal of 0: the ridge alone would make them huge.
    absent = (unit.diagonal(dim1=-2, dim2=-1) == 0).double().diag_embed()
    return torch.linalg.inv(unit.double() + absent + START_RIDGE * eye).to(unit.dtype)


def leaky(weights: Tensor) -> Tensor:
    """Weights cut off at 0 and 1, but for a small slope outside."""
    inside = weights.clamp(0.0, 1.0)
    return inside + LEAK * (weights - inside)


def problem_of(
    names: tuple[str, ...], gram: Float[Tensor, "own own"], seen: Float[Tensor, "frames own"]
) -> tuple[Problem, list[int]]:
    """A rig's problem in the network's order, and the places of its shapes there.

    Args:
        names: of the rig's shapes, all in `FITTED`.
        gram: their products.
        seen: displacements along them.
    """
    places = [FITTED.index(name) for name in names]
    whole = gram.new_zeros(len(FITTED), len(FITTED))
    whole[torch.tensor(places).unsqueeze(1), torch.tensor(places)] = gram
    along = seen.new_zeros(len(seen), len(FITTED))
    along[:, places] = seen
    return Problem(whole, along), places


def state_of(network: Unrolled) -> dict[str, Tensor]:
    """All that has to be stored: half-precision weights, and the size as numbers."""
    size = {f"{SIZE}{field.name}": torch.tensor(getattr(network.size, field.name)) for field in fields(Size)}
    return {**{name: value.detach().half().contiguous() for name, value in network.state_dict().items()}, **size}


def network_of(state: Mapping[str, Tensor]) -> Unrolled:
    """The network of a stored state, ready to be used.

    Args:
        state: from `state_of`.
    """
    network = Unrolled(Size(**{field.name: int(state[f"{SIZE}{field.name}"]) for field in fields(Size)}))
    network.load_state_dict({name: value.float() for name, value in state.items() if not name.startswith(SIZE)})
    return network.to(next(iter(state.values())).device).eval()

"""Turns that leave no orientation far from all of them."""

from functools import lru_cache
from itertools import product

import roma
import torch
from jaxtyping import Float
from torch import Tensor


@lru_cache(maxsize=1)
def turns() -> Float[Tensor, "turns 3 3"]:
    """The 60 rotations of an icosahedron onto itself, the identity first: none is farther than 45 degrees."""
    golden = (1 + 5**0.5) / 2
    axes = [torch.tensor(corner, dtype=torch.float64) for corner in _even_permutations(golden)]
    generators = [roma.rotvec_to_rotmat(axis / axis.norm() * (2 * torch.pi / 5)) for axis in axes[:2]]
    found = [torch.eye(3, dtype=torch.float64)]
    for rotation, generator in ((r, g) for r in found for g in generators):
        new = generator @ rotation
        if all((new - known).norm() > 1e-6 for known in found):
            found.append(new)
    return torch.stack(found)


def _even_permutations(golden: float) -> list[tuple[float, float, float]]:
    corners = []
    for one, long in product((1.0, -1.0), (golden, -golden)):
        corners += [(0.0, one, long), (one, long, 0.0), (long, 0.0, one)]
    return corners

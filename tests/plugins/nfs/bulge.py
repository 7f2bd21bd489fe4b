"""A patch of surface that looks along +Z, and a size that is quick."""

import torch

from motionloom.core.data import Mesh
from motionloom.plugins.nfs.network import Size

SMALL = Size(
    width=16, identity_width=8, blocks=2, eigenpairs=12, features=4, decoder_width=16, decoder_layers=2, bands=2
)


def patch(side: int = 9) -> Mesh:
    """A bulge of 16 cm, metres."""
    line = torch.linspace(-0.08, 0.08, side)
    y, x = torch.meshgrid(line, line, indexing="ij")
    z = 0.06 - 5.0 * (x**2 + 0.5 * y**2) + 0.3 * x * y
    rows, columns = torch.meshgrid(torch.arange(side - 1), torch.arange(side - 1), indexing="ij")
    corner = (rows * side + columns).flatten()
    lower = torch.stack((corner, corner + 1, corner + side + 1), -1)
    upper = torch.stack((corner, corner + side + 1, corner + side), -1)
    return Mesh(torch.stack((x, y, z), -1).reshape(-1, 3), torch.cat((lower, upper)))

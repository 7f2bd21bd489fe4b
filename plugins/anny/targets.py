"""MakeHuman targets: sparse vertex offsets in text, a line `vertex x y z` each, some gzipped."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from motionloom.plugins.anny.assets import reading
from motionloom.plugins.anny.base_mesh import METRES

LARGEST = 64 * 1024 * 1024
"""Bytes of text, far beyond a target of every vertex: a damaged archive cannot fill the memory."""


@dataclass(frozen=True)
class Target:
    """Offsets of some vertices.

    Args:
        vertices: (N,) which.
        offsets: (N, 3) float64, metres.
    """

    vertices: Int[Tensor, "moved"]
    offsets: Float[Tensor, "moved 3"]


def read_target(path: Path, vertices: int) -> Target:
    """Read one target of a mesh of so many vertices.

    Raises:
        ReadError: the file is missing or damaged.
    """
    with reading(path):
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            text = file.read(LARGEST + 1)
        if len(text) > LARGEST:
            raise ValueError(f"more than {LARGEST} bytes")
        table = np.array(text.split(), dtype=np.float64).reshape(-1, 4)
        moved = table[:, 0].astype(np.int64)
        if len(moved) and not 0 <= moved.min() <= moved.max() < vertices:
            raise ValueError(f"a line names a vertex outside 0..{vertices - 1}")
    return Target(torch.from_numpy(moved), torch.from_numpy(table[:, 1:] * METRES))


def sum_targets(folder: Path, weights: Mapping[str, float], vertices: int) -> Float[Tensor, "vertices 3"]:
    """Weighted sum of gzipped targets, in metres.

    Args:
        folder: where they are.
        weights: by their path below the folder, without the ending.
        vertices: of the mesh.

    Raises:
        ReadError: a file is missing or damaged.
    """
    total = torch.zeros(vertices, 3, dtype=torch.float64)
    for name, weight in weights.items():
        target = read_target(folder / f"{name}.target.gz", vertices)
        total[target.vertices] += weight * target.offsets
    return total


def read_shapes(folder: Path, names: tuple[str, ...], vertices: int) -> Float[Tensor, "shapes vertices 3"]:
    """Targets of these names as dense float64 deltas, in metres.

    Raises:
        ReadError: a file is missing or damaged.
    """
    deltas = torch.zeros(len(names), vertices, 3, dtype=torch.float64)
    for shape, name in enumerate(names):
        target = read_target(folder / f"{name}.target", vertices)
        deltas[shape, target.vertices] = target.offsets
    return deltas

"""Skin weights as files have them, mended or refused."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64, Int64
from torch import Tensor

from motionloom.core.errors import ReadError
from motionloom.plugins.scene_graph.model import SceneMesh

OFF = 1e-3
"""How far the weights of a vertex may be from a sum of one before that is worth a word."""


@dataclass(frozen=True)
class Influences:
    """Which nodes of a mesh's skin move each vertex.

    Args:
        columns: (V, I) index into the skin's nodes, 0 where the weight is zero.
        weights: (V, I) summing to one, or to zero where nothing moves the vertex.
    """

    columns: Int64[Tensor, "vertices influences"]
    weights: Float64[Tensor, "vertices influences"]


def influences_of(mesh: SceneMesh, warn: Callable[[str], None]) -> Influences:
    """The weights of a skinned mesh, scaled to sum to one.

    Args:
        mesh: one with a skin.
        warn: told where they were far from it.

    Raises:
        ReadError: a weight is negative, or a joint out of range has one.
    """
    skin, where = mesh.skin, f"mesh {mesh.name!r}"
    assert skin is not None
    weights = np.array(skin.weights, dtype=np.float64)
    if (weights < 0).any():
        vertex = int((weights < 0).any(1).argmax())
        raise ReadError(f"a skin weight is {weights[vertex].min():g}", where=f"{where}, vertex {vertex}")
    outside = (weights > 0) & ((skin.joints < 0) | (skin.joints >= len(skin.nodes)))
    if outside.any():
        vertex = int(outside.any(1).argmax())
        joint = skin.joints[vertex][outside[vertex]][0]
        what = f"its skin names joint {joint}, and the skin has {len(skin.nodes)}"
        raise ReadError(what, where=f"{where}, vertex {vertex}", remedy="export the file again")
    sums = weights.sum(1, keepdims=True)
    _warn_of_sums(sums, mesh.name, warn)
    shares = np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0)
    return Influences(torch.from_numpy(np.where(weights > 0, skin.joints, 0)), torch.from_numpy(shares))


def _warn_of_sums(sums: np.ndarray, name: str, warn: Callable[[str], None]) -> None:
    off = (abs(sums - 1) > OFF) & (sums > 0)
    if off.any():
        ends = f"{sums[off].min():.3g} to {sums[off].max():.3g}"
        warn(f"mesh {name!r}: the skin weights of {off.sum()} vertices sum to {ends} and are scaled to one")
    if (sums == 0).any():
        warn(f"mesh {name!r}: {(sums == 0).sum()} vertices have no skin weight and follow the mesh's own node")

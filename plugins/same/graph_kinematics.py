"""Forward kinematics of a skeleton graph, level by level, for the training's many short calls with gradients."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import torch
from jaxtyping import Float, Int
from torch import Tensor

FACTORS = ((3, 2, 1, 0), (2, 3, 0, 1), (1, 0, 3, 2), (0, 1, 2, 3))
SIGNS = ((1.0, -1.0, 1.0, 1.0), (1.0, 1.0, -1.0, 1.0), (-1.0, 1.0, 1.0, 1.0), (-1.0, -1.0, -1.0, 1.0))
"""A Hamilton product p q of quaternions xyzw as a matrix of p's components times q: row x is (w, -z, y, x)."""


@dataclass(frozen=True)
class Levels:
    """The nodes of a graph by their depth.

    Args:
        order: the nodes level by level.
        places: where each node stands in that order.
        parents: where the parents of all but the root stand in that order.
        above: for each level below the root, where its nodes' parents stand in the level above.
    """

    order: Int[Tensor, "nodes"]
    places: Int[Tensor, "nodes"]
    parents: Int[Tensor, "below"]
    above: tuple[Int[Tensor, "_"], ...]

    @property
    def sizes(self) -> list[int]:
        """How many nodes each level below the root has."""
        return [len(level) for level in self.above]


@lru_cache(maxsize=256)
def levels_of(parents: tuple[int, ...], device: torch.device) -> Levels:
    """The levels of a graph, kept for the next call: training asks for the same graphs again and again."""
    depths = [0]
    for parent in parents[1:]:
        depths.append(depths[parent] + 1)
    levels = [[node for node, depth in enumerate(depths) if depth == level] for level in range(max(depths) + 1)]
    order = [node for level in levels for node in level]
    slots = {node: slot for level in levels for slot, node in enumerate(level)}
    places = {node: place for place, node in enumerate(order)}

    def index(values: Iterable[int]) -> Int[Tensor, "_"]:
        return torch.tensor(list(values), device=device, dtype=torch.long)

    return Levels(
        order=index(order),
        places=index(places[node] for node in range(len(parents))),
        parents=index(places[parents[node]] for node in order[1:]),
        above=tuple(index(slots[parents[node]] for node in level) for level in levels[1:]),
    )


@lru_cache(maxsize=8)
def _product_table(device: torch.device, dtype: torch.dtype) -> tuple[Int[Tensor, "4 4"], Float[Tensor, "4 4 1 1"]]:
    return torch.tensor(FACTORS, device=device), torch.tensor(SIGNS, device=device, dtype=dtype)[..., None, None]


def graph_world(
    parents: tuple[int, ...],
    offsets: Float[Tensor, "nodes 3"],
    root: Float[Tensor, "*batch 3"],
    rotations: Float[Tensor, "*batch nodes 4"],
) -> tuple[Float[Tensor, "*batch nodes 4"], Float[Tensor, "*batch nodes 3"]]:
    """World rotations (xyzw) and positions (metres) of every node of a graph.

    Args:
        parents: index of each node's parent, parents first; -1 for the root at index 0.
        offsets: (N, 3) from the parent to the node in the rest pose, metres.
        root: (*batch, 3) position of the root, metres.
        rotations: (*batch, N, 4) of each node against its parent, xyzw.
    """
    levels = levels_of(parents, rotations.device)
    turns = _turns(levels, _component_rows(rotations)[:, levels.order])
    # Bones need no level of their own: all turn at once, and only their sums go down the hierarchy.
    bones = _turned(turns[:, levels.parents], offsets.to(root).T[:, levels.order[1:], None])
    places = [_component_rows(root.unsqueeze(-2))]
    for bone, above in zip(bones.split(levels.sizes, 1), levels.above, strict=True):
        places.append(places[-1][:, above] + bone)
    return _in_shape(turns, levels, rotations), _in_shape(torch.cat(places, 1), levels, rotations)


def _turns(levels: Levels, rotations: Float[Tensor, "4 nodes frames"]) -> Float[Tensor, "4 nodes frames"]:
    local = rotations.split([1, *levels.sizes], 1)
    factors, signs = _product_table(rotations.device, rotations.dtype)
    turned = [local[0]]
    for turn, above in zip(local[1:], levels.above, strict=True):
        parent = turned[-1][:, above]
        turned.append((parent[factors] * signs * turn).sum(1))
    return torch.cat(turned, 1)


def _turned(
    turns: Float[Tensor, "4 bones frames"], bones: Float[Tensor, "3 bones 1"]
) -> Float[Tensor, "3 bones frames"]:
    axis, bones = torch.broadcast_tensors(turns[:3], bones)
    twice_cross = 2.0 * torch.linalg.cross(axis, bones, dim=0)
    return bones + turns[3:] * twice_cross + torch.linalg.cross(axis, twice_cross, dim=0)


def _component_rows(values: Float[Tensor, "*batch nodes parts"]) -> Float[Tensor, "parts nodes frames"]:
    """Components first, frames last: arithmetic on components runs over contiguous memory."""
    return values.reshape(-1, *values.shape[-2:]).permute(2, 1, 0).contiguous()


def _in_shape(
    rows: Float[Tensor, "parts nodes frames"], levels: Levels, like: Float[Tensor, "*batch nodes 4"]
) -> Float[Tensor, "*batch nodes parts"]:
    return rows[:, levels.places].permute(2, 1, 0).reshape(*like.shape[:-1], len(rows))
